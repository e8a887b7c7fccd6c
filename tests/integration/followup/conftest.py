"""What the tests of the room share: a clinic with its surveys, a patient who consented, a plan that asks at once."""

from typing import Any

import pytest

from clinics.models import Clinic, User
from followup.models import Patient, Plan
from tests import factories


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Many staff are made here; a slow hash protects nobody in a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clinic(db: None) -> Clinic:
    return factories.make_clinic()


@pytest.fixture
def plan(clinic: Clinic) -> Plan:
    return factories.make_plan(clinic)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def clinician(clinic: Clinic) -> User:
    return factories.make_staff(clinic)
