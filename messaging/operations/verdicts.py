"""What follows from an error of the provider for a text and its sender: the table's word, and what we know beside."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from clinics.models import Clinic
from messaging.core.lifecycle import Purpose
from messaging.core.retry import STOP_MINUTES, Act, Verdict, decide, is_known, is_sender_filtered
from messaging.models import OptOut, OutboundMessage
from messaging.operations.senders import another_sender, stop_sender

SHARE_OVER = timedelta(hours=1)
QUEUED_OVER = timedelta(days=3)
"""Texts that left within SHARE_OVER were queued within this."""

DEAD_AFTER = timedelta(hours=48)
DEAD_TEXTS = 2
"""So many texts of DEAD_AFTER that a handset did not take make it a dead one (clinical content, 30003: twice)."""

log = structlog.get_logger(__name__)


def verdict_on(row: OutboundMessage, code: str, *, now: datetime, retry_after: float | None = None) -> Verdict:
    """What to do after `code` ended this try, counted over all rows of the text."""
    if not is_known(code):
        log.error("unknown_error_code", code=code, message=str(row.pk))
    verdict = decide(code, row.attempts + row.send_number - 1, retry_after=retry_after)
    if verdict.act is Act.BLOCKED:
        return Verdict(Act.OPTED_OUT if _opted_out_of_sender(row) else Act.CONTACT)
    if verdict.act is Act.FILTERED and not _filtered_often(row, now):
        return Verdict(Act.CONTACT)
    return verdict


def stop_for(row: OutboundMessage, code: str, verdict: Verdict, *, now: datetime) -> tuple[datetime, bool]:
    """Stop the sender of `row`; when the text may be tried again, and whether the stop is new."""
    waits = verdict.act is Act.WAIT
    until = _until(row, verdict, now)
    is_new = stop_sender(clinic_id=row.clinic_id, sender=row.sender, code=code, until=until, waits=waits, now=now)
    may_go_round = not waits or row.purpose == Purpose.SAFETY
    goes_round = may_go_round and bool(another_sender(row.clinic_id, row.sender, now=now))
    return (now if goes_round else until), is_new


def pin_of(row: OutboundMessage, verdict: Verdict, *, now: datetime) -> str:
    """The only sender that the next try may go by, or "" when any may."""
    return another_sender(row.clinic_id, row.sender, now=now) if verdict.elsewhere else ""


def is_dead(row: OutboundMessage, code: str, *, now: datetime) -> bool:
    """Whether the number failed like this often enough lately, over all texts, although this one is not tried again."""
    failed = OutboundMessage.objects.filter(
        clinic=row.clinic_id, number_hash=row.number_hash, error_code=code, finished_at__gt=now - DEAD_AFTER
    )
    return failed.count() >= DEAD_TEXTS


def _until(row: OutboundMessage, verdict: Verdict, now: datetime) -> datetime:
    if verdict.act is not Act.WAIT:
        return now + timedelta(minutes=STOP_MINUTES)
    if verdict.rest is not None:
        return now + verdict.rest
    zone = ZoneInfo(Clinic.objects.get(pk=row.clinic_id).time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone)


def _opted_out_of_sender(row: OutboundMessage) -> bool:
    """Whether the number said STOP to a clinic that sends by the same number: the provider counts that for all."""
    told = OptOut.objects.filter(number_hash=row.number_hash, ended_at=None).values_list("clinic_id", flat=True)
    sent = OutboundMessage.objects.filter(clinic__in=list(told), number_hash=row.number_hash, sender=row.sender)
    return sent.exists()


def _filtered_often(row: OutboundMessage, now: datetime) -> bool:
    sent = OutboundMessage.objects.filter(
        clinic=row.clinic_id, sender=row.sender, queued_at__gt=now - QUEUED_OVER, sent_at__gt=now - SHARE_OVER
    )
    return is_sender_filtered(sent.filter(error_code="30007").count(), sent.count())
