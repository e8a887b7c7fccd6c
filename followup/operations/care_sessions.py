"""Care sessions: booked, ended, moved, cancelled; their end is what follow-ups are counted from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core import intake
from followup.core.lifecycle import FollowUpStatus, Reason, SessionStatus
from followup.core.plan import Anchor
from followup.core.plan_document import SLUG
from followup.models import CareSession, FollowUp, Patient
from followup.operations import schedule
from followup.operations.errors import Conflict, refuse_if_any
from followup.operations.finish import close

CANCELLED = "The session is cancelled."


def record(
    *,
    patient: Patient,
    external_reference: str,
    kind: str,
    booked_for: datetime | None,
    ended_at: datetime | None,
    by: Actor,
    now: datetime,
) -> tuple[CareSession, bool]:
    """Record a visit that is booked or has ended, and schedule what its kind's live plan asks for.

    Returns the session and whether it is new: the same reference with the same facts gives the session there is. Raises
    Refused with every problem, Conflict when the reference belongs to a session with other facts.
    """
    external_reference = external_reference.strip()
    refuse_if_any(
        {
            "external_reference": intake.text_problem(external_reference, 64),
            "kind": None if SLUG.fullmatch(kind) else "Needed: small letters, digits, - or _, like ketamine-iv.",
            "booked_for": _booked_problem(booked_for, ended_at),
            "ended_at": _ended_problem(patient, ended_at, now),
        }
    )
    with transaction.atomic():
        # Two requests with one reference wait for each other here, so that both get the one session.
        patient = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
        known = CareSession.objects.filter(patient=patient, external_reference=external_reference).first()
        if known is not None:
            _same_facts_or_conflict(known, kind=kind, booked_for=booked_for, ended_at=ended_at)
            return known, False
        session = CareSession.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            external_reference=external_reference,
            kind=kind,
            status=SessionStatus.ENDED if ended_at else SessionStatus.BOOKED,
            booked_for=booked_for,
            ended_at=ended_at,
            created_at=now,
            updated_at=now,
        )
        if booked_for is not None:
            schedule.schedule(session, Anchor.BOOKED, now=now)
        if ended_at is not None:
            _ended(session, now)
        _record(session, "care_session.create", {"kind": kind, "status": session.status}, by, now)
        return session, True


def _booked_problem(booked_for: datetime | None, ended_at: datetime | None) -> str | None:
    if booked_for is None:
        return "Give the time it is booked for, or ended_at." if ended_at is None else None
    return None if booked_for.tzinfo else "Needed: a date and time with zone."


def _ended_problem(patient: Patient, ended_at: datetime | None, now: datetime) -> str | None:
    if ended_at is None:
        return None
    problem = intake.past_problem(ended_at, now)
    if problem:
        return problem
    consent = patient.consents.filter(ended_at__isnull=True).first()
    if consent is not None and ended_at < consent.given_at:
        return "Lies before the patient's consent; follow-up is only for sessions after it."
    return None


def _same_facts_or_conflict(known: CareSession, **given: Any) -> None:
    """What is not given makes no claim: a booking posted again after its end is still the same booking."""
    differing = [field for field, value in given.items() if value is not None and getattr(known, field) != value]
    if differing:
        raise Conflict(dict.fromkeys(differing, "Differs from the session that has this reference."))


def _ended(session: CareSession, now: datetime) -> None:
    schedule.schedule(session, Anchor.ENDED, now=now)
    _drop_baseline(session, now)
    schedule.supersede(session.patient, now=now)


def _drop_baseline(session: CareSession, now: datetime) -> None:
    """A baseline that was not asked before the treatment is of no use after it."""
    late = FollowUp.objects.filter(care_session=session, plan_step__anchor=Anchor.BOOKED.value)
    schedule.cancel(late.filter(plan_step__offset__startswith="-"), Reason.TOO_LATE, now=now)


@transaction.atomic
def end(*, session: CareSession, ended_at: datetime, by: Actor, now: datetime) -> CareSession:
    """Say when a session ended, or correct it; what is not asked yet moves with it.

    Raises Refused when the time lies in the future or before the consent, Conflict when the session is cancelled.
    """
    session = _locked(session)
    if session.status == SessionStatus.CANCELLED:
        raise Conflict({"ended_at": CANCELLED})
    refuse_if_any({"ended_at": _ended_problem(session.patient, ended_at, now)})
    if session.ended_at == ended_at:
        return session
    first = session.status == SessionStatus.BOOKED
    session.status, session.ended_at, session.updated_at = SessionStatus.ENDED, ended_at, now
    session.save(update_fields=["status", "ended_at", "updated_at"])
    if first:
        _ended(session, now)
    else:
        schedule.reanchor(session, now=now)
    _record(session, "care_session.end" if first else "care_session.correct", {}, by, now)
    return session


@transaction.atomic
def move(*, session: CareSession, booked_for: datetime, by: Actor, now: datetime) -> CareSession:
    """Book a session for another time; what counts from the booking and is not asked yet moves with it.

    Raises Conflict unless the session is still booked.
    """
    session = _locked(session)
    if session.status != SessionStatus.BOOKED:
        raise Conflict({"booked_for": "Only a booked session can be moved."})
    refuse_if_any({"booked_for": None if booked_for.tzinfo else "Needed: a date and time with zone."})
    if session.booked_for == booked_for:
        return session
    session.booked_for, session.updated_at = booked_for, now
    session.save(update_fields=["booked_for", "updated_at"])
    schedule.reanchor(session, now=now)
    _record(session, "care_session.move", {}, by, now)
    return session


@transaction.atomic
def cancel(*, session: CareSession, by: Actor, now: datetime) -> CareSession:
    """Cancel a session, also a no-show: nothing more is asked about it. Cancelling twice is the same as once."""
    session = _locked(session)
    if session.status == SessionStatus.CANCELLED:
        return session
    session.status, session.cancelled_at, session.updated_at = SessionStatus.CANCELLED, now, now
    session.save(update_fields=["status", "cancelled_at", "updated_at"])
    rows = FollowUp.objects.filter(care_session=session)
    schedule.cancel(rows, Reason.SESSION_CANCELLED, now=now)
    for row in rows.filter(status=FollowUpStatus.OPEN):
        close(row, FollowUpStatus.CANCELLED, Reason.SESSION_CANCELLED, now=now)
    _record(session, "care_session.cancel", {}, by, now)
    return session


def _locked(session: CareSession) -> CareSession:
    rows = CareSession.objects.select_for_update(of=("self",)).select_related("patient", "clinic")
    return rows.get(pk=session.pk)


def _record(session: CareSession, action: str, detail: dict[str, Any], by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=session.clinic_id,
        by=by,
        action=action,
        object_type="care_session",
        object_id=session.id,
        patient_id=session.patient_id,
        detail=detail,
        now=now,
    )
