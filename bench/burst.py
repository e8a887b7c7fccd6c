"""A burst: 10,000 follow-ups due in the same second, until the last text is with the provider; no pace is set."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta

from django.test import override_settings

from bench import asked
from bench.measure import Row
from bench.messaging_calls import provider
from bench.served import BASE, environment
from messaging.models import OutboundMessage
from messaging.operations import dispatch
from tests.factories import NOW, make_clinic, make_plan

TEXTS = 10_000
GOAL_SECONDS = 20
GIVE_UP_SECONDS = 120


def rows() -> list[Row]:
    """One worker machine: a process that opens and one that sends, as its two children share the work."""
    OutboundMessage.objects.all().delete()
    clinic = make_clinic("burst")
    numbers = [f"+1{area}{place:07}" for area in ("618", "314") for place in range(5_550_000, 5_550_000 + TEXTS // 2)]
    asked.due(clinic, make_plan(clinic).steps.get(), numbers, now=NOW)
    with override_settings(GATEWAY="twilio", SENDER_RATE=0.0), provider() as about:
        seconds = _until_all_left(about)
    OutboundMessage.objects.all().delete()
    name = f"burst: {TEXTS:,} follow-ups due in one second, until the last text is handed over"
    return [
        Row(name, round(seconds, 1), "s", f"<= {GOAL_SECONDS}", seconds <= GOAL_SECONDS),
        Row("burst: opened and handed over", round(TEXTS / seconds), "texts/s"),
    ]


def _until_all_left(about: dict[str, str]) -> float:
    settings = environment(
        TWILIO_API_BASE_URL=about["url"], TWILIO_ACCOUNT_SID=about["account"], TWILIO_AUTH_TOKEN=about["token"]
    )
    begun = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - begun)

    with subprocess.Popen([sys.executable, "-m", "bench.opener"], env=settings, cwd=BASE):
        while (left := OutboundMessage.objects.filter(sent_at__isnull=False).count()) < TEXTS:
            assert time.monotonic() - begun < GIVE_UP_SECONDS, f"only {left} texts left"
            dispatch(now_fn=now, seconds=2)
    return time.monotonic() - begun
