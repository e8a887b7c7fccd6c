"""Two clinics with one person of each role, and a client that speaks as any of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone
from rest_framework.test import APIClient

from clinics.core.actor import SYSTEM
from clinics.core.roles import Role
from clinics.models import Clinic, User
from clinics.operations import create_clinic, create_staff, create_token

PASSWORD = "seven green lamps burning"


@dataclass
class People:
    """A clinic, its staff by role, and clients that carry their tokens."""

    clinic: Clinic
    staff: dict[str, User] = field(default_factory=dict)

    def token(self, role: str = "admin", scopes: tuple[str, ...] = ()) -> str:
        """A fresh token of this member of staff."""
        _, plaintext = create_token(user=self.staff[role], scopes=scopes, by=SYSTEM, now=timezone.now())
        return plaintext

    def client(self, role: str = "admin", scopes: tuple[str, ...] = ()) -> APIClient:
        """A client that acts as this member of staff."""
        return APIClient(headers={"Authorization": f"Bearer {self.token(role, scopes)}"})


def people_of(key: str, zone: str = "America/Chicago") -> People:
    """A new clinic with one person of each role."""
    now = timezone.now()
    clinic = create_clinic(key=key, name=f"{key.title()} Clinic", time_zone=zone, by=SYSTEM, now=now)
    people = People(clinic)
    for role in Role:
        people.staff[role.value] = create_staff(
            clinic=clinic,
            email=f"{role.value}@{key}.example",
            name=role.value.title(),
            role=role.value,
            password=PASSWORD,
            by=SYSTEM,
            now=now,
        )
    return people


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Dozens of staff are made here; a slow hash protects nobody in a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_limits_left_over() -> None:
    caches["limits"].clear()


@pytest.fixture
def north(db: Any) -> People:
    return people_of("north")


@pytest.fixture
def south(db: Any) -> People:
    return people_of("south")


@pytest.fixture
def api(north: People) -> APIClient:
    """The admin of the north clinic."""
    return north.client()
