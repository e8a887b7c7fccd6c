"""One survey's whole life by commands, the API and signed webhooks, with the real SDK against the stand-in."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

import clinics.tasks
import followup.tasks
import messaging.tasks
from messaging import gateways
from tests.standin import StandIn
from tests.standin.server import ACCOUNT, TOKEN

OURS, PHONE = "+16185550100", "+16185550123"
START = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Chicago
INBOUND = "/webhooks/twilio/inbound/"


class Town:
    """The clinic's practice system, the patient's phone, the provider between them, and one clock for all."""

    def __init__(self, clock: Any, provider: StandIn) -> None:
        self.clock = clock
        self.provider = provider

    def pass_minutes(self, minutes: int) -> None:
        """Let time pass, and the sweeps run at its end."""
        self.clock.shift(timedelta(minutes=minutes))
        followup.tasks.run_timers()
        followup.tasks.open_due()
        messaging.tasks.dispatch_outbox()

    def received(self) -> list[str]:
        """What the phone has been sent."""
        return [message.body for message in self.provider.books.taken(PHONE)]

    def write(self, body: str) -> None:
        """The patient texts the clinic: through the signed webhook, and then as the worker does."""
        message = self.provider.inbound(to=OURS, from_=PHONE, body=body)
        form = self.provider.callbacks.inbound_form(message)
        signature = self.provider.callbacks.signature(f"http://testserver{INBOUND}", dict(form), ACCOUNT)
        assert Client().post(INBOUND, form, headers={"X-Twilio-Signature": signature}).status_code == 200
        messaging.tasks.handle_pending_inbound()
        messaging.tasks.dispatch_outbox()


@pytest.fixture
def town(db: None, settings: Settings) -> Iterator[Town]:
    with time_machine.travel(START, tick=False) as clock, StandIn(clock=lambda: datetime.now(UTC)) as provider:
        settings.GATEWAY = "twilio"
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_MESSAGING_SERVICE_SID, settings.TWILIO_FROM_NUMBER = "", OURS
        settings.TWILIO_API_BASE_URL, settings.PUBLIC_BASE_URL = provider.url, "http://testserver"
        gateways.forget()
        yield Town(clock, provider)
    gateways.forget()


@pytest.fixture
def api(town: Town, monkeypatch: pytest.MonkeyPatch) -> APIClient:
    """A new clinic by the commands of the README, and its admin's token."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("seven green lamps burning\n"))
    run("create_clinic", "--key=north", "--name=North Clinic", "--time-zone=America/Chicago", "--phone=618-555-0100")
    run("create_staff", "--clinic=north", "--email=ada@north.example", "--role=admin", "--password-stdin")
    return APIClient(headers={"Authorization": f"Bearer {run('create_token', '--staff=ada@north.example')}"})


def run(*command: str) -> str:
    """What a management command prints."""
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


def made(response: Any) -> dict[str, Any]:
    """The row that a POST made."""
    assert response.status_code in (200, 201), response.content
    body: dict[str, Any] = response.json()
    return body


def test_a_care_session_becomes_a_signed_off_response(town: Town, api: APIClient) -> None:
    step = {"key": "day-1", "survey": "pulse", "offset": "PT24H", "reminders": ["PT4H"], "closes_after": "PT20H"}
    plan = {"key": "single", "name": "Single", "session_kind": "ketamine-iv", "publish": True, "steps": [step]}
    made(api.post("/api/v1/plans/", plan))
    consent = {"method": "written", "wording_version": "2026-01", "given_at": "2026-11-20T16:00:00Z"}
    patient = made(
        api.post(
            "/api/v1/patients/",
            {
                "reference": "P-0001",
                "name": "Maya Torres",
                "phone": PHONE,
                "time_zone": "America/Chicago",
                "language": "en",
                "consent": consent,
            },
        )
    )
    session = {
        "patient": patient["id"],
        "external_reference": "INF-77",
        "kind": "ketamine-iv",
        "ended_at": "2026-11-24T15:30:00Z",
    }
    made(api.post("/api/v1/care-sessions/", session, headers={"Idempotency-Key": "visit-77"}))
    town.pass_minutes(1)
    welcomed = len(town.received())
    assert welcomed >= 1
    town.pass_minutes(24 * 60)
    (question,) = [text for text in town.received()[welcomed:] if "pain" in text]
    town.write("about a 7")
    town.write("no idea what you mean")
    town.write("6")
    (response,) = api.get("/api/v1/responses/", {"patient": patient["id"]}).json()["results"]
    assert response["status"] == "completed"
    assert [(a["question"], a["value"], a["raw_text"]) for a in response["answers"]] == [
        ("pain_avg24", 7, "about a 7"),
        ("mood", 6, "6"),
    ]
    assert response["answers"][0]["prompt"] == question
    review = api.get("/api/v1/reviews/", {"status": "open", "kind": "response"}).json()["results"][0]
    assert review["follow_up"] == response["follow_up"]
    body = {"revision": review["revision"], "outcome": "reviewed", "note": "As expected."}
    assert made(api.post(f"/api/v1/reviews/{review['id']}/close/", body))["status"] == "closed"
    clinics.tasks.seal_audit()
    assert run("verify_audit") == "north: whole"


def test_stop_ends_everything_until_a_new_consent_comes_through_the_api(town: Town, api: APIClient) -> None:
    consent = {"method": "written", "wording_version": "2026-01", "given_at": "2026-11-20T16:00:00Z"}
    patient = made(
        api.post(
            "/api/v1/patients/",
            {
                "reference": "P-0001",
                "name": "Maya Torres",
                "phone": PHONE,
                "time_zone": "America/Chicago",
                "language": "es",
                "consent": consent,
            },
        )
    )
    town.pass_minutes(1)
    town.write("ALTO")
    town.pass_minutes(1)
    before = len(town.received())
    assert api.get(f"/api/v1/patients/{patient['id']}/").json()["opted_out"] is True
    (opt_out,) = api.get("/api/v1/opt-outs/", {"active": "true"}).json()["results"]
    assert opt_out["source"] == "keyword"
    end = f"/api/v1/opt-outs/{opt_out['id']}/end/"
    made(api.post(end, {"patient": patient["id"], "consent": consent | {"given_at": "2026-11-24T16:01:00Z"}}))
    town.pass_minutes(1)
    assert api.get(f"/api/v1/patients/{patient['id']}/").json()["opted_out"] is False
    assert len(town.received()) > before
