"""A rule asks for another survey: one follow-up for it, its reason visible, never two of a kind at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from followup.core.follow_on import AT, FOLLOW_ON, day_for
from followup.core.lifecycle import FollowUpStatus, Reason
from followup.core.periods import on_wall_clock
from followup.models import FollowUp, Signal
from followup.queries.planned import days_with_surveys, will_be_asked
from messaging.core.send_window import window_opening
from privacy.ids import new_id


def ask_for(survey: str, *, signal: Signal, follow_up: FollowUp, now: datetime) -> FollowUp | None:
    """Plan `survey` for the patient of `follow_up` because of `signal`, in the caller's transaction.

    It falls on a day of its own where the rule leaves time for that (section 2.4, rule 2). Returns None when the same
    questions will be asked by then anyway, also by another signal's follow-on.
    """
    patient, clinic = follow_up.patient, follow_up.clinic
    zone = ZoneInfo(patient.time_zone)
    today = now.astimezone(zone).date()
    day = day_for(survey, today, days_with_surveys(patient, since=now, zone=zone))
    due_at = min(on_wall_clock(datetime.combine(day, AT), zone), now + (day - today))
    due_at = window_opening(clinic.send_window, zone.key, due_at) or due_at
    if will_be_asked(survey, patient, until=due_at):
        return None
    row = FollowUp(
        id=new_id(),
        clinic_id=follow_up.clinic_id,
        patient=patient,
        care_session_id=follow_up.care_session_id,
        raised_by=signal,
        survey=survey,
        status=FollowUpStatus.SCHEDULED,
        due_at=due_at,
        opens_at=due_at,
        closes_at=FOLLOW_ON.closes_after.after(due_at, zone),
        created_at=now,
        updated_at=now,
    )
    FollowUp.objects.bulk_create([row], ignore_conflicts=True)
    return FollowUp.objects.filter(pk=row.pk).first()


def drop_for(signal_ids: list[UUID], *, now: datetime) -> None:
    """Ask no more what signals asked for that no longer hold; what is open already goes on."""
    FollowUp.objects.filter(raised_by__in=signal_ids, status=FollowUpStatus.SCHEDULED).update(
        status=FollowUpStatus.CANCELLED, reason=Reason.NOT_APPLICABLE, opens_at=None, closed_at=now, updated_at=now
    )
