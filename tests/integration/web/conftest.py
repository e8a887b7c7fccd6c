"""Two clinics with staff of every role, signed in, at a frozen moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from clinics.core.roles import Role
from clinics.models import AuditEvent, Clinic, User
from followup.models import Patient, Plan, ReviewItem
from followup.web.sessions import SECOND_FACTOR
from tests.factories import NOW, end_session, make_clinic, make_patient, make_plan, make_staff
from tests.factories.talk import open_one, write


@dataclass
class House:
    """A clinic, its staff by role, a patient who has answered, and the plan that asked."""

    clinic: Clinic
    staff: dict[str, User]
    plan: Plan
    patient: Patient

    def client(self, role: str = "admin") -> Client:
        """A browser in which this member of staff has signed in with both factors."""
        client = Client()
        client.force_login(self.staff[role])
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        return client

    @property
    def item(self) -> ReviewItem:
        """The patient's review item."""
        return ReviewItem.objects.get(patient=self.patient)


def make_house(key: str) -> House:
    clinic = make_clinic(key)
    staff = {role.value: make_staff(clinic, role.value) for role in Role}
    plan = make_plan(clinic)
    patient = make_patient(clinic)
    end_session(patient)
    open_one(patient)
    write(patient, "7")
    write(patient, "6")
    return House(clinic, staff, plan, patient)


@pytest.fixture(autouse=True)
def at_ten_on_a_tuesday() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Many staff are made here; a slow hash protects nobody in a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_limits_left_over(db: None) -> None:
    cache.clear()


@pytest.fixture
def north(db: None) -> House:
    return make_house("north")


@pytest.fixture
def south(db: None) -> House:
    return make_house("south")


@pytest.fixture
def desk(north: House) -> Client:
    """The admin of the north clinic."""
    return north.client()


def audited(action: str = "") -> list[str]:
    """Actions on record, oldest first; with `action` only those that begin with it."""
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    return [one for one in actions if one.startswith(action)]
