"""Alive and ready, by part."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from clinics.models import SweepHeartbeat
from messaging.models import SenderStop
from tests.factories import make_clinic
from tests.integration.messaging.texts import queue
from tools.launcher.embedded import free_port
from watch.queries import LOOKED

pytestmark = pytest.mark.django_db


@pytest.fixture
def _swept() -> None:
    """Let every sweep have ended a round just now."""
    names = [*django_settings.CELERY_BEAT_SCHEDULE, LOOKED]
    rows = [SweepHeartbeat(name=name, at=timezone.now()) for name in names]
    SweepHeartbeat.objects.bulk_create(rows)


def readiness(client: Client) -> tuple[int, dict[str, dict[str, object]]]:
    """Return the status code and the parts of /readyz."""
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["parts"]


@pytest.mark.parametrize("path", ["/livez", "/healthz"])
def test_livez_answers_even_when_the_broker_is_away(client: Client, settings: Settings, path: str) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert client.get(path).json() == {"status": "ok"}


@pytest.mark.usefixtures("_swept")
def test_readyz_is_well_when_every_part_is(client: Client) -> None:
    status, parts = readiness(client)
    assert status == 200
    assert {"database", "redis", "migrations"} < set(parts)


def test_readyz_is_ill_when_a_sweep_never_ran(client: Client) -> None:
    status, parts = readiness(client)
    assert status == 503
    assert parts["database"]["ok"]
    assert parts["followup.tasks.open_due"] == {"ok": False, "age_seconds": None, "limit_seconds": 30}


@pytest.mark.usefixtures("_swept")
def test_readyz_does_not_wait_for_what_comes_round_by_the_hour(client: Client) -> None:
    hourly = {name for name, entry in django_settings.CELERY_BEAT_SCHEDULE.items() if entry["schedule"] >= 3600}
    assert hourly
    assert not hourly & set(readiness(client)[1])


@pytest.mark.usefixtures("_swept")
def test_readyz_names_the_sweep_that_fell_silent(client: Client) -> None:
    long_ago = timezone.now() - timedelta(minutes=2)
    SweepHeartbeat.objects.filter(name="messaging.tasks.dispatch_outbox").update(at=long_ago)
    status, parts = readiness(client)
    assert status == 503
    assert [name for name, part in parts.items() if not part["ok"]] == ["messaging.tasks.dispatch_outbox"]


@pytest.mark.usefixtures("_swept")
def test_readyz_is_ill_without_the_broker_and_says_no_more_than_that(client: Client, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = f"redis://:s3cret@127.0.0.1:{free_port()}/0"
    status, parts = readiness(client)
    assert status == 503
    assert parts["redis"] == {"ok": False, "detail": "does not answer"}


@pytest.mark.usefixtures("_swept")
def test_readyz_is_ill_while_a_migration_is_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    status, parts = readiness(client)
    assert status == 503
    assert parts["migrations"] == {"ok": False, "missing": 1}


def test_readyz_answers_when_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", free_port())
    status, parts = readiness(client)
    assert status == 503
    assert parts["database"] == {"ok": False, "detail": "does not answer"}
    assert "migrations" not in parts


@pytest.mark.usefixtures("_swept")
def test_readyz_tells_a_clinics_own_trouble_and_does_not_call_the_service_unready_for_it(client: Client) -> None:
    clinic, now = make_clinic(surveys=False), timezone.now()
    queue(clinic, now=now - timedelta(minutes=4), expires_at=now + timedelta(hours=1))
    SenderStop.objects.create(clinic=clinic, code="30034", since=now, until=now + timedelta(minutes=15))
    answer = client.get("/readyz")
    parts = answer.json()["parts"]
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert [name for name, part in parts.items() if not part["ok"]] == ["queues", "senders"]
    assert (parts["queues"]["count"], parts["queues"]["kinds"]) == (1, ["outbox"])
    assert parts["queues"]["age_seconds"] >= 240
    assert parts["senders"]["kinds"] == ["30034"]


@pytest.mark.usefixtures("_swept")
def test_readyz_tells_when_nobody_watches(client: Client) -> None:
    SweepHeartbeat.objects.filter(name=LOOKED).delete()
    answer = client.get("/readyz").json()
    assert answer["status"] == "degraded"
    assert not answer["parts"]["watch"]["ok"]
