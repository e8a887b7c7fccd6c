"""Texts from patients that the provider could not deliver to us: it does not try again, so we ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from clinics.models import Clinic
from messaging.gateways import gateway
from messaging.gateways.base import Account, Arrived, ProviderSilent
from messaging.models import InboundMessage, Sender
from messaging.operations.inbound import store_inbound
from messaging.operations.senders import account_of

OVERLAP = timedelta(hours=1)
"""How far back each look reaches beyond the last one: the provider's list may lag."""

FIRST_LOOK_BACK = timedelta(days=3)

UNKNOWN_MEDIA = "unknown"

log = structlog.get_logger(__name__)


def fetch_missed_inbound(*, since: datetime | None, now: datetime) -> list[UUID]:
    """Store what reached the provider since the last look at `since` and is not here; return the new rows.

    Raises ProviderSilent after all accounts were tried, when one of them could not be asked.
    """
    stored, silent = [], None
    start = since - OVERLAP if since else now - FIRST_LOOK_BACK
    for account, clinic_id in accounts_in_use():
        try:
            arrived = gateway().arrived(account, start)
        except ProviderSilent as error:
            silent = error
            continue
        stored += _store_new(arrived, clinic_id)
    if stored:
        log.warning("missed_texts_fetched", count=len(stored))
    if silent is not None:
        raise silent
    return stored


def accounts_in_use() -> Iterator[tuple[Account, UUID | None]]:
    """Each account and sender once; the installation's own belongs to no clinic in particular."""
    seen = set()
    for clinic in Clinic.objects.order_by("created_at"):
        further = Sender.objects.filter(clinic=clinic, rank__gt=0).values_list("address", flat=True)
        for sender in ("", *further):
            account = account_of(clinic, sender)
            if (account.sid, account.sender) not in seen:
                seen.add((account.sid, account.sender))
                yield account, clinic.pk if clinic.provider_account else None


def _store_new(arrived: list[Arrived], clinic_id: UUID | None) -> list[UUID]:
    ids = [text.provider_id for text in arrived]
    known = set(InboundMessage.objects.filter(provider_id__in=ids).values_list("provider_id", flat=True))
    rows = [_store(text, clinic_id) for text in arrived if text.provider_id not in known]
    return [row for row in rows if row is not None]


def _store(text: Arrived, clinic_id: UUID | None) -> UUID | None:
    return store_inbound(
        clinic_id=clinic_id,
        provider_id=text.provider_id,
        number=text.number,
        sender=text.sender,
        body=text.body,
        media=[UNKNOWN_MEDIA] * text.media,
        received_at=text.received_at,
    )
