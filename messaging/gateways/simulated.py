"""The gateway of demonstrations: it keeps a journal of what it took and speaks through the same signed webhooks."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

import urllib3
from django.conf import settings
from django.urls import reverse
from twilio.request_validator import RequestValidator
from urllib3.exceptions import HTTPError

from messaging.gateways.base import Account, Arrived, Outgoing, ProviderSilent, Report, Sent, Taken
from messaging.models import SimulatedText
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive

ACCOUNT = "AC" + "0" * 32
SENDER = "+15550100000"
RECEIPT_SECONDS = 2
POST_SECONDS = 10
NEWEST = 50
MOST_LISTED = 2000
RECEIPTS = ("sent", "delivered")

_posts = urllib3.PoolManager(timeout=urllib3.Timeout(POST_SECONDS))


def auth_token() -> str:
    """The secret that simulated webhooks are signed with: its own for each installation."""
    return hmac.new(settings.SECRET_KEY.encode(), b"simulated gateway", hashlib.sha256).hexdigest()[:32]


class SimulatedGateway:
    """Takes every text and delivers it two seconds later."""

    def account(self, own: Mapping[str, str]) -> Account:
        """One account for all; a clinic's own sender stays its own."""
        return Account(ACCOUNT, auth_token(), own["sender"] or SENDER)

    def webhook_tokens(self, account_sid: str) -> tuple[str, ...]:
        """The token of the simulated account."""
        return (auth_token(),) if account_sid == ACCOUNT else ()

    def send(self, text: Outgoing) -> Sent:
        """Write the text into the journal, as a provider writes it into its own books, outside our transactions."""
        row = SimulatedText.objects.create(
            provider_id=f"SM{secrets.token_hex(16)}",
            number=text.number,
            number_hash=phone_hash(text.number),
            sender=text.account.sender,
            body=text.body,
            callback_url=text.callback_url,
            taken_at=text.at,
            receipt_due_at=text.at + timedelta(seconds=RECEIPT_SECONDS),
        )
        return Taken(row.provider_id)

    def sent_to(self, account: Account, number: Sensitive, within: timedelta) -> list[Report]:
        """What the journal has for the number, whatever its age."""
        rows = SimulatedText.objects.filter(number_hash=phone_hash(number))
        return [_report(row) for row in rows.order_by("-taken_at")[:MOST_LISTED]]

    def newest(self, account: Account) -> list[str]:
        """The last entries of the journal."""
        return list(SimulatedText.objects.order_by("-taken_at").values_list("provider_id", flat=True)[:NEWEST])

    def report(self, account: Account, provider_id: str) -> Report:
        """What the journal has under this id."""
        row = SimulatedText.objects.filter(provider_id=provider_id).first()
        if row is None:
            raise ProviderSilent("unknown")
        return _report(row)

    def arrived(self, account: Account, since: datetime) -> list[Arrived]:
        """Nothing is ever missed: replies are typed into the simulator, which says when it was refused."""
        return []

    def opted_out(self, account: Account, since: datetime) -> list[tuple[str, str]]:
        """Nobody: a demo phone says STOP to us."""
        return []

    def redact(self, account: Account, provider_id: str) -> None:
        """The journal is what the simulator shows, and it is sealed here."""


def post_receipts(text: SimulatedText) -> bool:
    """Tell the callback address of `text` that it was sent and delivered; False when nobody answered."""
    form = {"AccountSid": ACCOUNT, "MessageSid": text.provider_id, "SmsSid": text.provider_id, "From": text.sender}
    return all(200 <= _post(text.callback_url, form | {"MessageStatus": status}) < 500 for status in RECEIPTS)


def post_reply(number: Sensitive, sender: str, body: str) -> int:
    """Send a text from a demo phone through the inbound webhook; return the HTTP status, 0 when nobody answered."""
    provider_id = f"SM{secrets.token_hex(16)}"
    form = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": body,
        "From": number.reveal(),
        "MessageSid": provider_id,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": provider_id,
        "SmsSid": provider_id,
        "SmsStatus": "received",
        "To": sender or SENDER,
    }
    return _post(settings.PUBLIC_BASE_URL + reverse("webhooks-twilio-inbound"), form)


def _post(url: str, form: dict[str, str]) -> int:
    headers = {"X-Twilio-Signature": RequestValidator(auth_token()).compute_signature(url, form)}
    try:
        answer = _posts.request("POST", url, fields=form, encode_multipart=False, headers=headers, retries=False)
    except HTTPError:
        return 0
    return answer.status


def _report(row: SimulatedText) -> Report:
    return Report(
        provider_id=row.provider_id,
        status="sent" if row.receipt_due_at else "delivered",
        error_code="",
        body=row.body,
        age=None,
    )
