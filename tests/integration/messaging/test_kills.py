"""Workers killed in the middle of sending, and a provider that hangs (G1, G5)."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as live_settings
from django.db import connection

from clinics.models import Clinic
from messaging.core.lifecycle import Outbound
from messaging.models import OutboundMessage
from messaging.operations import dispatch, enqueue, reconcile
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.texts import BEN, NOW, draft, numbers, queue
from tests.standin import StandIn
from tests.standin.server import ACCOUNT, TOKEN

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS, KILLS = 240, 4
PATIENCE_SECONDS = 30


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that another process or thread does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.002)


def start_worker(provider: StandIn) -> "subprocess.Popen[str]":
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"{url}/{database['NAME']}",
        "GATEWAY": "twilio",
        "SECRET_KEY": live_settings.SECRET_KEY,
        "FIELD_KEYS": "development:b25seSBmb3IgZGV2ZWxvcG1lbnQsIDMyIGJ5dGVzLi4=",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": "+15550001000",
        "TWILIO_API_BASE_URL": provider.url,
        "PUBLIC_BASE_URL": "http://127.0.0.1:8000",
        "REDIS_URL": live_settings.CELERY_BROKER_URL,
    }
    command = [sys.executable, "-m", "tests.integration.messaging.worker"]
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def recover(clock: Clock) -> None:
    """What the sweeps do in the minutes after."""
    for _ in range(24):
        clock.move(seconds=30)
        reconcile(now=clock(), limit=TEXTS)
        dispatch(now_fn=clock)


def test_workers_killed_while_sending_lose_and_double_nothing(provider: StandIn, clock: Clock) -> None:
    clock.now = datetime.now(UTC)  # the workers live in real time
    clinic = make_clinic("north")
    texts = [draft(clinic, number, expires_at=clock() + timedelta(days=1)) for number in numbers(TEXTS)]
    enqueue(texts, now=clock())
    provider.faults.slowness = 0.03
    for _ in range(KILLS):
        before = len(provider.books.taken())
        worker = start_worker(provider)
        until(lambda before=before: len(provider.books.taken()) > before + 5)
        worker.kill()
        worker.communicate()
    until(provider.is_quiet)  # what the killed had sent may still be on its way, and virtual minutes pass at once
    lost = OutboundMessage.objects.filter(status=Outbound.SENDING).count()
    provider.faults.slowness = 0.0
    clock.now = datetime.now(UTC)
    recover(clock)
    journal = Counter(message.to for message in provider.books.taken())
    assert lost > 0, "no worker was killed in the middle of anything: this run proves nothing"
    assert journal == dict.fromkeys(numbers(TEXTS), 1)
    assert set(OutboundMessage.objects.values_list("status", flat=True)) == {Outbound.ACCEPTED}
    assert OutboundMessage.objects.values("provider_id").distinct().count() == TEXTS


def test_a_provider_that_hangs_for_one_clinic_holds_up_no_other(
    provider: StandIn, clock: Clock, clinic: Clinic
) -> None:
    provider.faults.ask("hang_before", "hang_after")
    stuck = [queue(clinic, number) for number in numbers(2)]
    south = make_clinic("south")
    later = queue(south, BEN, not_before=NOW + timedelta(minutes=1))
    dispatch(now_fn=clock)  # comes back although two calls hang
    assert {again(row).status for row in stuck} == {Outbound.SENDING}
    clock.move(minutes=1)
    assert dispatch(now_fn=clock) == 1
    assert again(later).status == Outbound.ACCEPTED
    provider.faults.released.set()
    until(lambda: {again(row).status for row in stuck} == {Outbound.UNCERTAIN})
    recover(clock)
    assert Counter(message.to for message in provider.books.taken()) == dict.fromkeys([*numbers(2), BEN], 1)


def test_a_worker_does_not_wait_for_calls_that_hang(provider: StandIn, clock: Clock, clinic: Clinic) -> None:
    provider.faults.ask("hang_before")
    queue(clinic)
    begun = time.monotonic()
    dispatch(now_fn=clock, patience=0.1)
    assert time.monotonic() - begun < 4
    provider.faults.released.set()
    until(lambda: set(OutboundMessage.objects.values_list("status", flat=True)) == {Outbound.UNCERTAIN})


def again(row: OutboundMessage) -> OutboundMessage:
    return OutboundMessage.objects.get(pk=row.pk)
