"""Single steps in the life of an outgoing text, each guarded by where the text must stand before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from clinics.core.actor import SYSTEM
from messaging import events
from messaging.core.lifecycle import Outbound, Purpose
from messaging.core.retry import Act, Verdict
from messaging.core.send_window import window_closing, window_opening
from messaging.events import DeliveryFailed, FailureKind, OptedOut
from messaging.models import OutboundMessage
from messaging.operations.opt_outs import opt_out
from messaging.operations.verdicts import pin_of, stop_for

TIDY_AFTER = timedelta(hours=24)
"""How long the provider keeps a finished text's words, by when it has settled the price (clinical content, H-09)."""

KINDS: dict[Act, FailureKind] = {
    Act.CONTACT: "contact",
    Act.OPTED_OUT: "opted_out",
    Act.BUG: "bug",
    Act.GIVE_UP: "expired",
    Act.FILTERED: "sender",
}


def move(row: OutboundMessage, after: Outbound, *, before: Collection[Outbound], now: datetime, **changes: Any) -> bool:
    """Move `row` to `after` if it still stands where `before` allows and at the same attempt; say whether it did.

    A text that is final is finished at `now`, and nothing waits for it any more.
    """
    ends = after in (Outbound.DELIVERED, Outbound.UNDELIVERED, Outbound.FAILED, Outbound.CANCELLED, Outbound.EXPIRED)
    fields = {"status": after, "next_attempt_at": None, "check_at": None} | changes
    if ends:
        with_provider = fields.get("provider_id") or row.provider_id
        fields = {"finished_at": now, "tidy_at": now + TIDY_AFTER if with_provider else None} | fields
    guarded = OutboundMessage.objects.filter(pk=row.pk, status__in=list(before), attempts=row.attempts)
    if not guarded.update(**fields):
        return False
    for name, value in fields.items():
        setattr(row, name, value)
    return True


def put_back(
    row: OutboundMessage, *, at: datetime, reason: str, before: Collection[Outbound], sender: str = "", now: datetime
) -> bool:
    """Queue `row` again for `at` or its next opening after that; a text that is then too late expires instead.

    `sender`: the only one that it may leave by.
    """
    opening, closing = at, None
    if row.window is not None:
        opening = window_opening(row.window, row.window_zone, at) or row.expires_at
        closing = window_closing(row.window, row.window_zone, at) or row.expires_at
    if opening >= row.expires_at:
        return expire(row, before=before, now=now)
    changes = {"next_attempt_at": opening, "window_closes_at": closing, "reason": reason, "sender": sender}
    return move(row, Outbound.QUEUED, before=before, now=now, **changes)


def expire(row: OutboundMessage, *, before: Collection[Outbound], now: datetime) -> bool:
    """End `row`, which nobody needs any more, and tell the room above."""
    if not move(row, Outbound.EXPIRED, before=before, now=now, reason="too_late"):
        return False
    tell_failure(row, "expired", "too_late", now=now)
    return True


def refuse(row: OutboundMessage, *, code: str, verdict: Verdict, before: Collection[Outbound], now: datetime) -> bool:
    """Do with `row`, which the provider did not take, what the table of errors says."""
    if verdict.act in (Act.SENDER, Act.WAIT):
        return _rest(row, code=code, verdict=verdict, before=before, now=now)
    if verdict.delay is not None:
        pin = pin_of(row, verdict, now=now)
        return put_back(row, at=now + verdict.delay, reason=f"retry_{code}", before=before, sender=pin, now=now)
    kind = KINDS[verdict.act]
    if not move(row, Outbound.FAILED, before=before, now=now, error_code=code, error_kind=kind, reason=verdict.act):
        return False
    after_failure(row, kind, code, now=now)
    return True


def after_failure(row: OutboundMessage, kind: FailureKind, code: str, *, now: datetime) -> None:
    """Tell the room above that `row` failed for good; an opt-out that the carrier knows becomes ours."""
    if kind == "opted_out":
        opt_out(clinic_id=row.clinic_id, number=row.number, source="carrier", by=SYSTEM, now=now, confirm=False)
        events.tell(OptedOut(clinic_id=row.clinic_id, number_hash=row.number_hash, source="carrier"), now=now)
    tell_failure(row, kind, code, now=now)


def tell_failure(row: OutboundMessage, kind: FailureKind, code: str, *, now: datetime) -> None:
    """Tell the room above about one text."""
    failed = DeliveryFailed(
        message_id=row.pk,
        clinic_id=row.clinic_id,
        number_hash=row.number_hash,
        context_id=row.context_id,
        purpose=Purpose(row.purpose),
        kind=kind,
        code=code,
    )
    events.tell(failed, now=now)


def _rest(row: OutboundMessage, *, code: str, verdict: Verdict, before: Collection[Outbound], now: datetime) -> bool:
    """Stop the sender and let the text wait for it or go round it; operations are told once for each stop."""
    at, is_new = stop_for(row, code, verdict, now=now)
    if is_new:
        tell_failure(row, "sender", code, now=now)
    return put_back(row, at=at, reason=f"sender_stopped_{code}", before=before, now=now)
