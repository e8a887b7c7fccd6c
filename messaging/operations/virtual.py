"""The simulated provider from the inside: demo phones, their receipts, and months that pass in seconds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from messaging.core.lifecycle import Outbound
from messaging.gateways.simulated import SENDER, post_receipts, post_reply
from messaging.models import DeliveryReceipt, OutboundMessage, SimulatedText
from messaging.operations.moves import after_failure, move
from messaging.operations.unsendable import clear_unsendable
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive

RECEIPT_LEASE = timedelta(seconds=30)
UNREACHABLE_HANDSET = "30005"

Ending = Literal["delivered", "failed"]


class NotSimulated(Exception):
    """A live gateway is set: nothing may be simulated beside it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A text that a demo phone got, or did not get, in virtual time."""

    message_id: UUID
    number_hash: str
    body: Sensitive
    context_id: UUID | None
    ending: Ending


def settle_virtually(
    *, now: datetime, clinic_id: UUID, outcome_of: Callable[[OutboundMessage], Ending] = lambda message: "delivered"
) -> list[Settled]:
    """Deliver what may leave from the clinic at `now`, in the caller's transaction and without any process beside.

    Raises NotSimulated with a live gateway.
    """
    _refuse_live()
    clear_unsendable(now=now, clinic_id=clinic_id)
    due = OutboundMessage.objects.filter(clinic_id=clinic_id, next_attempt_at__lte=now)
    rows = list(due.select_for_update().order_by("priority", "next_attempt_at", "id"))
    journal = [_journal_row(row, now) for row in rows]
    SimulatedText.objects.bulk_create(journal)
    settled = [_settle(row, text, outcome_of(row), now) for row, text in zip(rows, journal, strict=True)]
    DeliveryReceipt.objects.bulk_create(_receipt(*each, now) for each in zip(settled, journal, strict=True))
    return settled


def send_due_receipts(*, now: datetime, limit: int = 100) -> int:
    """Post the receipts whose time has come to our own webhook; return how many texts got theirs."""
    _refuse_live()
    with transaction.atomic():
        due = SimulatedText.objects.filter(receipt_due_at__lte=now).order_by("receipt_due_at")
        texts = list(due.select_for_update(skip_locked=True)[:limit])
        leased = SimulatedText.objects.filter(pk__in=[text.pk for text in texts])
        leased.update(receipt_due_at=now + RECEIPT_LEASE)
    told = [text.pk for text in texts if post_receipts(text)]
    SimulatedText.objects.filter(pk__in=told).update(receipt_due_at=None)
    return len(told)


def reply_from_phone(*, number: Sensitive, sender: str, body: str) -> int:
    """Text the service from a demo phone, through the signed webhook; the HTTP status, 0 when nobody answered."""
    _refuse_live()
    return post_reply(number, sender, body)


def simulated_texts(number_hashes: Sequence[str], *, limit: int = 200) -> list[SimulatedText]:
    """What the demo phones with these numbers got, oldest first."""
    newest = SimulatedText.objects.filter(number_hash__in=number_hashes).order_by("-taken_at", "-pk")
    return list(newest[:limit])[::-1]


def _refuse_live() -> None:
    if settings.GATEWAY != "simulated":
        raise NotSimulated("Set GATEWAY=simulated: a live gateway is never simulated.")


def _journal_row(row: OutboundMessage, now: datetime) -> SimulatedText:
    return SimulatedText(
        provider_id=f"SM{secrets.token_hex(16)}",
        number=row.number,
        number_hash=phone_hash(row.number),
        sender=row.clinic.sender or SENDER,
        body=row.body,
        callback_url="",
        taken_at=now,
    )


def _receipt(settled: Settled, text: SimulatedText, now: datetime) -> DeliveryReceipt:
    """What the provider would have told of it: without a receipt it would be watched for as a silent provider."""
    return DeliveryReceipt(
        message_id=settled.message_id,
        provider_id=text.provider_id,
        status="delivered" if settled.ending == "delivered" else "undelivered",
        error_code="" if settled.ending == "delivered" else UNREACHABLE_HANDSET,
        received_at=now,
    )


def _settle(row: OutboundMessage, text: SimulatedText, ending: Ending, now: datetime) -> Settled:
    after = Outbound.DELIVERED if ending == "delivered" else Outbound.UNDELIVERED
    changes = {
        "provider_id": text.provider_id,
        "sent_at": now,
        "claimed_at": now,
        "attempts": row.attempts + 1,
        "tidy_at": None,
    }
    if after is Outbound.UNDELIVERED:
        changes |= {"error_code": UNREACHABLE_HANDSET, "error_kind": "contact"}
    move(row, after, before=[Outbound.QUEUED], now=now, **changes)
    if after is Outbound.UNDELIVERED:
        after_failure(row, "contact", UNREACHABLE_HANDSET, now=now)
    return Settled(row.pk, row.number_hash, row.body, row.context_id, ending)
