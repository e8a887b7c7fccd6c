"""The operations page: who may open it, what it shows of whom, and what is done there twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from clinics.models import Clinic
from tests.factories import NOW
from tests.integration.web.conftest import House, audited
from watch.models import Alert

OPERATORS, OTHERS = ("admin", "coordinator"), ("clinician", "auditor")


def alert(clinic: Clinic | None, **fields: object) -> Alert:
    defaults = {"condition": "texts-set-aside", "count": 2, "since": NOW, "last_seen_at": NOW}
    return Alert.objects.create(clinic=clinic, remind_at=NOW + timedelta(hours=4), **(defaults | fields))


@pytest.mark.parametrize("role", OPERATORS)
def test_the_page_opens_for_who_operates_and_leaves_one_row(north: House, role: str) -> None:
    answer = north.client(role).get("/operations/")
    assert answer.status_code == 200
    assert "Everything is moving" in answer.content.decode()
    assert audited("operations") == ["operations.read"]


@pytest.mark.parametrize("role", OTHERS)
def test_the_page_is_closed_to_others_and_they_see_no_link_to_it(north: House, role: str) -> None:
    client, own = north.client(role), alert(north.clinic)
    assert client.get("/operations/").status_code == 403
    assert client.get("/operations/rows/").status_code == 403
    assert client.post(f"/operations/alerts/{own.pk}/acknowledge/").status_code == 403
    assert audited("operations") == ["operations.refuse", "operations.refuse"]
    assert 'href="/operations/"' not in client.get("/plans/").content.decode()


def test_strangers_are_sent_to_the_sign_in(north: House) -> None:
    for path in ("/operations/", "/operations/rows/"):
        assert Client().get(path)["Location"].startswith("/?next=")


def test_a_clinic_sees_its_own_alerts_and_those_of_the_whole_service(north: House, south: House) -> None:
    alert(north.clinic)
    alert(None, condition="workers-silent", count=1)
    ours, theirs = (house.client().get("/operations/").content.decode() for house in (north, south))
    assert "Patients&#x27; texts could not be handled" in ours
    assert "Patients&#x27; texts could not be handled" not in theirs
    assert "No worker is running" in ours
    assert "No worker is running" in theirs
    assert '<span class="menu-count">2' in ours
    assert '<span class="menu-count">1' in theirs


def test_a_second_click_acknowledges_nothing_more(north: House) -> None:
    own, client = alert(north.clinic), north.client("coordinator")
    for said in ("nobody is reminded of it any more", "somebody is on it already"):
        page = client.post(f"/operations/alerts/{own.pk}/acknowledge/", follow=True).content.decode()
        assert said in page
    assert "Coordinator of north is on it" in page
    assert audited("alert") == ["alert.acknowledge"]


def test_an_outsider_acknowledges_nothing(north: House, south: House) -> None:
    own = alert(north.clinic)
    south.client().post(f"/operations/alerts/{own.pk}/acknowledge/")
    own.refresh_from_db()
    assert own.acknowledged_at is None
    assert audited("alert") == []


def test_a_page_that_has_nothing_new_to_show_is_not_sent_again(north: House) -> None:
    client = north.client()
    mark = client.get("/operations/").context["mark"]
    assert client.get("/operations/rows/", {"seen": mark}).status_code == 204
    alert(north.clinic)
    fresh = client.get("/operations/rows/", {"seen": mark}, headers={"HX-Request": "true"})
    assert fresh.status_code == 200
    assert "1 open alert" in fresh.content.decode()
