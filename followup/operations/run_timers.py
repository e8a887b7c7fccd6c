"""Open follow-ups that need attention: reminders inside the window, and closing in time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from followup.core.lifecycle import FollowUpStatus, Reason
from followup.models import Patient
from followup.models.patient import PatientStatus
from followup.operations.asking import Asking, lock_asking
from followup.operations.effects import speak
from followup.operations.finish import close_unfinished
from followup.operations.signals import raise_for_ending
from messaging.core.lifecycle import Purpose
from messaging.core.send_window import window_opening
from surveys.core import conversation

CLAIM = """
SELECT id FROM followup_followup WHERE timer_at <= %s AND (%s::uuid IS NULL OR clinic_id = %s)
ORDER BY timer_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


def run_timers(*, now: datetime, limit: int = 200, clinic_id: UUID | None = None) -> int:
    """Deal with up to `limit` open follow-ups whose timer has run out; returns how many.

    Each is a transaction of its own, so that one bad row never stops the line. Paused patients whose time is over are
    followed again.
    """
    done = 0
    while done < limit and _run_one(now, clinic_id):
        done += 1
    _end_pauses(now, clinic_id)
    return done


def _end_pauses(now: datetime, clinic_id: UUID | None) -> None:
    over = Patient.objects.filter(status=PatientStatus.PAUSED, paused_until__lte=now)
    if clinic_id is not None:
        over = over.filter(clinic_id=clinic_id)
    over.update(status=PatientStatus.ACTIVE, paused_until=None, updated_at=now)


@transaction.atomic
def _run_one(now: datetime, clinic_id: UUID | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, clinic_id, clinic_id])
        row = cursor.fetchone()
    if row is None:
        return False
    asking = lock_asking(follow_up_id=row[0], now=now)
    if asking is None:
        raise ValueError("An open follow-up has a conversation.")
    if asking.follow_up.closes_at is None or now >= asking.follow_up.closes_at:
        _close(asking, now)
    else:
        _remind(asking, now)
    return True


def _close(asking: Asking, now: datetime) -> None:
    """Close in time. The conversation keeps its last state: a late answer is read against it."""
    close_unfinished(asking.follow_up, Reason.NO_REPLY, now=now)
    raise_for_ending(asking.follow_up, now=now)


def _remind(asking: Asking, now: datetime) -> None:
    """Send the next reminder, or the "still open" text to somebody who has begun; none while a concern is open."""
    row = asking.follow_up
    if asking.conversation.held_since is not None:
        row.timer_at = row.closes_at
    elif not _in_window(asking, now):
        row.timer_at = _reopening(asking, now)
    else:
        turn = conversation.remind(asking.survey, asking.state, voice=asking.voice)
        speak(turn, asking, purpose=Purpose.REMINDER, now=now)
        if row.status != FollowUpStatus.OPEN:
            return
        row.reminders_sent += 1
        row.timer_at = asking.timer()
    row.updated_at = now
    row.save(update_fields=["timer_at", "reminders_sent", "updated_at"])


def _reopening(asking: Asking, now: datetime) -> datetime | None:
    """The next opening of the window, or closing if that comes first."""
    closes_at = asking.follow_up.closes_at
    opening = window_opening(asking.clinic.send_window, asking.patient.time_zone, now)
    return min(opening, closes_at) if opening and closes_at else closes_at


def _in_window(asking: Asking, now: datetime) -> bool:
    return window_opening(asking.clinic.send_window, asking.patient.time_zone, now) == now
