"""The on-call roster in the pages: kept by admins, read by clinicians, not there for strangers."""

from __future__ import annotations

from django.test import Client

from clinics.models import Shift
from tests.factories import put_on_call
from tests.integration.web.conftest import House, audited

FORM = {"place": "first", "starts_at": "2026-11-24T08:00", "ends_at": "2026-11-24T20:00", "weeks": "2"}


def with_number(house: House, desk: Client, role: str = "clinician") -> str:
    person = house.staff[role]
    desk.post(
        f"/staff/{person.pk}/",
        {"name": person.name, "role": role, "is_active": "on", "phone": "+16185550190"},
    )
    return str(person.pk)


def test_an_empty_roster_says_what_is_missing_and_what_follows(north: House, desk: Client) -> None:
    page = desk.get("/staff/on-call/").content.decode()
    assert "The roster is empty" in page
    assert "give an admin or a clinician a mobile number" in page
    assert "PHQ-8 instead of PHQ-9" in page
    assert "Nobody is on call now" in desk.get("/").content.decode()


def test_a_weekly_shift_is_added_in_the_clinics_time_and_shown_on_the_worklist(north: House, desk: Client) -> None:
    person = with_number(north, desk)
    page = desk.post("/staff/on-call/add/", FORM | {"person": person}, follow=True).content.decode()
    assert "Added 2 shifts" in page
    assert "Tue 24 Nov 2026, 08:00 CST" in page
    assert "Tue 1 Dec 2026, 08:00 CST" in page
    assert "next four hours are covered" in page
    again = desk.post("/staff/on-call/add/", FORM | {"person": person}, follow=True).content.decode()
    assert "on the roster already" in again
    assert "<strong>Clinician of north</strong> (first, until 20:00)" in desk.get("/").content.decode()


def test_a_long_roster_is_shown_for_four_weeks_and_whole_when_asked_for(north: House, desk: Client) -> None:
    person = with_number(north, desk)
    desk.post("/staff/on-call/add/", FORM | {"person": person, "weeks": "30"})
    page = desk.get("/staff/on-call/").content.decode()
    assert page.count("Take off</button>") == 5  # today's, which runs, and those of the next four weeks
    assert "Show 25 later shifts" in page
    whole = desk.get("/staff/on-call/?all=1").content.decode()
    assert whole.count("Take off</button>") == 30
    assert "later shift" not in whole


def test_a_shift_that_cannot_be_is_refused_beside_its_field(north: House, desk: Client) -> None:
    person = with_number(north, desk)
    response = desk.post("/staff/on-call/add/", FORM | {"person": person, "ends_at": "2026-11-24T07:00"})
    assert response.status_code == 422
    assert "Choose an end after the start." in response.content.decode()
    assert desk.post("/staff/on-call/add/", FORM | {"person": person, "weeks": "0"}).status_code == 422
    assert not Shift.objects.exists()


def test_taking_a_shift_off_can_be_undone(north: House, desk: Client) -> None:
    shift = put_on_call(north.staff["clinician"])
    page = desk.post(f"/staff/on-call/{shift.pk}/remove/", follow=True)
    assert "Put it back" in page.content.decode()
    assert "The roster is empty" in page.content.decode()
    assert desk.post(f"/staff/on-call/{shift.pk}/remove/").status_code == 302
    back = desk.post(f"/staff/on-call/{shift.pk}/restore/", follow=True).content.decode()
    assert "It is back on the roster" in back
    assert audited("shift.") == ["shift.create", "shift.remove", "shift.list", "shift.restore", "shift.list"]


def test_clinicians_read_the_roster_and_admins_change_it(north: House) -> None:
    shift = put_on_call(north.staff["clinician"])
    clinician = north.client("clinician")
    page = clinician.get("/staff/on-call/").content.decode()
    assert "Clinician of north" in page
    assert "Take off" not in page
    assert "Put somebody on call" not in page
    assert clinician.post(f"/staff/on-call/{shift.pk}/remove/").status_code == 403
    assert clinician.post("/staff/on-call/add/", FORM).status_code == 403
    assert north.client("coordinator").get("/staff/on-call/").status_code == 403
    assert Shift.objects.filter(removed_at=None).exists()


def test_an_admin_of_another_clinic_sees_and_changes_nothing(north: House, south: House) -> None:
    shift = put_on_call(north.staff["clinician"])
    stranger = south.client()
    assert "Clinician of north" not in stranger.get("/staff/on-call/").content.decode()
    assert "Clinician of north" not in stranger.get(f"/staff/on-call/?removed={shift.pk}").content.decode()
    assert stranger.post(f"/staff/on-call/{shift.pk}/remove/").status_code == 404
    assert stranger.post(f"/staff/on-call/{shift.pk}/restore/").status_code == 404
    refused = stranger.post("/staff/on-call/add/", FORM | {"person": str(north.staff["clinician"].pk)})
    assert refused.status_code == 422
    assert Shift.objects.filter(removed_at=None).count() == 1
