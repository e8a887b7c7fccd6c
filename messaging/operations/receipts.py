"""What the provider says became of a text, by callback or when asked: applied only forward."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from messaging.core.attempts import Attempt, read_token
from messaging.core.lifecycle import Outbound, moved_by_provider
from messaging.core.retry import Act, Verdict
from messaging.core.send_window import window_closing, window_opening
from messaging.events import FailureKind
from messaging.models import DeliveryReceipt, OutboundHistory, OutboundMessage
from messaging.operations.moves import KINDS, after_failure, move, tell_failure
from messaging.operations.senders import account_of
from messaging.operations.verdicts import is_dead, pin_of, stop_for, verdict_on

NEXT_CHECK = timedelta(minutes=5)
"""When a text that a callback moved forward, but not to its end, is looked up."""

log = structlog.get_logger(__name__)


class WrongAccount(Exception):
    """The callback is signed by an account that did not send the text."""


@transaction.atomic
def take_receipt(
    *, token: str, provider_id: str, account_sid: str, status: str, error_code: str = "", now: datetime
) -> bool:
    """Keep a status callback and apply it if it leads forward; False when it belongs to no text of ours.

    The token finds the row even before the row knows the provider's id, and for every attempt there ever was. Of a
    text in the history the callback is kept, and changes nothing. Raises WrongAccount, and then nothing is kept.
    """
    attempt = read_token(token, settings.SECRET_KEY.encode())
    live = _row(attempt, provider_id)
    row = live or _moved(attempt)
    if row is not None and account_of(row.clinic).sid != account_sid:
        raise WrongAccount
    kept = DeliveryReceipt(
        message_id=row.pk if row else None,
        provider_id=provider_id,
        status=status,
        error_code=error_code,
        received_at=now,
    )
    DeliveryReceipt.objects.bulk_create([kept], ignore_conflicts=True)
    if row is None:
        log.warning("receipt_unmatched", provider_id=provider_id, status=status)
        return False
    if live is None:
        log.info("receipt_after_all", message=str(row.pk), status=status)
    else:
        apply_report(live, provider_id=provider_id, status=status, error_code=error_code, now=now)
    return True


def apply_report(row: OutboundMessage, *, provider_id: str, status: str, error_code: str, now: datetime) -> bool:
    """Move `row`, which the caller has locked, to where the provider has it; False when that is no step forward."""
    if row.provider_id not in (None, provider_id):
        log.error("sent_twice", message=str(row.pk), provider_id=provider_id)
        return False
    after = moved_by_provider(row.status, status)
    if after is None:
        return False
    before = Outbound(row.status)
    changes = {
        "provider_id": provider_id,
        "sent_at": row.sent_at or now,
        "check_at": now + NEXT_CHECK if after in (Outbound.ACCEPTED, Outbound.SENT) else None,
        "reason": "",
        "error_code": error_code,
    }
    if not move(row, after, before=[before], now=now, **changes):
        return False
    if after in (Outbound.UNDELIVERED, Outbound.FAILED):
        _undelivered(row, error_code or status, now)
    return True


def _row(attempt: Attempt | None, provider_id: str) -> OutboundMessage | None:
    locked = OutboundMessage.objects.select_for_update(of=("self",)).select_related("clinic")
    if attempt is not None:
        found = locked.filter(pk=attempt.message_id).first()
        if found is not None:
            return found
    return locked.filter(provider_id=provider_id).first()


def _moved(attempt: Attempt | None) -> OutboundHistory | None:
    """The text in the history that a callback is about, weeks after its end."""
    if attempt is None:
        return None
    return OutboundHistory.objects.select_related("clinic").filter(pk=attempt.message_id).first()


def _undelivered(row: OutboundMessage, code: str, now: datetime) -> None:
    """Try once more as a row of its own where the table says so, else tell the room above."""
    verdict = verdict_on(row, code, now=now)
    at = _next_try(row, code, verdict, now)
    if verdict.act in KINDS:
        _give_up(row, KINDS[verdict.act], code, now)
    elif not _send_again(row, at, code, pin_of(row, verdict, now=now), now):
        dead = verdict.act is Act.RETRY and is_dead(row, code, now=now)
        _give_up(row, "contact" if dead else "expired", code, now)


def _next_try(row: OutboundMessage, code: str, verdict: Verdict, now: datetime) -> datetime:
    """When a text that may be tried again is; where the sender is at fault it is stopped, and operations are told."""
    if verdict.act not in (Act.SENDER, Act.WAIT, Act.FILTERED):
        return now + (verdict.delay or timedelta(0))
    at, is_new = stop_for(row, code, verdict, now=now)
    if is_new and verdict.act is not Act.FILTERED:
        tell_failure(row, "sender", code, now=now)
    return at


def _give_up(row: OutboundMessage, kind: FailureKind, code: str, now: datetime) -> None:
    OutboundMessage.objects.filter(pk=row.pk).update(error_kind=kind)
    after_failure(row, kind, code, now=now)


def _send_again(row: OutboundMessage, at: datetime, code: str, sender: str, now: datetime) -> bool:
    """Queue the text of `row` once more, for its next opening from `at` on; False when it is too late by then."""
    opening, closing = at, None
    if row.window is not None:
        opening = window_opening(row.window, row.window_zone, at) or row.expires_at
        closing = window_closing(row.window, row.window_zone, at) or row.expires_at
    if opening >= row.expires_at:
        return False
    number = row.send_number + 1
    again = OutboundMessage(
        dedupe_key=f"{row.dedupe_key.rsplit('~', 1)[0]}~{number}",
        send_number=number,
        status=Outbound.QUEUED,
        next_attempt_at=opening,
        window_closes_at=closing,
        reason=f"after_{code}"[:60],
        sender=sender,
        queued_at=now,
        **{name: getattr(row, name) for name in SAME},
    )
    OutboundMessage.objects.bulk_create([again], ignore_conflicts=True)
    return True


SAME = (
    "clinic_id",
    "number",
    "number_hash",
    "body",
    "language",
    "purpose",
    "priority",
    "context_id",
    "window",
    "window_zone",
    "expires_at",
    "segments",
)
