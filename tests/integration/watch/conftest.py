"""Two clinics, somebody who listens to alerts, and a service that has just been at work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings

from clinics.models import Clinic, SweepHeartbeat
from tests.factories import NOW, make_clinic
from tests.listening import Hooks, Mails, listening
from watch.core.silence import Answers
from watch.operations import look


@pytest.fixture
def north(db: None) -> Clinic:
    return make_clinic("north", surveys=False)


@pytest.fixture
def south(db: None) -> Clinic:
    return make_clinic("south", surveys=False)


@pytest.fixture
def hooks(settings: Any) -> Iterator[Hooks]:
    """The address that alerts are posted to."""
    with listening(Hooks()) as server:
        settings.ALERT_WEBHOOK_URL, settings.ALLOW_PRIVATE_WEBHOOKS = server.url, True
        yield server


@pytest.fixture
def mails(settings: Any) -> Iterator[Mails]:
    """The mail server, behind Django's own SMTP backend."""
    with listening(Mails()) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.ALERT_EMAILS = ["ops@clinic.example"]
        yield server


@pytest.fixture
def _at_work(db: None) -> None:
    """Every sweep has just ended a round."""
    SweepHeartbeat.objects.bulk_create(
        SweepHeartbeat(name=name, at=NOW) for name in django_settings.CELERY_BEAT_SCHEDULE
    )


def well() -> Answers:
    """Broker and workers answer."""
    return Answers(broker=True, workers=True)


def look_after(seconds: float = 0, *, ask: Any = well, beating: bool = True) -> None:
    """Look so many seconds after NOW; the sweeps go on until then, unless they are not `beating`."""
    now = NOW + timedelta(seconds=seconds)
    if beating:
        SweepHeartbeat.objects.exclude(name__startswith="watch.").update(at=now)
    assert look(ask=ask, now=now)
