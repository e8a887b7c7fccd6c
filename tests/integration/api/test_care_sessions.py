"""Care sessions through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from followup.models import CareSession
from tests.integration.api.test_doors import attrs, problem
from tests.integration.api.test_patients import BODY as PATIENT
from tests.integration.api.test_patients import PATIENTS

SESSIONS = "/api/v1/care-sessions/"


@pytest.fixture
def body(api):
    patient = api.post(PATIENTS, PATIENT).json()
    return {
        "patient": patient["id"],
        "external_reference": "INF-77",
        "kind": "ketamine-iv",
        "booked_for": None,
        "ended_at": "2026-11-22T15:00:00Z",
    }


def test_an_ended_session_is_recorded(api, body):
    response = api.post(SESSIONS, body)
    assert response.status_code == 201
    row = response.json()
    assert body | {"status": "ended", "cancelled_at": None} == {
        key: value for key, value in row.items() if key not in ("id", "created_at", "updated_at")
    }


def test_the_same_reference_twice_is_the_same_answer_or_a_conflict(api, body):
    first = api.post(SESSIONS, body)
    again = api.post(SESSIONS, body)
    assert (again.status_code, again.json()) == (200, first.json())
    other = problem(api.post(SESSIONS, body | {"ended_at": "2026-11-22T16:00:00Z"}), 409)
    assert attrs(other) == {"ended_at"}
    assert CareSession.objects.count() == 1


def test_a_session_that_ends_ahead_or_before_the_consent_is_refused_by_field(api, body):
    ahead = (timezone.now() + timedelta(minutes=1)).isoformat()
    for ended_at in (ahead, "2026-11-20T15:59:59Z"):
        assert attrs(problem(api.post(SESSIONS, body | {"ended_at": ended_at}), 400)) == {"ended_at"}
    assert attrs(problem(api.post(SESSIONS, body | {"ended_at": None}), 400)) == {"booked_for"}
    assert CareSession.objects.count() == 0


@pytest.mark.parametrize("kind", ["", "Ketamine", "a b", None])
def test_a_kind_that_no_plan_can_name_is_refused(api, body, kind):
    assert attrs(problem(api.post(SESSIONS, body | {"kind": kind}), 400)) == {"kind"}


def test_a_booked_session_is_moved_ended_corrected_and_cancelled(api, body):
    booked = api.post(SESSIONS, body | {"booked_for": "2026-12-01T15:00:00Z", "ended_at": None}).json()
    url = f"{SESSIONS}{booked['id']}/"
    assert booked["status"] == "booked"
    assert api.patch(url, {"booked_for": "2026-11-21T15:00:00Z"}).json()["booked_for"] == "2026-11-21T15:00:00Z"
    assert api.patch(url, {"ended_at": "2026-11-21T16:00:00Z"}).json()["status"] == "ended"
    assert api.patch(url, {"ended_at": "2026-11-21T16:30:00Z"}).json()["ended_at"] == "2026-11-21T16:30:00Z"
    assert attrs(problem(api.patch(url, {"booked_for": "2026-11-25T15:00:00Z"}), 409)) == {"booked_for"}
    assert api.patch(url, {"status": "cancelled"}).json()["status"] == "cancelled"
    assert attrs(problem(api.patch(url, {"ended_at": "2026-11-21T16:00:00Z"}), 409)) == {"ended_at"}


@pytest.mark.parametrize("change", [{}, {"ended_at": "2026-11-22T16:00:00Z", "status": "cancelled"}])
def test_a_change_says_one_thing(api, body, change):
    session = api.post(SESSIONS, body).json()
    assert attrs(problem(api.patch(f"{SESSIONS}{session['id']}/", change), 400)) == {"body"}


def test_sessions_are_found_by_patient_reference_kind_and_status(api, body):
    session = api.post(SESSIONS, body).json()
    for query in (
        {"patient": body["patient"]},
        {"external_reference": "INF-77"},
        {"kind": "ketamine-iv"},
        {"status": "ended"},
    ):
        assert [row["id"] for row in api.get(SESSIONS, query).json()["results"]] == [session["id"]]
    assert api.get(SESSIONS, {"status": "booked"}).json()["results"] == []


def test_the_patient_of_another_clinic_does_not_exist(api, body, south):
    other = south.client()
    assert attrs(problem(other.post(SESSIONS, body), 404)) == {"patient"}
    assert other.get(SESSIONS, {"patient": body["patient"]}).json()["results"] == []
