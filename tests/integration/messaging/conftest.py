"""A provider that is a process' width away, a clinic, and a clock that stands still until it is moved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from clinics.models import Clinic
from messaging import gateways
from tests.integration.messaging import listener
from tests.integration.messaging.texts import NOW
from tests.standin import StandIn
from tests.standin.server import ACCOUNT, TOKEN


class Clock:
    """Now, for the service and for the provider; `move` is the only thing that moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **step: Any) -> datetime:
        self.now += timedelta(**step)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock, settings: Settings) -> Iterator[StandIn]:
    """The stand-in, and settings that lead the real SDK to it."""
    with StandIn(clock=clock) as standin:
        settings.GATEWAY = "twilio"
        settings.TWILIO_ACCOUNT_SID = ACCOUNT
        settings.TWILIO_AUTH_TOKEN = TOKEN
        settings.TWILIO_AUTH_TOKEN_SECONDARY = ""
        settings.TWILIO_MESSAGING_SERVICE_SID = ""
        settings.TWILIO_FROM_NUMBER = "+15550001000"
        settings.TWILIO_API_BASE_URL = standin.url
        settings.PUBLIC_BASE_URL = "http://testserver"
        yield standin
    gateways.forget()


@pytest.fixture(autouse=True)
def wire(settings: Settings) -> Iterator[None]:
    """The listener of these tests at the end of the wire."""
    settings.MESSAGING_LISTENER = "tests.integration.messaging.listener.on_event"
    listener.told.clear()
    listener.failing.clear()
    yield
    listener.failing.clear()


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic("north")


def make_clinic(key: str, **fields: Any) -> Clinic:
    defaults = {
        "name": f"{key.title()} Clinic",
        "short_name": f"{key.title()} Care",
        "phone": "618-555-0100",
        "time_zone": "America/Chicago",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Clinic.objects.create(key=key, **(defaults | fields))
