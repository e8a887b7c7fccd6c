"""Care sessions are recorded, ended, moved and cancelled, and their follow-ups with them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from followup.models import CareSession, FollowUp, Patient, Plan
from followup.operations import care_sessions
from followup.operations.errors import Conflict, Refused
from tests.factories import NOW, end_session, make_plan
from tests.factories.talk import open_one, texts

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def record(patient: Patient, **changes: Any) -> tuple[CareSession, bool]:
    facts: dict[str, Any] = {"external_reference": "INF-77", "kind": "ketamine-iv", "booked_for": None, "ended_at": NOW}
    return care_sessions.record(patient=patient, by=SYSTEM, now=NOW, **(facts | changes))


def planned(session: CareSession) -> dict[str, tuple[str, str]]:
    rows = FollowUp.objects.filter(care_session=session).select_related("plan_step")
    return {row.plan_step.key: (row.status, row.reason) for row in rows}


def opening(session: CareSession, step: str) -> datetime | None:
    return FollowUp.objects.get(care_session=session, plan_step__key=step).opens_at


@pytest.fixture
def full_plan(clinic: Clinic) -> Plan:
    return make_plan(
        clinic,
        {"key": "baseline", "anchor": "booked", "offset": "-PT24H", "closes_after": "PT24H"},
        {"key": "at-once"},
        {"key": "hours-2", "offset": "PT2H", "outside_window": "skip", "closes_after": "PT4H", "reminders": []},
        {"key": "day-7", "offset": "P7D", "local_time": "10:00"},
        {"key": "day-30", "offset": "P30D", "durable": True},
    )


def test_a_session_that_ended_is_followed_up_by_its_kinds_live_plan(patient: Patient, full_plan: Plan) -> None:
    session, created = record(patient)
    assert created
    assert planned(session) == dict.fromkeys(("at-once", "hours-2", "day-7", "day-30"), ("scheduled", ""))
    assert opening(session, "at-once") == NOW


def test_a_session_of_another_kind_is_recorded_and_not_followed_up(patient: Patient, full_plan: Plan) -> None:
    session, _ = record(patient, kind="consultation")
    assert planned(session) == {}


def test_the_same_reference_with_the_same_facts_gives_the_session_there_is(patient: Patient, full_plan: Plan) -> None:
    first, _ = record(patient)
    again, created = record(patient)
    assert (again, created) == (first, False)
    assert FollowUp.objects.filter(care_session=first).count() == 4


def test_the_same_reference_with_other_facts_is_a_conflict(patient: Patient) -> None:
    record(patient)
    with pytest.raises(Conflict) as conflict:
        record(patient, ended_at=NOW - HOUR, kind="other")
    assert set(conflict.value.problems) == {"ended_at", "kind"}
    assert CareSession.objects.get().ended_at == NOW


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"ended_at": NOW + timedelta(seconds=1)}, {"ended_at"}),
        ({"ended_at": NOW - 40 * DAY}, {"ended_at"}),  # the consent is 30 days old
        ({"ended_at": None}, {"booked_for"}),
        ({"kind": "Ketamine IV", "external_reference": "\x00"}, {"kind", "external_reference"}),
        ({"ended_at": datetime.fromisoformat("2026-11-24T15:00")}, {"ended_at"}),
    ],
)
def test_a_session_that_cannot_be_is_refused(patient: Patient, facts: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(Refused) as refusal:
        record(patient, **facts)
    assert set(refusal.value.problems) == fields
    assert not CareSession.objects.exists()


def test_a_booked_session_gets_its_baseline_and_the_rest_when_it_ends(patient: Patient, full_plan: Plan) -> None:
    session, _ = record(patient, ended_at=None, booked_for=NOW + 2 * DAY)
    assert planned(session) == {"baseline": ("scheduled", "")}
    care_sessions.end(session=session, ended_at=NOW, by=SYSTEM, now=NOW)
    assert planned(session)["baseline"] == ("cancelled", "too_late")
    assert planned(session)["at-once"] == ("scheduled", "")


def test_moving_a_booking_moves_its_baseline(patient: Patient, full_plan: Plan) -> None:
    session, _ = record(patient, ended_at=None, booked_for=NOW + 2 * DAY)
    care_sessions.move(session=session, booked_for=NOW + 3 * DAY, by=SYSTEM, now=NOW)
    assert opening(session, "baseline") == NOW + 2 * DAY


def test_correcting_the_end_moves_what_is_not_asked_yet(patient: Patient, full_plan: Plan) -> None:
    session, _ = record(patient)
    asked = open_one(patient)
    before = opening(session, "hours-2")
    care_sessions.end(session=session, ended_at=NOW - HOUR, by=SYSTEM, now=NOW)
    asked.refresh_from_db()
    assert asked.due_at == NOW
    assert before is not None
    assert opening(session, "hours-2") == before - HOUR


def test_a_cancelled_session_is_asked_nothing_more(patient: Patient, full_plan: Plan) -> None:
    session, _ = record(patient)
    open_one(patient)
    care_sessions.cancel(session=session, by=SYSTEM, now=NOW)
    assert set(planned(session).values()) == {("cancelled", "session_cancelled")}
    care_sessions.cancel(session=session, by=SYSTEM, now=NOW)
    for change in (
        lambda: care_sessions.end(session=session, ended_at=NOW, by=SYSTEM, now=NOW),
        lambda: care_sessions.move(session=session, booked_for=NOW, by=SYSTEM, now=NOW),
    ):
        with pytest.raises(Conflict):
            change()


def test_a_cancelled_session_takes_its_queued_question_with_it(patient: Patient, full_plan: Plan) -> None:
    session, _ = record(patient)
    open_one(patient)
    care_sessions.cancel(session=session, by=SYSTEM, now=NOW)
    from messaging.models import OutboundMessage

    assert set(OutboundMessage.objects.filter(purpose="question").values_list("status", flat=True)) == {"cancelled"}


def test_a_new_session_takes_the_place_of_the_earlier_one_except_durable_steps(
    patient: Patient, full_plan: Plan
) -> None:  # annex B, 33
    earlier = end_session(patient, ended_at=NOW - 5 * DAY, now=NOW - 5 * DAY)
    end_session(patient)
    kinds = planned(earlier)
    assert kinds["day-7"] == ("cancelled", "new_session")
    assert kinds["day-30"] == ("scheduled", "")


def test_an_old_session_recorded_late_does_not_disturb_the_new_one(patient: Patient, full_plan: Plan) -> None:
    latest = end_session(patient)
    old = end_session(patient, ended_at=NOW - 5 * DAY)
    assert planned(latest)["day-7"] == ("scheduled", "")
    assert planned(old)["day-7"] == ("cancelled", "new_session")
    assert texts(patient) == []
