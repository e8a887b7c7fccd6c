"""Reminders go out inside the window, and surveys close in time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from followup.models import Answer, Conversation, FollowUp, Patient, Plan, Response, ReviewItem
from followup.operations.run_timers import run_timers
from followup.operations.withdraw import pause_patient
from tests.factories import NOW, end_session, make_patient, make_plan
from tests.factories.talk import open_one, texts, write

HOUR = timedelta(hours=1)
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def asked(patient: Patient, plan: Plan) -> FollowUp:
    end_session(patient)
    return open_one(patient)


def test_a_reminder_goes_out_once_to_who_has_not_answered(asked: FollowUp) -> None:
    assert run_timers(now=NOW + 4 * HOUR - timedelta(seconds=1)) == 0
    assert [run_timers(now=NOW + 4 * HOUR) for _ in range(3)] == [1, 0, 0]
    assert len(texts(asked.patient, "reminder")) == 1
    assert "still open" in texts(asked.patient, "reminder")[0]
    asked.refresh_from_db()
    assert (asked.reminders_sent, asked.timer_at) == (1, asked.closes_at)


def test_somebody_who_stopped_half_way_is_shown_the_open_question_again(asked: FollowUp) -> None:
    write(asked.patient, "5")
    run_timers(now=NOW + 4 * HOUR)
    still_open, question = texts(asked.patient, "reminder")
    assert "still open" in still_open
    assert "mood" in question.lower()


def test_an_answer_to_the_reminder_starts_the_survey(asked: FollowUp) -> None:
    run_timers(now=NOW + 4 * HOUR)
    write(asked.patient, "GO", now=NOW + 5 * HOUR)
    write(asked.patient, "6", now=NOW + 5 * HOUR)
    assert Answer.objects.get().value == 6


def test_a_reminder_waits_for_the_morning(clinic: Clinic, patient: Patient) -> None:
    evening = datetime(2026, 11, 24, 18, tzinfo=CHICAGO)
    make_plan(clinic, {"reminders": ["PT4H"]})
    end_session(patient, ended_at=evening, now=evening)
    asked = open_one(patient, now=evening)
    morning = datetime(2026, 11, 25, 9, tzinfo=CHICAGO)
    assert asked.timer_at == morning
    run_timers(now=morning)
    assert len(texts(patient, "reminder")) == 1


def test_a_timer_that_runs_late_into_the_night_waits_too(asked: FollowUp) -> None:
    run_timers(now=datetime(2026, 11, 24, 22, tzinfo=CHICAGO))
    asked.refresh_from_db()
    assert texts(asked.patient, "reminder") == []
    assert asked.timer_at == asked.closes_at  # 06:00, before the window opens


def test_an_unanswered_survey_expires_and_its_queued_texts_go_with_it(asked: FollowUp) -> None:
    run_timers(now=NOW + 20 * HOUR)
    asked.refresh_from_db()
    assert (asked.status, asked.reason) == ("expired", "no_reply")
    assert Conversation.objects.get(follow_up=asked).ended_at == NOW + 20 * HOUR
    assert not Response.objects.exists()
    assert not ReviewItem.objects.exists()
    from messaging.models import OutboundMessage

    assert set(OutboundMessage.objects.filter(context_id=asked.id).values_list("status", flat=True)) == {"cancelled"}


def test_a_half_answered_survey_keeps_what_it_has_and_goes_to_a_clinician(asked: FollowUp) -> None:
    write(asked.patient, "5")
    run_timers(now=NOW + 20 * HOUR)
    asked.refresh_from_db()
    response = Response.objects.get(follow_up=asked)
    assert asked.status == "partial"
    assert (response.status, response.answered, response.asked) == ("stopped", 1, 2)
    assert ReviewItem.objects.get(follow_up=asked).rank == 3


def test_many_timers_run_in_one_call_and_a_limit_holds(clinic: Clinic, plan: Plan) -> None:
    for _ in range(3):
        end_session(make_patient(clinic))
    from followup.operations.open_due import open_due

    open_due(now=NOW)
    assert [run_timers(now=NOW + 4 * HOUR, limit=2), run_timers(now=NOW + 4 * HOUR)] == [2, 1]


def test_a_pause_ends_by_itself(patient: Patient) -> None:
    pause_patient(patient=patient, until=NOW + HOUR, by=SYSTEM, now=NOW)
    run_timers(now=NOW + HOUR)
    patient.refresh_from_db()
    assert (patient.status, patient.paused_until) == ("active", None)
