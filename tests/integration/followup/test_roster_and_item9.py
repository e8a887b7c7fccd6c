"""Self-harm is asked about only while somebody is on call to act on it (clinical content, M1b; annex B, 14, 16, 17)."""

from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import Clinic, User
from clinics.operations import remove_shift
from followup.models import Answer, FollowUp, Patient, Response
from followup.operations.run_timers import run_timers
from messaging.models import OutboundMessage
from tests.factories import NOW, end_session, make_plan, put_on_call
from tests.factories.talk import open_by_text, texts, write

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ITEM9 = "better off dead"


@pytest.fixture
def phq9(clinic: Clinic) -> None:
    make_plan(clinic, {"survey": "phq-9"})


def asked(patient: Patient) -> FollowUp:
    end_session(patient)
    return open_by_text(patient)


def key_of(follow_up: FollowUp) -> str:
    assert follow_up.survey_version is not None
    return follow_up.survey_version.survey.key


def answer_eight(patient: Patient, *, at: timedelta = MINUTE) -> None:
    for place in range(8):
        write(patient, "1", now=NOW + at * (place + 1))


def was_put(patient: Patient) -> bool:
    return any(ITEM9 in row.body.reveal() for row in OutboundMessage.objects.filter(number_hash=patient.phone_hash))


def test_with_somebody_on_call_all_nine_items_are_asked(clinician: User, patient: Patient, phq9: None) -> None:
    put_on_call(clinician)
    follow_up = asked(patient)
    assert key_of(follow_up) == "phq-9"
    answer_eight(patient)
    assert ITEM9 in texts(patient)[-1]


def test_with_nobody_on_call_phq8_is_asked_instead_and_item_9_never(patient: Patient, phq9: None) -> None:  # 16
    follow_up = asked(patient)
    assert key_of(follow_up) == "phq-8"
    answer_eight(patient)
    follow_up.refresh_from_db()
    response = Response.objects.get(follow_up=follow_up)
    assert (follow_up.status, response.survey) == ("completed", "phq-8")
    assert response.scores["phq8"]["value"] == 8
    assert not was_put(patient)


def test_three_hours_on_call_are_not_enough(clinician: User, patient: Patient, phq9: None) -> None:
    put_on_call(clinician, lasts=3 * HOUR)
    assert key_of(asked(patient)) == "phq-8"


def test_another_clinics_roster_does_not_count(patient: Patient, phq9: None) -> None:
    from tests.factories import make_clinic, make_staff

    put_on_call(make_staff(make_clinic("south")))
    assert key_of(asked(patient)) == "phq-8"


def test_item_9_is_left_out_when_the_shift_ends_under_way(clinician: User, patient: Patient, phq9: None) -> None:
    put_on_call(clinician, lasts=5 * HOUR)
    follow_up = asked(patient)
    answer_eight(patient, at=10 * MINUTE)  # the last answer comes after 80 minutes: 3:40 of the shift are left
    follow_up.refresh_from_db()
    assert (key_of(follow_up), follow_up.status) == ("phq-9", "completed")
    assert not was_put(patient)
    scores = Response.objects.get(follow_up=follow_up).scores
    assert (scores["phq9"]["value"], scores["phq9"]["prorated"], scores["phq8"]["value"]) == (9, True, 8)


def test_an_unclear_reply_to_item_9_does_not_put_it_again_with_nobody_on_call(
    clinician: User, patient: Patient, phq9: None
) -> None:
    shift = put_on_call(clinician)
    follow_up = asked(patient)
    answer_eight(patient)
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    write(patient, "between 0 and 1", now=NOW + HOUR)
    follow_up.refresh_from_db()
    assert follow_up.status == "completed"
    assert [ITEM9 in text for text in texts(patient)].count(True) == 1


def test_a_reminder_ends_the_survey_rather_than_put_item_9_again(clinician: User, patient: Patient, phq9: None) -> None:
    shift = put_on_call(clinician)
    follow_up = asked(patient)
    answer_eight(patient)
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    run_timers(now=NOW + 4 * HOUR)
    follow_up.refresh_from_db()
    assert follow_up.status == "completed"
    assert [ITEM9 in text for text in texts(patient)].count(True) == 1


def test_an_answer_to_item_9_that_was_put_counts_after_the_shift_too(
    clinician: User, patient: Patient, phq9: None
) -> None:
    shift = put_on_call(clinician)
    follow_up = asked(patient)
    answer_eight(patient)
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    write(patient, "0", now=NOW + 10 * MINUTE)
    write(patient, "oops I meant 2", now=NOW + 11 * MINUTE)
    current = Answer.objects.get(follow_up=follow_up, question="phq_9", superseded_at=None)
    assert current.value == "2"
    assert follow_up.signals.filter(rule="M1").exists()
