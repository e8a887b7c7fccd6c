"""A provider that hangs for one clinic: what its other clinics' texts and everybody's webhooks notice of it."""

from __future__ import annotations

import json
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from bench.measure import Row, percentile
from bench.messaging import drafts
from bench.messaging_calls import provider
from bench.served import Web, web
from bench.webhook_load import signed
from clinics.models import Clinic
from messaging.models import InboundMessage, OutboundMessage, SenderStop
from messaging.operations import dispatch, enqueue
from messaging.operations.dispatch import LANE
from tests.factories import make_clinic

SECONDS, RATE, ROUNDS = 5, 40, 3
LATENCY = 0.05
"""Seconds that the provider takes for those it does not hang for."""

GOAL, PATIENCE_SECONDS = 1.2, 60
_places = count()


@dataclass(frozen=True, slots=True)
class Felt:
    """The 99th percentiles of a round, in milliseconds."""

    webhooks: float
    texts: float


def texts(clinic: Clinic, how_many: int) -> None:
    """Texts of a clinic that are due now, each to a number of its own."""
    now, key = timezone.now(), f"hanging-{next(_places)}"
    made = drafts(clinic, how_many, key=key)
    enqueue([replace(draft, expires_at=now + timedelta(hours=1)) for draft in made], now=now)


@contextmanager
def carried() -> Iterator[None]:
    """Dispatch over and over in a thread, as a worker's child does."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            dispatch(now_fn=timezone.now, seconds=1)
            time.sleep(0.02)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()


def felt(server: Web, clinic: Clinic) -> Felt:
    """A round of webhooks and of another clinic's texts at a steady rate."""
    OutboundMessage.objects.filter(clinic=clinic).delete()
    took: list[float] = []
    first = next(_places) * RATE * SECONDS
    requests = [signed(server.port, first + place) for place in range(RATE * SECONDS)]
    webhooks = threading.Thread(target=lambda: took.extend(server.load(requests, rate=RATE, seconds=SECONDS)))
    webhooks.start()
    for _ in range(RATE * SECONDS // 4):
        texts(clinic, 1)
        time.sleep(4 / RATE)
    webhooks.join()
    left = OutboundMessage.objects.filter(clinic=clinic, sent_at__isnull=False).values_list("queued_at", "sent_at")
    waits = [(sent_at - queued_at).total_seconds() * 1000 for queued_at, sent_at in left]
    return Felt(percentile(took, 0.99), percentile(waits, 0.99))


def rows() -> list[Row]:
    """Rounds with and without a clinic whose every call hangs, alternating."""
    stuck, other = make_clinic("stuck"), make_clinic("other")
    calm, hanging = [], []
    with override_settings(GATEWAY="twilio"), provider(slowness=LATENCY) as about, web() as server:
        for _ in range(ROUNDS):
            with carried():
                calm.append(felt(server, other))
            _hang(about["process"], stuck)
            with carried():
                hanging.append(felt(server, other))
            _forget(stuck)
    _forget(stuck)
    _forget(other)
    InboundMessage.objects.all().delete()
    return [row("webhooks", calm, hanging), row("texts", calm, hanging)]


def _hang(standin: subprocess.Popen[str], clinic: Clinic) -> None:
    """Let every call of a clinic's lane hang, and wait until all are under way."""
    assert standin.stdin is not None
    print(json.dumps({"fault": "hang_before", "count": LANE}), file=standin.stdin, flush=True)
    texts(clinic, LANE)
    threading.Thread(target=_begin, daemon=True).start()
    _until(lambda: OutboundMessage.objects.filter(clinic=clinic, status="sending").count() == LANE)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.1)


def _begin() -> None:
    dispatch(now_fn=timezone.now, limit=LANE)
    connection.close()


def _forget(clinic: Clinic) -> None:
    """Wait for what hangs to end by its time-out, and let the clinic begin afresh."""
    _until(lambda: not OutboundMessage.objects.filter(clinic=clinic, status="sending").exists())
    OutboundMessage.objects.filter(clinic=clinic).delete()
    SenderStop.objects.filter(clinic=clinic).delete()


def row(name: str, calm: list[Felt], hanging: list[Felt]) -> Row:
    """One figure, hanging against calm, by the medians of the rounds."""
    before = statistics.median(getattr(each, name) for each in calm)
    after = statistics.median(getattr(each, name) for each in hanging)
    growth = after / before
    what = {"webhooks": "webhooks", "texts": "another clinic's texts, due to handed over"}[name]
    title = f"a provider that hangs for one clinic: p99 of {what}"
    return Row(title, round(growth, 2), "times", f"<= {GOAL}", growth <= GOAL, f"{before:.0f} -> {after:.0f} ms")
