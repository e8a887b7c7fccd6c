"""A clinic with an admin, made by the operations themselves."""

from datetime import UTC, datetime

import pytest

from clinics.core.actor import SYSTEM
from clinics.operations import create_clinic, create_staff

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PASSWORD = "seven green lamps burning"


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def clinic(db, now):
    return create_clinic(key="north", name="North Clinic", time_zone="America/Chicago", by=SYSTEM, now=now)


@pytest.fixture
def admin(clinic, now):
    return create_staff(
        clinic=clinic, email="ada@north.example", name="Ada", role="admin", password=PASSWORD, by=SYSTEM, now=now
    )
