"""Patients who have just been asked, or are about to be: written with as few statements as possible."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinics.models import Clinic
from followup.models import CareSession, Consent, FollowUp, Patient, PlanStep
from privacy.ids import new_id
from privacy.phones import phone_hash

CHUNK = 2000


def due(clinic: Clinic, step: PlanStep, numbers: list[str], *, now: datetime) -> None:
    """One patient a number, each with consent and a follow-up that falls due at `now`."""
    for start in range(0, len(numbers), CHUNK):
        people = [_patient(clinic, number, now) for number in numbers[start : start + CHUNK]]
        Patient.objects.bulk_create(people)
        Consent.objects.bulk_create(_consent(clinic, patient, now) for patient in people)
        sessions = [_session(clinic, patient, now) for patient in people]
        CareSession.objects.bulk_create(sessions)
        FollowUp.objects.bulk_create(_follow_up(clinic, step, session, now) for session in sessions)


def _patient(clinic: Clinic, number: str, now: datetime) -> Patient:
    return Patient(
        clinic=clinic, reference=str(new_id()), name="Ada", phone=number, phone_hash=phone_hash(number),
        time_zone="America/Chicago", language="en", notice_at=now, created_at=now, updated_at=now,
    )  # fmt: skip


def _consent(clinic: Clinic, patient: Patient, now: datetime) -> Consent:
    return Consent(
        clinic=clinic, patient=patient, method="written", wording_version="1", language="en",
        phone_hash=patient.phone_hash, given_at=now, recorded_at=now, recorded_by="bench",
    )  # fmt: skip


def _session(clinic: Clinic, patient: Patient, now: datetime) -> CareSession:
    return CareSession(
        clinic=clinic, patient=patient, external_reference=str(new_id()), kind="ketamine-iv", status="ended",
        ended_at=now, created_at=now, updated_at=now,
    )  # fmt: skip


def _follow_up(clinic: Clinic, step: PlanStep, session: CareSession, now: datetime) -> FollowUp:
    return FollowUp(
        clinic=clinic, patient=session.patient, care_session=session, plan_step=step, survey=step.survey,
        status="scheduled", due_at=now, opens_at=now, closes_at=now + timedelta(hours=20), created_at=now,
        updated_at=now,
    )  # fmt: skip
