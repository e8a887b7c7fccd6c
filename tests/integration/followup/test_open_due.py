"""What has fallen due is asked once, put back or dropped, and always says why."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent, Clinic
from followup.models import Conversation, FollowUp, Patient, Plan
from followup.operations.bring_forward import bring_forward
from followup.operations.errors import Conflict
from followup.operations.open_due import open_due
from followup.operations.withdraw import opt_out_patient, pause_patient, withdraw_consent
from messaging.models import OutboundMessage
from surveys.models import SurveyVersion
from tests.factories import NOW, end_session, make_clinic, make_patient, make_plan
from tests.factories.talk import open_one, texts, write

HOUR = timedelta(hours=1)
CHICAGO = ZoneInfo("America/Chicago")


def state_of(patient: Patient) -> tuple[str, str]:
    row = FollowUp.objects.get(patient=patient)
    return row.status, row.reason


def test_a_due_follow_up_pins_its_version_begins_its_conversation_and_queues_its_text(
    patient: Patient, plan: Plan
) -> None:
    end_session(patient)
    asked = open_one(patient)
    conversation = Conversation.objects.get(follow_up=asked)
    text = OutboundMessage.objects.get(purpose="question")
    assert asked.survey_version is not None
    assert asked.survey_version.status == "published"
    assert (asked.opened_at, asked.opens_at) == (NOW, None)
    assert asked.timer_at == NOW + 4 * HOUR
    assert asked.closes_at == NOW + 20 * HOUR
    assert (conversation.waiting_since, conversation.number_hash) == (NOW, patient.phone_hash)
    assert (text.context_id, text.expires_at, text.window_zone) == (asked.id, asked.closes_at, patient.time_zone)
    assert text.dedupe_key.startswith(f"followup:{asked.id}:")


def test_nothing_is_asked_twice_however_often_it_is_looked_for(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    assert [open_due(now=NOW) for _ in range(3)] == [1, 0, 0]
    assert len(texts(patient, "question")) == 1


def test_what_is_not_due_yet_waits(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"offset": "PT1H"})
    end_session(patient)
    assert open_due(now=NOW + HOUR - timedelta(seconds=1)) == 0
    assert open_due(now=NOW + HOUR) == 1


def test_a_limit_leaves_the_rest_for_the_next_round(clinic: Clinic, plan: Plan) -> None:
    for _ in range(3):
        end_session(make_patient(clinic))
    assert [open_due(now=NOW, limit=2) for _ in range(3)] == [2, 1, 0]


def test_a_batch_takes_as_many_statements_as_one(clinic: Clinic, plan: Plan) -> None:
    counts = []
    for size in (1, 6):
        for _ in range(size):
            end_session(make_patient(clinic))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert open_due(now=NOW) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_without_consent_nothing_is_asked(clinic: Clinic, plan: Plan) -> None:
    patient = make_patient(clinic, consent=False)
    end_session(patient)
    open_due(now=NOW)
    assert state_of(patient) == ("skipped", "no_consent")
    assert texts(patient) == []


def test_consent_given_for_another_number_does_not_count(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    Patient.objects.filter(pk=patient.pk).update(phone_hash="0" * 32)
    open_due(now=NOW)
    assert state_of(patient) == ("skipped", "no_consent")


def test_an_opted_out_number_is_not_asked(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    opt_out_patient(patient=patient, source="phone", by=SYSTEM, now=NOW)
    open_due(now=NOW)
    assert state_of(patient) == ("skipped", "opted_out")


def test_a_patient_who_withdrew_is_not_asked(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    withdraw_consent(patient=patient, by=SYSTEM, now=NOW)
    assert state_of(patient) == ("cancelled", "withdrawn")


def test_a_number_that_cannot_be_texted_is_not_asked(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    Patient.objects.filter(pk=patient.pk).update(phone_problem="delivery_failed_30005")
    open_due(now=NOW)
    assert state_of(patient) == ("unreachable", "delivery_failed")


def test_a_pause_puts_back_and_skips_what_would_close_by_then(clinic: Clinic, plan: Plan) -> None:
    short, long = make_patient(clinic), make_patient(clinic)
    for patient, hours in ((short, 2), (long, 48)):
        end_session(patient)
        pause_patient(patient=patient, until=NOW + hours * HOUR, by=SYSTEM, now=NOW)
    open_due(now=NOW)
    assert state_of(short) == ("scheduled", "paused")
    assert state_of(long) == ("skipped", "paused")
    open_due(now=NOW + 2 * HOUR)
    assert state_of(short)[0] == "open"


def test_what_fell_due_while_the_service_was_down_is_dropped_visibly(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    open_due(now=NOW + 3 * 24 * HOUR)
    assert state_of(patient) == ("skipped", "too_late")
    assert texts(patient) == []


def test_after_a_short_outage_it_is_still_asked_and_closes_when_it_was_planned_to(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    asked = open_one(patient, now=NOW + HOUR)
    assert asked.closes_at == NOW + 20 * HOUR


def test_a_delay_into_the_night_puts_it_back_to_the_morning(clinic: Clinic, patient: Patient) -> None:
    evening = datetime(2026, 11, 24, 19, 30, tzinfo=CHICAGO)
    make_plan(clinic, {"closes_after": "PT20H"})
    end_session(patient, ended_at=evening, now=evening)
    open_due(now=evening + HOUR)
    row = FollowUp.objects.get(patient=patient)
    assert (row.status, row.reason) == ("scheduled", "outside_window")
    assert row.opens_at == datetime(2026, 11, 25, 9, tzinfo=CHICAGO)


def test_a_step_that_may_not_be_shifted_is_skipped_when_delayed_into_the_night(
    clinic: Clinic, patient: Patient
) -> None:
    evening = datetime(2026, 11, 24, 19, 30, tzinfo=CHICAGO)
    make_plan(clinic, {"outside_window": "skip"})
    end_session(patient, ended_at=evening, now=evening)
    open_due(now=evening + HOUR)
    assert state_of(patient) == ("skipped", "outside_window")


def test_two_patients_on_one_phone_wait_in_turn(clinic: Clinic, plan: Plan) -> None:
    first = make_patient(clinic)
    second = make_patient(clinic, phone=first.phone.reveal())
    end_session(first)
    end_session(second)
    open_due(now=NOW)
    assert sorted([state_of(first), state_of(second)]) == [("open", ""), ("scheduled", "phone_busy")]
    open_patient, waiting = sorted([first, second], key=state_of)
    for answer in ("5", "6"):
        write(open_patient, answer)
    assert state_of(open_patient)[0] == "completed"
    open_due(now=NOW)
    assert state_of(waiting)[0] == "open"


def test_two_clinics_may_ask_the_same_phone_at_once(clinic: Clinic, plan: Plan, patient: Patient) -> None:
    south = make_clinic("south")
    make_plan(south)
    other = make_patient(south, phone=patient.phone.reveal())
    end_session(patient)
    end_session(other)
    open_due(now=NOW)
    assert {state_of(patient)[0], state_of(other)[0]} == {"open"}


def test_an_open_safety_concern_holds_back_routine_surveys_until_a_person_closes_it(
    clinic: Clinic, clinician: Any, patient: Patient
) -> None:
    from followup.models import ReviewItem
    from followup.operations import review

    make_plan(clinic, {"key": "later", "offset": "PT1H"})
    end_session(patient)
    write(patient, "i want to kill myself")
    open_due(now=NOW + HOUR)
    assert state_of(patient) == ("scheduled", "safety_hold")
    item = ReviewItem.objects.get(patient=patient)
    review.close(
        item=item, by_user=clinician, outcome="reached-safe", note="Talked.", revision=item.revision, now=NOW + HOUR
    )
    open_due(now=NOW + HOUR)
    assert state_of(patient)[0] == "open"


def test_a_survey_without_a_live_version_is_not_asked(patient: Patient, plan: Plan) -> None:
    end_session(patient)
    SurveyVersion.objects.filter(survey__key="pulse").update(status="retired", retired_at=NOW, retired_by="x")
    open_due(now=NOW)
    assert state_of(patient) == ("skipped", "no_live_survey")


def test_after_thirty_days_it_is_said_again_that_texts_are_not_watched(patient: Patient, plan: Plan) -> None:
    Patient.objects.filter(pk=patient.pk).update(notice_at=NOW - timedelta(days=30))
    end_session(patient)
    open_due(now=NOW)
    assert "not watched 24/7" in texts(patient, "service")[-1]
    assert len(texts(patient, "service")) == 3


def test_staff_can_ask_now_what_was_planned_for_tomorrow(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"offset": "PT24H"})
    end_session(patient)
    follow_up = FollowUp.objects.get(patient=patient)
    bring_forward(follow_up=follow_up, by=SYSTEM, now=NOW)
    asked = open_one(patient)
    assert asked.closes_at == NOW + 20 * HOUR
    assert AuditEvent.objects.filter(action="follow_up.bring_forward", patient_id=patient.id).count() == 1
    with pytest.raises(Conflict, match="Only"):
        bring_forward(follow_up=follow_up, by=SYSTEM, now=NOW)


def test_nobody_can_ask_at_night(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"offset": "PT24H"})
    end_session(patient)
    with pytest.raises(Conflict, match="hours"):
        bring_forward(
            follow_up=FollowUp.objects.get(patient=patient), by=SYSTEM, now=datetime(2026, 11, 24, 23, tzinfo=CHICAGO)
        )
