"""Is a webhook genuine: signed, with the token of the account it names, over the address we gave the provider."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from twilio.request_validator import RequestValidator

from clinics.models import Clinic
from messaging.gateways import gateway
from messaging.operations.senders import own_tokens


class NotGenuine(Exception):
    """The request is not signed, or not by the account it names."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who signed: the account, and the clinic it belongs to, None being the installation's own."""

    account_sid: str
    clinic_id: UUID | None


def verify(*, path: str, form: QueryDict, signature: str) -> Origin:
    """The account behind a webhook that came to `path` (with its query). Raises NotGenuine.

    The address is built from the public one in the settings, never from what the request says of itself.
    """
    account_sid = form.get("AccountSid", "")
    if not signature or not account_sid:
        raise NotGenuine
    url = settings.PUBLIC_BASE_URL + path
    tokens = gateway().webhook_tokens(account_sid)
    if tokens:
        if _signed(url, form, signature, tokens):
            return Origin(account_sid, None)
        raise NotGenuine
    for clinic in Clinic.objects.filter(provider_account=account_sid).order_by("created_at"):
        if _signed(url, form, signature, own_tokens(clinic)):
            return Origin(account_sid, _meant(clinic, form))
    raise NotGenuine


def _signed(url: str, form: QueryDict, signature: str, tokens: tuple[str, ...]) -> bool:
    return any(RequestValidator(token).validate(url, form, signature) for token in tokens)


def _meant(clinic: Clinic, form: QueryDict) -> UUID:
    """Among the clinics of one account the one whose sender is named, else the one whose token fits."""
    senders = [form.get("To", ""), form.get("MessagingServiceSid", "")]
    named = Clinic.objects.filter(provider_account=clinic.provider_account, sender__in=[s for s in senders if s])
    return named.values_list("pk", flat=True).first() or clinic.pk
