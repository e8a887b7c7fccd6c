"""Follow-ups of a care session: created from the live plan, moved with it, cancelled with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from followup.core.lifecycle import FollowUpStatus, Reason, SessionStatus
from followup.core.plan import Anchor, planned
from followup.models import CareSession, FollowUp, Patient, Plan, PlanStep
from privacy.ids import new_id


def schedule(session: CareSession, anchor: Anchor, *, now: datetime) -> int:
    """Create the follow-ups that count from `anchor` under the live plan of the session's kind; returns how many."""
    plan = Plan.objects.filter(clinic_id=session.clinic_id, session_kind=session.kind, status="published").first()
    if plan is None:
        return 0
    steps = plan.steps.filter(anchor=anchor.value)
    rows = [_follow_up(session, step, now) for step in steps]
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _follow_up(session: CareSession, step: PlanStep, now: datetime) -> FollowUp:
    row = FollowUp(
        id=new_id(),
        clinic_id=session.clinic_id,
        patient_id=session.patient_id,
        care_session=session,
        plan_step=step,
        survey=step.survey,
        created_at=now,
    )
    _plan(row, session, step, now)
    return row


def _plan(row: FollowUp, session: CareSession, step: PlanStep, now: datetime) -> None:
    """Set the times of a follow-up that is not open yet; one that falls out of the window says so."""
    rule = step.rule()
    anchor_at = session.ended_at if rule.anchor is Anchor.ENDED else session.booked_for
    if anchor_at is None:
        raise ValueError("The session has no time for this anchor yet.")
    patient = session.patient
    times = planned(rule, anchor_at, ZoneInfo(patient.time_zone), session.clinic.send_window)
    row.due_at, row.opens_at, row.closes_at = times.due_at, times.opens_at, times.closes_at
    row.status, row.reason, row.closed_at, row.updated_at = FollowUpStatus.SCHEDULED, Reason.NONE, None, now
    if times.opens_at is None:
        row.status, row.reason, row.closed_at = FollowUpStatus.SKIPPED, Reason.OUTSIDE_WINDOW, now


def reanchor(session: CareSession, *, now: datetime) -> int:
    """Compute again what is not yet asked of this session; returns how many follow-ups moved."""
    waiting = _waiting(care_session=session, plan_step__isnull=False)
    rows = list(waiting.select_related("plan_step").select_for_update(of=("self",)))
    for row in rows:
        if row.plan_step is not None:
            _plan(row, session, row.plan_step, now)
    FollowUp.objects.bulk_update(
        rows, ["due_at", "opens_at", "closes_at", "status", "reason", "closed_at", "updated_at"]
    )
    return len(rows)


def reanchor_patient(patient: Patient, *, now: datetime) -> None:
    """Compute again what is not yet asked of a patient whose zone has changed."""
    waiting = _waiting(patient=patient).values("care_session_id")
    for session in CareSession.objects.filter(pk__in=waiting).select_related("patient", "clinic"):
        session.patient = patient
        reanchor(session, now=now)


def supersede(patient: Patient, *, now: datetime) -> int:
    """Cancel what the sessions before the latest one still had to ask, except durable steps (section 2.4, rule 3)."""
    latest = (
        CareSession.objects.filter(patient=patient, status=SessionStatus.ENDED).order_by("-ended_at", "-id").first()
    )
    if latest is None:
        return 0
    earlier = _waiting(patient=patient, plan_step__durable=False, plan_step__anchor=Anchor.ENDED.value).exclude(
        care_session=latest
    )
    return cancel(earlier, Reason.NEW_SESSION, now=now)


def cancel(waiting: QuerySet[FollowUp], reason: Reason, *, now: datetime) -> int:
    """Cancel follow-ups that have not been asked; returns how many."""
    return waiting.filter(status=FollowUpStatus.SCHEDULED).update(
        status=FollowUpStatus.CANCELLED, reason=reason, opens_at=None, closed_at=now, updated_at=now
    )


def _waiting(**conditions: Any) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(status=FollowUpStatus.SCHEDULED, **conditions)
