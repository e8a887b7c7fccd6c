"""What a call to the provider costs, against the SDK as it comes; the stand-in runs as a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import override_settings
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bench.measure import Row, alternate, cost, rate, ratio
from bench.messaging import NOW, drafts, the_clinic
from clinics.models import Clinic
from messaging.gateways import forget, gateway
from messaging.gateways.base import Outgoing, Taken
from messaging.models import OutboundMessage
from messaging.operations import dispatch, enqueue
from privacy.sensitive import Sensitive

CALLS = 300
TEXTS = 600
ROUNDS = 5
THREADS = 96
GOAL_RATE = 500
"""Texts a second from one worker machine with a provider that takes 100 ms."""
BODY = "Bench Care: how is your pain, 0 (none) to 10 (worst you can imagine)?"
CALLBACK = "https://followup.example.org/webhooks/twilio/status/0123456789012345678901234567890123456789/"


@contextmanager
def provider(*, slowness: float = 0.0) -> Iterator[dict[str, Any]]:
    """A stand-in in another process; its address, account and token, and the process."""
    command = [sys.executable, "-m", "tests.standin", "--port", "0"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    about = json.loads(process.stdout.readline())
    print(json.dumps({"callbacks": {"on": False}, "slowness": slowness}), file=process.stdin, flush=True)
    settings = {
        "TWILIO_API_BASE_URL": about["url"],
        "TWILIO_ACCOUNT_SID": about["account"],
        "TWILIO_AUTH_TOKEN": about["token"],
        "TWILIO_FROM_NUMBER": "+15550001000",
        "TWILIO_MESSAGING_SERVICE_SID": "",
    }
    try:
        with override_settings(**settings):
            forget()
            yield about | {"process": process}
    finally:
        forget()
        process.communicate()


class Redirected(TwilioHttpClient):
    """The SDK's own client, led to the stand-in and otherwise as it comes."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def request(self, method: str, url: str, *arguments: object, **more: object) -> object:
        """Make the request where the stand-in is."""
        return super().request(method, url.replace("https://api.twilio.com", self.base_url), *arguments, **more)


def plain(about: dict[str, str]) -> Callable[[], None]:
    """One call through the SDK as it comes, its client and connection kept."""
    client = Client(about["account"], about["token"], http_client=Redirected(about["url"]))

    def call() -> None:
        client.messages.create(
            to="+16185550123", from_="+15550001000", body=BODY, status_callback=CALLBACK, validity_period=3600
        )

    return call


def ours() -> Callable[[], None]:
    """One call through our gateway."""
    provider_of_texts = gateway()
    account = provider_of_texts.account({"sid": "", "token": "", "sender": ""})
    text = Outgoing(
        message_id=UUID(int=1),
        account=account,
        number=Sensitive("+16185550123"),
        body=Sensitive(BODY),
        callback_url=CALLBACK,
        validity=3600,
        at=NOW,
    )

    def call() -> None:
        assert isinstance(provider_of_texts.send(text), Taken)

    return call


def processor_ms(call: Callable[[], None]) -> float:
    """Processor milliseconds of this process for one call."""
    with cost() as taken:
        for _ in range(CALLS):
            call()
    return taken.cpu / CALLS * 1000


def processor_rows() -> list[Row]:
    """Processor time a call, ours against the SDK's, the two alternating."""
    with provider() as about:
        ways = {"sdk": plain(about), "ours": ours()}
        for call in ways.values():
            call()
        figures: dict[str, list[float]] = {"sdk": [], "ours": []}
        for number in range(ROUNDS):
            for name in sorted(ways, reverse=number % 2 == 1):
                figures[name].append(processor_ms(ways[name]))
    shares = sorted(our / sdk for our, sdk in zip(figures["ours"], figures["sdk"], strict=True))
    share = statistics.median(shares)
    spread = f"{shares[0]:.2f}-{shares[-1]:.2f}"
    name = "provider: processor time a call"
    return [
        Row(f"{name}, against the SDK as it comes", round(share, 3), "of the SDK", "<= 0.5", share <= 0.5, spread),
        Row(name, round(statistics.median(figures["ours"]), 3), "ms"),
    ]


def dispatch_rows(clinic: Clinic, slowness: float, goal: float) -> list[Row]:
    """Texts handed over a second, against as many bare calls from as many threads."""
    with provider(slowness=slowness), ThreadPoolExecutor(THREADS) as pool:
        call = ours()

        def bare() -> int:
            return sum(1 for _ in pool.map(lambda _: call(), range(TEXTS)))

        def whole() -> int:
            return dispatch(now_fn=lambda: NOW)

        bare()
        enqueue(drafts(clinic, (ROUNDS + 1) * TEXTS, key=f"dispatch-{slowness}"), now=NOW)
        held_back(clinic)
        figures: dict[str, list[float]] = {"bare": [], "whole": []}
        for _ in range(ROUNDS):
            release(TEXTS)
            for name, found in alternate({"bare": bare, "whole": whole}, rounds=1).items():
                figures[name] += found
    delay = f"provider takes {slowness * 1000:.0f} ms"
    handed = rate(f"dispatch: texts handed over; {delay}", figures["whole"], "texts/s")
    if slowness:
        handed = replace(handed, goal=f">= {GOAL_RATE}", met=handed.value >= GOAL_RATE)
    return [
        ratio(f"dispatch: claim, call, record, against bare calls; {delay}", figures["whole"], figures["bare"], goal),
        handed,
    ]


def held_back(clinic: Clinic) -> None:
    """Let nothing that waits be due."""
    OutboundMessage.objects.filter(clinic=clinic, next_attempt_at__isnull=False).update(
        next_attempt_at=NOW + timedelta(hours=1)
    )


def release(count: int) -> None:
    """Let as many texts be due, in tables that autovacuum has been through."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_outboundmessage SET next_attempt_at = %s WHERE id IN "
            "(SELECT id FROM messaging_outboundmessage WHERE next_attempt_at > %s LIMIT %s)",
            [NOW, NOW, count],
        )
        cursor.execute("VACUUM (ANALYZE) messaging_outboundmessage")


def rows() -> list[Row]:
    """Everything about calls."""
    clinic = the_clinic()
    with override_settings(GATEWAY="twilio"):
        return [*processor_rows(), *dispatch_rows(clinic, 0.0, 0.5), *dispatch_rows(clinic, 0.1, 0.5)]
