"""The watchdog without Celery: worker, scheduler and broker really are absent, and so, once, is the database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from clinics.models import SweepHeartbeat
from tests.integration.launcher.service import holds_soon
from tests.listening import Hooks, Mails
from tools.launcher import processes
from tools.launcher.embedded import free_port
from tools.launcher.folders import BASE
from tools.launcher.supervisor import part_commands
from watch.watchdog import Watchdog

pytestmark = pytest.mark.django_db(transaction=True)


def environment(hooks: Hooks, mails: Mails, folder: Path) -> dict[str, str]:
    """The same database and broker as this test's, and the two who listen."""
    database = connection.settings_dict
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    return dict(os.environ) | {
        "DATABASE_URL": url,
        "FOLLOWUP_VAR": str(folder),
        "SWEEP_SECONDS": "0.1",
        "ALERT_EMAILS": "ops@clinic.example",
        "EMAIL_URL": f"smtp://127.0.0.1:{mails.port}",
        "ALERT_WEBHOOK_URL": hooks.url,
        "ALLOW_PRIVATE_WEBHOOKS": "yes",
    }


@pytest.fixture
def _died_two_minutes_ago(db: None) -> None:
    """Everything was at work until two minutes ago."""
    then = timezone.now() - timedelta(minutes=2)
    SweepHeartbeat.objects.bulk_create(
        SweepHeartbeat(name=name, at=then) for name in django_settings.CELERY_BEAT_SCHEDULE
    )


@pytest.fixture
def web(hooks: Hooks, mails: Mails, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The web part alone, by the launcher's own command: no worker, no scheduler."""
    command = part_commands(free_port())["The web part"]
    process = processes.start(
        command, environment=environment(hooks, mails, tmp_path), folder=BASE, log=tmp_path / "web.log"
    )
    yield process
    processes.stop(process, seconds=10)


@pytest.mark.processes
@pytest.mark.usefixtures("_died_two_minutes_ago", "web")
def test_the_web_part_alone_tells_that_no_worker_is_there(hooks: Hooks, mails: Mails) -> None:
    assert holds_soon(lambda: bool(hooks.got and mails.got))
    told = json.loads(hooks.got[0][2])
    assert (told["type"], told["condition"]) == ("alert.raised", "workers-silent")
    assert mails.got[0][1]["Subject"] == "[Followup] No worker is running"


@pytest.mark.processes
@pytest.mark.usefixtures("_died_two_minutes_ago")
def test_the_command_tells_from_cron_that_the_broker_is_away(hooks: Hooks, mails: Mails, tmp_path: Path) -> None:
    away = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    command = [sys.executable, "manage.py", "watch", "--once"]
    variables = environment(hooks, mails, tmp_path) | away
    done = subprocess.run(command, cwd=BASE, env=variables, capture_output=True, text=True, timeout=60)
    assert "Redis does not answer, and nothing runs" in done.stdout, done.stderr
    assert json.loads(hooks.got[0][2])["condition"] == "broker-away"
    assert len(mails.got) == 1


class Clock:
    """Now, moved by the test alone."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def database() -> Iterator[Callable[[bool], None]]:
    """Takes the database away and gives it back."""
    there = dict(connection.settings_dict)

    def be_there(is_there: bool) -> None:
        connection.close()
        connection.close_pool()
        connection.settings_dict.update(there if is_there else {"PORT": free_port(), "OPTIONS": {"connect_timeout": 2}})

    yield be_there
    be_there(True)


def test_a_database_that_stays_away_is_told_once_and_so_is_its_return(
    hooks: Hooks, mails: Mails, database: Callable[[bool], None]
) -> None:
    clock = Clock()
    dog = Watchdog(clock)
    database(False)
    for seconds in (0, 30, 30, 30):
        clock.now += timedelta(seconds=seconds)
        dog.round()
    assert [json.loads(body)["text"] for _, _, body in hooks.got] == ["The database does not answer, and nothing runs"]
    database(True)
    dog.round()
    dog.round()
    assert [json.loads(body)["text"] for _, _, body in hooks.got][1:] == ["Over: the database did not answer"]
    assert len(mails.got) == 2


def test_a_short_restart_of_the_database_is_told_to_nobody(hooks: Hooks, database: Callable[[bool], None]) -> None:
    clock = Clock()
    dog = Watchdog(clock)
    database(False)
    dog.round()
    clock.now += timedelta(seconds=30)
    dog.round()
    database(True)
    dog.round()
    assert hooks.got == []


def test_the_watchdog_outlives_whatever_it_meets(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.CELERY_BEAT_SCHEDULE = {"broken": {"schedule": "soon"}}
    Watchdog().round()
    assert "watch_failed" in caplog.text
