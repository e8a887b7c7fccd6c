"""Patients with consent, and their care sessions."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from followup.models import CareSession, Patient
from followup.operations import care_sessions
from followup.operations.enrol import ConsentInput, enrol_patient
from tests.factories.clinics import NOW

_numbers = count(1)
MONTH = timedelta(days=30)
AREAS = ("573", "417", "660", "816")
"""Where made patients live. No test writes a number of these areas by hand: which of its numbers a patient
gets depends on the tests that ran before, and a stranger must never turn out to be one of them."""


def number(place: int, area: str = "618") -> str:
    """A number that exists for stories only: 555-0100 to 555-0199."""
    return f"+1{area}5550{100 + place % 100}"


def consented(given_at: datetime) -> ConsentInput:
    """A written consent."""
    return ConsentInput(method="written", wording_version="2026-01", given_at=given_at)


def make_patient(clinic: Clinic, *, consent: bool = True, now: datetime = NOW - MONTH, **fields: Any) -> Patient:
    """A patient of `clinic` who signed a month ago; each gets a reference and a number of its own."""
    place = next(_numbers)
    defaults = {
        "reference": f"MADE-{place:04}",
        "name": "Ada Example",
        "phone": number(place, area=AREAS[place // 100 % len(AREAS)]),
        "time_zone": clinic.time_zone,
        "language": "en",
    }
    return enrol_patient(
        clinic=clinic, consent=consented(now) if consent else None, by=SYSTEM, now=now, **(defaults | fields)
    )


def end_session(
    patient: Patient, *, ended_at: datetime = NOW, kind: str = "ketamine-iv", reference: str = "", now: datetime = NOW
) -> CareSession:
    """A care session that has just ended, with what the live plan schedules after it."""
    session, _ = care_sessions.record(
        patient=patient,
        external_reference=reference or f"MADE-{next(_numbers)}",
        kind=kind,
        booked_for=None,
        ended_at=ended_at,
        by=SYSTEM,
        now=now,
    )
    return session
