"""The on-call roster through the API."""

from datetime import timedelta

from django.utils import timezone

from clinics.models import AuditEvent, Shift

SHIFTS = "/api/v1/staff/shifts/"


def body(person, *, hours=12, **fields):
    now = timezone.now().replace(microsecond=0)
    times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=hours)).isoformat()}
    return {"staff": str(person.pk), "weeks": 3} | times | fields


def reachable(api, person):
    changed = api.patch(f"/api/v1/staff/{person.pk}/", {"phone": "+16185550190"}, format="json")
    assert changed.json()["phone"] == "+16185550190"
    return person


def test_shifts_are_added_weekly_listed_and_taken_off(north, api):
    bo = reachable(api, north.staff["clinician"])
    added = api.post(SHIFTS, body(bo), format="json")
    assert added.status_code == 201
    assert [shift["place"] for shift in added.json()] == ["first"] * 3
    assert (
        api.post(SHIFTS, body(bo) | {k: added.json()[0][k] for k in ("starts_at", "ends_at")}, format="json").json()
        == []
    )
    listed = api.get(SHIFTS, {"staff": str(bo.pk), "over": "false"}).json()["results"]
    assert {shift["id"] for shift in listed} == {shift["id"] for shift in added.json()}
    assert api.delete(f"{SHIFTS}{listed[0]['id']}/").status_code == 204
    assert api.get(f"{SHIFTS}{listed[0]['id']}/").status_code == 404
    assert AuditEvent.objects.filter(action="shift.remove").count() == 1


def test_problems_name_their_fields(north, api):
    refused = api.post(SHIFTS, body(north.staff["coordinator"], hours=-1), format="json")
    assert refused.status_code == 400
    assert {error["attr"] for error in refused.json()["errors"]} == {"person", "ends_at"}
    assert api.post(SHIFTS, {"weeks": 0}, format="json").status_code == 400


def test_another_clinics_roster_does_not_exist(north, south, api):
    bo = reachable(api, north.staff["clinician"])
    shift = api.post(SHIFTS, body(bo, weeks=1), format="json").json()[0]
    stranger = south.client()
    assert stranger.get(SHIFTS).json()["results"] == []
    assert stranger.get(f"{SHIFTS}{shift['id']}/").status_code == 404
    assert stranger.delete(f"{SHIFTS}{shift['id']}/").status_code == 404
    assert stranger.post(SHIFTS, body(bo), format="json").status_code == 404
    assert Shift.objects.filter(removed_at=None).count() == 1
