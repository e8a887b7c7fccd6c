"""The simulator: demo phones only, and only beside the simulated gateway."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from followup.models import CareSession, FollowUp
from tests.factories import NOW, make_patient, make_plan
from tests.integration.web.conftest import House


@pytest.fixture
def demo(north: House, settings: Any) -> House:
    settings.GATEWAY = "simulated"
    north.clinic.is_demo = True
    north.clinic.save()
    return north


def test_it_opens_without_a_sign_in_and_shows_demo_patients_only(demo: House, south: House) -> None:
    client = Client()
    first = client.get("/simulator/")
    page = client.get(first["Location"]).content.decode()
    assert demo.patient.reference in page
    assert south.patient.reference not in page
    assert client.get(f"/simulator/{south.patient.pk}/").status_code == 404
    assert client.post(f"/simulator/{south.patient.pk}/end-session/").status_code == 404


def test_beside_a_live_gateway_there_is_no_simulator(demo: House, settings: Any) -> None:
    settings.GATEWAY = "twilio"
    paths = ["/simulator/", f"/simulator/{demo.patient.pk}/", f"/simulator/{demo.patient.pk}/thread/"]
    assert {Client().get(path).status_code for path in paths} == {404}
    actions = ["reply", "end-session", "next-now"]
    assert {Client().post(f"/simulator/{demo.patient.pk}/{one}/").status_code for one in actions} == {404}


def test_a_care_session_ends_now_and_its_follow_ups_are_planned(demo: House) -> None:
    before = CareSession.objects.count()
    Client().post(f"/simulator/{demo.patient.pk}/end-session/")
    assert CareSession.objects.count() == before + 1
    assert CareSession.objects.latest("created_at").ended_at == NOW


def test_the_next_follow_up_is_brought_forward_to_now(demo: House) -> None:
    make_plan(demo.clinic, {"key": "day-1", "offset": "PT24H"})
    patient = make_patient(demo.clinic)
    Client().post(f"/simulator/{patient.pk}/end-session/")
    Client().post(f"/simulator/{patient.pk}/next-now/")
    assert FollowUp.objects.get(patient=patient).opens_at == NOW


def test_the_thread_is_sent_again_only_when_it_changed(demo: House) -> None:
    path = f"/simulator/{demo.patient.pk}/thread/"
    first = Client().get(path)
    assert Client().get(path, {"seen": first.context["mark"]}).status_code == 204


def test_a_reply_that_nobody_takes_is_told(demo: House, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:9"
    page = Client().post(f"/simulator/{demo.patient.pk}/reply/", {"body": "7"}, headers={"HX-Request": "true"})
    assert "The text was not taken" in page.content.decode()
