"""Programmes in virtual time: the same seed gives the same story, and nothing of a simulation stays."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from clinics.models import Clinic
from followup.management.commands.seed_demo import Command
from messaging.models import InboundMessage, OutboundMessage


def simulate(**options: object) -> dict[str, int]:
    out = io.StringIO()
    call_command("simulate", plan="single-session", patients=3, days=4, json=True, stdout=out, **options)
    counts: dict[str, int] = json.loads(out.getvalue())
    return counts


@pytest.mark.django_db
def test_a_seed_gives_the_same_programme_and_leaves_no_trace() -> None:
    first = simulate(seed=7)
    assert first == simulate(seed=7)
    assert first["patients"] == 3
    assert first["texts_delivered"] > first["texts_received"] > 0
    assert first["follow_ups_completed"] > 0
    assert not Clinic.objects.exists()
    assert not OutboundMessage.objects.exists()
    assert not InboundMessage.objects.exists()


@pytest.mark.django_db
def test_an_unknown_plan_is_refused_with_those_there_are() -> None:
    with pytest.raises(CommandError, match="single-session"):
        call_command("simulate", plan="nothing")
    with pytest.raises(CommandError, match="patients"):
        call_command("simulate", plan="single-session", patients=0)


@pytest.mark.django_db
def test_the_demo_refuses_to_exist_beside_a_live_gateway(settings: object) -> None:
    settings.GATEWAY = "twilio"
    with pytest.raises(CommandError, match="live gateway"):
        call_command(Command())
    out = io.StringIO()
    call_command("demo_sign_ins", stdout=out)
    assert out.getvalue() == ""
