"""Webhooks that arrive steadily at the web part as the product starts it."""

from __future__ import annotations

import statistics
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.measure import Row, percentile
from bench.messaging import the_clinic
from bench.served import ACCOUNT, TOKEN, Web, web
from messaging.models import InboundMessage

RATE, SECONDS, ROUNDS = 200, 8, 3
PATH = "/webhooks/twilio/inbound/"
GOAL_MS = 25


def signed(port: int, place: int) -> dict[str, Any]:
    """One text from a patient as the provider posts it."""
    form = {
        "AccountSid": ACCOUNT,
        "Body": "about a 7, I think",
        "From": f"+1618555{place % 10000:04}",
        "MessageSid": f"SM{port:05}{place:027x}",
        "NumMedia": "0",
        "To": "+15550001000",
    }
    signature = RequestValidator(TOKEN).compute_signature(f"http://127.0.0.1:{port}{PATH}", form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return {"method": "POST", "path": PATH, "headers": headers, "body": urlencode(form)}


def arriving(server: Web, number: int) -> list[float]:
    """A round of texts, none of which came before."""
    count = RATE * SECONDS
    return server.load(
        [signed(server.port, number * count + place) for place in range(count)], rate=RATE, seconds=SECONDS
    )


def rows() -> list[Row]:
    """Latency at a steady rate, and what the web process holds after it."""
    the_clinic()
    before = InboundMessage.objects.count()
    with web() as server:
        arriving(server, 0)  # warms up
        rounds = [arriving(server, number) for number in range(1, ROUNDS + 1)]
        memory = server.megabytes()
    stored = InboundMessage.objects.count() - before
    assert stored == RATE * SECONDS * (ROUNDS + 1), stored
    InboundMessage.objects.all().delete()
    p99 = sorted(percentile(took, 0.99) for took in rounds)
    middle = statistics.median(statistics.median(took) for took in rounds)
    name = f"webhook under gunicorn, {RATE}/s arriving steadily"
    value = statistics.median(p99)
    return [
        Row(f"{name}: p99", round(value, 1), "ms", f"<= {GOAL_MS}", value <= GOAL_MS, f"{p99[0]:.1f}-{p99[-1]:.1f}"),
        Row(f"{name}: median", round(middle, 1), "ms"),
        Row(f"web process after {stored:,} webhooks", round(memory, 1), "MB resident", "<= 180", memory <= 180),
    ]
