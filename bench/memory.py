"""Memory of a worker's child over many texts: sent, answered and handled in one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from django.test import override_settings

from bench import asked
from bench.measure import Row
from bench.messaging_calls import provider
from bench.served import BASE, environment
from followup.operations.open_due import open_due
from messaging.models import OutboundMessage
from tests.factories import NOW, make_clinic, make_plan

TEXTS = int(os.environ.get("BENCH_TEXTS", "10000"))
GOAL_MB, GOAL_GROWTH = 160, 1.05


def rows() -> list[Row]:
    """Resident memory at the end, and against a quarter of the way: BENCH_TEXTS=100000 for the long form."""
    OutboundMessage.objects.all().delete()
    clinic = make_clinic("memory")
    numbers = [f"+1217{place:07}" for place in range(5_550_000, 5_550_000 + TEXTS // 2)]
    asked.due(clinic, make_plan(clinic).steps.get(), numbers, now=NOW)
    while open_due(now=NOW, limit=500):
        pass
    with override_settings(GATEWAY="twilio"), provider() as about:
        held = _child(about, clinic.pk.hex)
    OutboundMessage.objects.all().delete()
    quarter, end = held[len(held) // 4], held[-1]
    growth = end / quarter
    name = f"worker child over {TEXTS:,} texts both ways"
    course = " ".join(f"{megabytes:.0f}" for megabytes in held)
    return [
        Row(f"{name}, at the end", round(end, 1), "MB resident", f"<= {GOAL_MB}", end <= GOAL_MB, course),
        Row(f"{name}, end against a quarter", round(growth, 3), "times", f"<= {GOAL_GROWTH}", growth <= GOAL_GROWTH),
    ]


def _child(about: dict[str, str], clinic: str) -> list[float]:
    settings = environment(
        TWILIO_API_BASE_URL=about["url"], TWILIO_ACCOUNT_SID=about["account"], TWILIO_AUTH_TOKEN=about["token"]
    )
    command = [sys.executable, "-m", "bench.child", clinic]
    done = subprocess.run(command, env=settings, cwd=BASE, stdout=subprocess.PIPE, text=True, check=True)
    return list(json.loads(done.stdout.splitlines()[-1]))
