"""Clinics and their staff."""

from datetime import UTC, datetime, timedelta
from typing import Any

from clinics.core.actor import SYSTEM
from clinics.models import Clinic, Shift, User
from clinics.operations import add_shifts, change_staff, create_clinic, create_staff
from surveys.operations import install_library

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Chicago
PASSWORD = "correct horse battery staple"


def make_clinic(key: str = "north", *, surveys: bool = True, now: datetime = NOW, **settings: Any) -> Clinic:
    """A clinic in Chicago with the shipped surveys live; `settings` go to create_clinic."""
    defaults = {"name": f"{key.title()} Clinic", "time_zone": "America/Chicago", "phone": "618-555-0100"}
    clinic = create_clinic(key=key, by=SYSTEM, now=now, **(defaults | settings))
    if surveys:
        install_library(clinic=clinic, by=SYSTEM, now=now)
    return clinic


def make_staff(clinic: Clinic, role: str = "clinician", *, email: str = "", now: datetime = NOW) -> User:
    """A member of staff of `clinic`; the password is PASSWORD."""
    return create_staff(
        clinic=clinic,
        email=email or f"{role}@{clinic.key}.example",
        name=f"{role.title()} of {clinic.key}",
        role=role,
        password=PASSWORD,
        by=SYSTEM,
        now=now,
    )


def put_on_call(
    person: User,
    *,
    phone: str = "+16185550190",
    place: str = "first",
    since: datetime = NOW,
    lasts: timedelta = timedelta(hours=12),
) -> Shift:
    """Put somebody on call from `since`, with a number that alerts go to."""
    change_staff(user=person, phone=phone, by=SYSTEM, now=since)
    person.refresh_from_db()
    (shift,) = add_shifts(person=person, place=place, starts_at=since, ends_at=since + lasts, by=SYSTEM, now=since)
    return shift
