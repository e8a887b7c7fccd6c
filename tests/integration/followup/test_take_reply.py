"""Texts that come: screened first, then answers, wishes, late answers, or something for a person."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Clinic
from followup.models import Answer, Conversation, FollowUp, Patient, Plan, Response, ReviewItem, Signal
from messaging.models import InboundMessage
from messaging.queries import is_opted_out
from surveys.core.replies.safety import screen
from tests.factories import NOW, end_session, make_patient, make_plan, number
from tests.factories.talk import open_one, texts, waiting, write

CHICAGO = ZoneInfo("America/Chicago")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def asked(patient: Patient, plan: Plan) -> FollowUp:
    end_session(patient)
    return open_one(patient)


def answers(follow_up: FollowUp) -> dict[str, object]:
    rows = Answer.objects.filter(follow_up=follow_up, superseded_at__isnull=True)
    return dict(rows.values_list("question", "value"))


def inbox() -> list[tuple[str, int, list[str]]]:
    rows = ReviewItem.objects.exclude(kind="response").order_by("opened_at", "id")
    return [(row.kind, row.rank, row.tags) for row in rows]


# -- answers -----------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_beside_the_exact_question_and_the_next_one_goes_out(asked: FollowUp) -> None:
    inbound = write(asked.patient, "about a 7")
    answer = Answer.objects.get(follow_up=asked)
    question, following = texts(asked.patient, "question", "conversation")
    assert (answer.value, answer.prompt) == (7, question)
    assert answer.raw_text is not None
    assert answer.raw_text.reveal() == "about a 7"
    assert (answer.message_id, answer.answered_at, answer.channel, answer.late) == (inbound.id, NOW, "sms", False)
    assert "mood" in following.lower()
    assert Response.objects.get(follow_up=asked).status == "in_progress"


@pytest.mark.parametrize(
    ("survey", "reply", "most"),
    [
        ("pain", "7", 10),  # nothing but the answer and the next question
        ("pulse", "7", 17),  # the answer is compared with the history, and a signal raised on a new item
    ],
)
def test_a_turn_takes_no_more_statements_than_it_must(
    clinic: Clinic, patient: Patient, survey: str, reply: str, most: int
) -> None:
    make_plan(clinic, {"survey": survey})
    end_session(patient)
    open_one(patient)
    with CaptureQueriesContext(connection) as queries:
        write(patient, reply)
    stored, *turn, _looked_at = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert "INSERT INTO messaging_inboundmessage" in stored
    assert len(turn) <= most, "\n".join(turn)


def test_what_is_unclear_is_asked_again_and_nothing_is_kept(asked: FollowUp) -> None:
    write(asked.patient, "between 5 and 6")
    assert answers(asked) == {}
    assert len(texts(asked.patient, "conversation")) == 1


def test_a_complete_survey_is_closed_scored_and_put_before_a_clinician(asked: FollowUp) -> None:
    write(asked.patient, "7")
    write(asked.patient, "6", now=NOW + MINUTE)
    asked.refresh_from_db()
    response, item = Response.objects.get(follow_up=asked), ReviewItem.objects.get(follow_up=asked)
    assert (asked.status, asked.closed_at, asked.timer_at) == ("completed", NOW + MINUTE, None)
    assert (response.status, response.answered, response.asked) == ("completed", 2, 2)
    assert (item.kind, item.rank, item.status) == ("response", 3, "open")
    assert waiting(asked.patient) is None
    assert "saved" in texts(asked.patient, "conversation")[-1]


def test_a_conversation_that_gets_nowhere_is_handed_to_a_person(asked: FollowUp) -> None:
    for _ in range(3):
        write(asked.patient, "between 5 and 6")
    asked.refresh_from_db()
    item = ReviewItem.objects.get(follow_up=asked)
    assert (asked.status, asked.reason) == ("expired", "handed_over")
    assert (item.kind, item.rank, item.tags) == ("handover", 2, ["handed-over"])


def test_a_correction_supersedes_and_everything_is_computed_again(asked: FollowUp) -> None:
    write(asked.patient, "5")
    write(asked.patient, "oops I meant 8 for my pain", now=NOW + MINUTE)
    old, new = Answer.objects.filter(follow_up=asked, question="pain_avg24").order_by("answered_at")
    assert (old.value, old.superseded_at, old.superseded_by_id) == (5, NOW + MINUTE, new.id)
    assert (new.value, new.superseded_at) == (8, None)


def test_a_signal_whose_answer_was_corrected_is_annotated_and_stays(asked: FollowUp) -> None:
    write(asked.patient, "5")
    write(asked.patient, "1", now=NOW + MINUTE)
    signal = Signal.objects.get(follow_up=asked, rule="M6")
    write(asked.patient, "i meant 8", now=NOW + 2 * MINUTE)
    assert answers(asked)["mood"] == 8
    signal.refresh_from_db()
    assert "no longer holds" in signal.annotations[0]["note"]


def test_the_same_text_delivered_twice_is_one_answer(asked: FollowUp) -> None:
    from messaging.operations import handle_inbound, store_inbound

    stored = [
        store_inbound(
            clinic_id=asked.clinic_id, provider_id="SMtwice", number=asked.patient.phone.reveal(),
            sender="+16185550100", body="5", received_at=NOW,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert stored[0] is not None
    assert stored[1] is None
    assert [handle_inbound(stored[0], now=NOW) for _ in range(2)] == [True, False]
    assert Answer.objects.count() == 1


def test_asking_in_another_language_changes_the_language_of_what_follows(asked: FollowUp) -> None:
    write(asked.patient, "en español por favor")
    write(asked.patient, "siete", now=NOW + MINUTE)
    assert answers(asked) == {"pain_avg24": 7}
    assert "ánimo" in texts(asked.patient, "conversation")[-1]
    assert Patient.objects.get(pk=asked.patient_id).language == "es"


# -- danger ------------------------------------------------------------------------------------------------------------


def test_a_value_and_a_red_flag_in_one_text_are_both_kept(asked: FollowUp) -> None:  # annex B, 24
    write(asked.patient, "5 and my chest hurts and i cant breathe")
    item = ReviewItem.objects.get(follow_up=asked)
    signal = Signal.objects.get(rule="E1")
    assert answers(asked) == {"pain_avg24": 5}
    assert (item.rank, item.due_by) == (0, NOW + 5 * MINUTE)
    assert (signal.level, signal.safety_text, signal.review) == ("emergency", "SAFE-MED911", item)
    assert "Call 911 now" in texts(asked.patient, "safety")[0]
    assert texts(asked.patient, "conversation") == []


def test_the_survey_pauses_and_goes_on_with_the_open_question_once_a_person_has_closed_the_concern(
    asked: FollowUp, clinician: object
) -> None:
    from followup.operations import review
    from followup.operations.run_timers import run_timers

    write(asked.patient, "5 but i want to die")
    run_timers(now=NOW + 5 * HOUR)
    assert texts(asked.patient, "reminder") == []
    item = ReviewItem.objects.get(follow_up=asked)
    review.close(
        item=item, by_user=clinician, outcome="reached-safe", note="Safe.", revision=item.revision, now=NOW + HOUR
    )
    run_timers(now=NOW + HOUR)
    assert "mood" in texts(asked.patient, "reminder")[-1].lower()
    write(asked.patient, "6", now=NOW + 2 * HOUR)
    assert answers(asked) == {"pain_avg24": 5, "mood": 6}


def test_while_a_concern_is_open_texts_are_read_by_a_person_and_asked_nothing(asked: FollowUp) -> None:
    write(asked.patient, "i want to die")
    write(asked.patient, "sorry about that", now=NOW + MINUTE)
    assert answers(asked) == {}
    assert "while-held" in {tag for _, _, tags in inbox() for tag in tags} | {
        tag for item in ReviewItem.objects.all() for tag in item.tags
    }
    assert waiting(asked.patient) is not None


def test_safety_texts_go_out_once_an_hour_and_every_alarm_counts(asked: FollowUp) -> None:
    for minutes in (0, 30, 61):
        write(asked.patient, "i want to kill myself", now=NOW + minutes * MINUTE)
    assert len(texts(asked.patient, "safety")) == 2
    assert Signal.objects.filter(patient=asked.patient).count() == 3
    item = ReviewItem.objects.get(patient=asked.patient)
    assert item.revision == 2


def test_a_later_text_that_is_worse_joins_the_open_item_and_restarts_its_clock(patient: Patient) -> None:
    write(patient, "not suicidal just tired")
    item = ReviewItem.objects.get(patient=patient)
    assert item.rank == 1  # annex B, 29: lowered by one tier, never to none
    write(patient, "my chest hurts and i cant breathe", now=NOW + HOUR)
    item.refresh_from_db()
    assert (item.rank, item.due_by) == (0, NOW + HOUR + 5 * MINUTE)
    assert ReviewItem.objects.filter(patient=patient).count() == 1


def test_a_severe_side_effect_raises_a_signal_and_the_survey_goes_on(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "post-session"})
    end_session(patient)
    asked = open_one(patient)
    write(patient, "3")
    signal = Signal.objects.get(follow_up=asked)
    assert (signal.rule, signal.level, signal.safety_text) == ("E2", "urgent", "SAFE-SEVERE")
    assert signal.inputs["worst"] == 3
    assert signal.thresholds == {"worst": 3}
    assert "call us now" in texts(patient, "safety")[0]
    assert len(texts(patient, "conversation")) == 1


def test_a_danger_from_an_unknown_number_is_answered_and_put_at_the_top(clinic: Clinic, patient: Patient) -> None:
    write(patient, "i took all my pills", number=number(88, "217"))
    item = ReviewItem.objects.get()
    assert (item.patient, item.rank) == (None, 0)
    stranger = InboundMessage.objects.get()
    from messaging.models import OutboundMessage

    assert OutboundMessage.objects.filter(number_hash=stranger.number_hash, purpose="safety").exists()


def test_an_opted_out_patient_in_danger_gets_no_text_and_a_call(patient: Patient) -> None:  # annex B, 26 and 36
    write(patient, "STOP")
    write(patient, "i want to die", now=NOW + MINUTE)
    assert texts(patient, "safety") == []
    assert ReviewItem.objects.get(rank__lte=1).tags == ["call-patient"]


def test_a_stop_and_a_danger_in_one_text_are_both_honoured(asked: FollowUp) -> None:  # annex B, 26
    write(asked.patient, "Stop texting me. I want to die")
    assert is_opted_out(asked.clinic_id, asked.patient.phone_hash)
    assert ReviewItem.objects.filter(rank__lte=1).exists()


def test_end_with_an_open_concern_opts_out_once_and_asks_staff_to_call(asked: FollowUp) -> None:  # annex B, 25
    write(asked.patient, "my chest hurts and i cant breathe")
    write(asked.patient, "END", now=NOW + MINUTE)
    assert len(texts(asked.patient, "control")) == 1
    item = ReviewItem.objects.get(rank=0)
    assert {"call-patient", "opted-out"} <= set(item.tags)


def test_a_request_to_stop_in_free_words_is_honoured_while_a_concern_is_open_and_staff_call(asked: FollowUp) -> None:
    write(asked.patient, "my chest hurts and i cant breathe")
    write(asked.patient, "please stop texting me", now=NOW + MINUTE)
    assert is_opted_out(asked.clinic_id, asked.patient.phone_hash)
    assert len(texts(asked.patient, "control")) == 1
    assert {"call-patient", "opted-out"} <= set(ReviewItem.objects.get(rank=0).tags)


def test_end_alone_is_an_opt_out_that_a_person_looks_at(asked: FollowUp) -> None:
    write(asked.patient, "end")
    assert is_opted_out(asked.clinic_id, asked.patient.phone_hash)
    assert ("message", 2, ["end", "opted-out"]) in inbox()


ANY_BODY = (
    "5",
    "7 and my chest hurts",
    "STOP",
    "HELP",
    "hello",
    "",
    "😀",
    "\x00",
    "x" * 1600,
    "\u202eabc",
    "siete",
    "START",
)


def _screened_as_it_stands(inbound: InboundMessage) -> None:
    seen = screen(inbound.body.reveal())
    assert inbound.handled_at is not None
    assert inbound.screening is not None
    assert (inbound.screening["flags"], inbound.screening["tier"]) == (list(seen.flags), seen.tier)
    assert inbound.screening["version"] == seen.version


@pytest.mark.parametrize("body", [*ANY_BODY, "i want to die"])
def test_every_text_is_screened_whatever_it_is(asked: FollowUp, body: str) -> None:
    _screened_as_it_stands(write(asked.patient, body))


@pytest.mark.parametrize("state", ["a stranger", "after stop", "late", "nothing open", "a picture", "closed"])
def test_every_text_is_screened_in_whatever_state_it_meets_us(asked: FollowUp, state: str) -> None:
    """No handled row is without its screening: not of strangers, not after STOP, not late, not of a picture alone."""
    from followup.operations.run_timers import run_timers

    patient, now = asked.patient, NOW + MINUTE
    if state == "after stop":
        write(patient, "STOP")
    elif state == "closed":
        write(patient, "7")
        write(patient, "6")
    elif state in {"late", "nothing open"}:
        now = NOW + (22 if state == "late" else 24 * 9) * HOUR
        run_timers(now=now)
    sender = number(99) if state == "a stranger" else ""
    for at, body in enumerate(ANY_BODY):
        _screened_as_it_stands(
            write(patient, body, now=now + at * MINUTE, number=sender, media=1 if state == "a picture" else 0)
        )
    assert not InboundMessage.objects.filter(handled_at__isnull=False, screening__isnull=True).exists()


# -- wishes ------------------------------------------------------------------------------------------------------------


def test_stop_in_free_words_ends_everything_with_one_confirmation(asked: FollowUp) -> None:
    write(asked.patient, "please leave me alone")
    asked.refresh_from_db()
    assert is_opted_out(asked.clinic_id, asked.patient.phone_hash)
    assert (asked.status, asked.reason) == ("expired", "opted_out")
    assert len(texts(asked.patient, "control")) == 1
    assert texts(asked.patient, "conversation") == []


def test_stop_in_free_words_counts_without_an_open_survey_too(patient: Patient) -> None:
    write(patient, "stop texting me please")
    assert is_opted_out(patient.clinic_id, patient.phone_hash)


def test_the_keyword_ends_what_is_open_and_start_restores_what_is_scheduled(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"key": "now"}, {"key": "tomorrow", "offset": "PT24H"})
    end_session(patient)
    asked = open_one(patient)
    write(patient, "STOP")
    asked.refresh_from_db()
    assert (asked.status, asked.reason) == ("expired", "opted_out")
    write(patient, "START", now=NOW + HOUR)
    assert open_one(patient, now=NOW + 24 * HOUR).plan_step.key == "tomorrow"


def test_a_wish_for_a_break_pauses_and_says_until_when(asked: FollowUp) -> None:
    write(asked.patient, "can we pause the texts")
    patient = Patient.objects.get(pk=asked.patient_id)
    assert (patient.status, patient.paused_until) == ("paused", NOW + timedelta(days=7))
    assert "12/1" in texts(patient, "conversation")[-1]
    assert ("message", 2, ["paused"]) in inbox()


def test_a_break_lasts_until_the_day_the_patient_named(asked: FollowUp) -> None:
    write(asked.patient, "please stop texting me for two weeks")
    patient = Patient.objects.get(pk=asked.patient_id)
    assert patient.paused_until == datetime(2026, 12, 8, 0, 0, tzinfo=CHICAGO)
    assert "12/8" in texts(patient, "conversation")[-1]


def test_a_break_can_be_wished_for_when_nothing_is_open(patient: Patient) -> None:
    write(patient, "no texts until Monday please")
    assert Patient.objects.get(pk=patient.pk).paused_until == datetime(2026, 11, 30, 0, 0, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("text", "tag"), [("too many texts", "fewer"), ("please don't text me at night", "time_of_day")]
)
def test_wishes_that_only_staff_can_fulfil_are_acknowledged_and_named(
    asked: FollowUp, clinic: Clinic, text: str, tag: str
) -> None:
    write(asked.patient, text)
    other = make_patient(clinic, phone="+16185550177")
    write(other, text)
    assert [each for each in inbox() if each[2] == [tag]] == [("message", 2, [tag])] * 2
    for patient in (asked.patient, other):
        assert "staff member will read" in texts(patient, "conversation")[-1]


@pytest.mark.parametrize("when", ["asked", "between"])
def test_a_request_to_stop_in_words_that_no_list_foresees_ends_the_messages_and_a_person_looks(
    asked: FollowUp, when: str
) -> None:
    from followup.operations.run_timers import run_timers

    now = NOW + (MINUTE if when == "asked" else 9 * 24 * HOUR)
    if when == "between":
        run_timers(now=now)
    write(asked.patient, "please deactivate these alerts on my number", now=now)
    assert is_opted_out(asked.clinic_id, asked.patient.phone_hash)
    assert len(texts(asked.patient, "control")) == 1
    assert FollowUp.objects.get(pk=asked.pk).status != "open"
    assert ("message", 2, ["opted-out"]) in inbox()


def test_a_wrong_person_stops_the_series_and_asks_staff(clinic: Clinic, patient: Patient) -> None:  # C-14
    make_plan(clinic, {"key": "now"}, {"key": "tomorrow", "offset": "PT24H"})
    end_session(patient)
    open_one(patient)
    write(patient, "you have the wrong number")
    assert set(FollowUp.objects.values_list("reason", flat=True)) == {"wrong_person"}
    assert Patient.objects.get(pk=patient.pk).phone_problem == "wrong_person"
    assert ("delivery", 2, ["wrong-person"]) in inbox()


def test_a_question_to_staff_lands_in_the_inbox_and_says_so(patient: Patient) -> None:
    write(patient, "can I move my appointment to friday?")
    assert inbox() == [("message", 2, [])]
    assert "staff member will read" in texts(patient)[0]


def test_a_second_message_within_the_hour_is_read_too_and_not_answered_again(patient: Patient) -> None:
    write(patient, "can I move my appointment?")
    write(patient, "to friday if possible", now=NOW + MINUTE)
    assert len(inbox()) == 2
    assert len(texts(patient)) == 1


def test_a_reaction_of_the_phone_is_nothing(patient: Patient) -> None:
    write(patient, "Liked “Your answers were saved”")
    assert inbox() == []
    assert texts(patient) == []


def test_a_picture_is_read_by_a_person(asked: FollowUp) -> None:
    write(asked.patient, "", media=1)
    assert ("message", 2, ["picture"]) in inbox()


# -- whose text it is --------------------------------------------------------------------------------------------------


def test_a_text_from_nobody_is_parked_and_answered_once_a_day(clinic: Clinic, patient: Patient) -> None:
    stranger = number(88, "217")
    for hours in (0, 1, 24):
        write(patient, "hello?", now=NOW + hours * HOUR, number=stranger)
    assert inbox() == [("message", 2, ["unknown-number"])] * 3
    from messaging.models import OutboundMessage
    from privacy.phones import phone_hash

    assert OutboundMessage.objects.filter(number_hash=phone_hash(stranger)).count() == 2


def test_two_patients_on_one_phone_are_told_apart_by_the_open_conversation(clinic: Clinic, asked: FollowUp) -> None:
    other = make_patient(clinic, phone=asked.patient.phone.reveal())
    write(asked.patient, "4")
    assert Answer.objects.get().patient == asked.patient
    assert not Answer.objects.filter(patient=other).exists()


def test_a_text_from_a_shared_phone_without_a_conversation_is_bound_to_nobody(clinic: Clinic, patient: Patient) -> None:
    make_patient(clinic, phone=patient.phone.reveal())
    write(patient, "7")
    item = ReviewItem.objects.get()
    assert (item.patient, item.tags) == (None, ["shared-phone"])
    assert not Answer.objects.exists()


def test_a_wording_from_a_shared_phone_ends_the_texts_and_a_person_looks(clinic: Clinic, patient: Patient) -> None:
    make_patient(clinic, phone=patient.phone.reveal())
    write(patient, "please deactivate these alerts on my number")
    assert is_opted_out(clinic.pk, patient.phone_hash)
    assert [(item.patient, item.tags) for item in ReviewItem.objects.all()] == [(None, ["opted-out"])]


def test_danger_beside_a_wording_stands_once_before_a_person(patient: Patient) -> None:
    write(patient, "please deactivate these alerts on my number. I cant breathe")
    assert is_opted_out(patient.clinic_id, patient.phone_hash)
    assert ReviewItem.objects.get().rank == 0


# -- late and corrected ------------------------------------------------------------------------------------------------


def expire(asked: FollowUp) -> None:
    from followup.operations.run_timers import run_timers

    assert asked.closes_at is not None
    run_timers(now=NOW + 4 * HOUR)
    run_timers(now=asked.closes_at)
    asked.refresh_from_db()
    assert asked.status in {"expired", "partial"}


def test_a_late_answer_keeps_its_own_time_and_does_not_score(asked: FollowUp) -> None:
    expire(asked)
    late = NOW + 22 * HOUR
    write(asked.patient, "7", now=late)
    answer = Answer.objects.get(follow_up=asked)
    assert (answer.value, answer.late, answer.answered_at) == (7, True, late)
    asked.refresh_from_db()
    assert asked.status == "expired"
    assert not Response.objects.filter(follow_up=asked).exists()
    assert ReviewItem.objects.get(follow_up=asked).tags == ["late"]


def test_after_a_day_a_number_is_no_late_answer_any_more(asked: FollowUp) -> None:
    expire(asked)
    write(asked.patient, "7", now=NOW + 45 * HOUR)
    assert not Answer.objects.exists()
    assert inbox() == [("message", 2, [])]


def test_a_late_severe_side_effect_still_raises_its_signal(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "post-session"})
    end_session(patient)
    asked = open_one(patient)
    expire(asked)
    write(patient, "3", now=NOW + 22 * HOUR)
    assert Signal.objects.get(follow_up=asked).rule == "E2"


def test_the_last_answer_of_a_complete_survey_can_be_corrected_for_an_hour(asked: FollowUp) -> None:
    write(asked.patient, "5")
    write(asked.patient, "6", now=NOW + MINUTE)
    write(asked.patient, "i meant 8", now=NOW + 10 * MINUTE)
    assert answers(asked) == {"pain_avg24": 5, "mood": 8}
    write(asked.patient, "i meant 2", now=NOW + 3 * HOUR)
    assert answers(asked)["mood"] == 8


def test_a_rule_that_holds_again_after_a_second_correction_is_raised_again(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "side-effects"})
    end_session(patient)
    asked = open_one(patient)
    for place, text in enumerate(("3", "back", "1", "back", "3")):
        write(patient, text, now=NOW + place * MINUTE)
    first, second = Signal.objects.filter(follow_up=asked, rule="E2").order_by("raised_at")
    assert [len(signal.annotations) for signal in (first, second)] == [1, 0]


def test_a_correction_that_leaves_questions_counts_and_is_read_by_a_person(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "side-effects"})
    end_session(patient)
    asked = open_one(patient)
    write(patient, "0")
    write(patient, "I meant 3", now=NOW + MINUTE)
    assert answers(asked) == {"se_gate": "3"}
    assert Signal.objects.get(follow_up=asked).rule == "E2"
    assert ("message", 2, ["correction_leaves_questions"]) in inbox()


def test_an_answer_is_corrected_by_its_name_after_the_end_and_scored_again(asked: FollowUp) -> None:
    write(asked.patient, "5")
    write(asked.patient, "6", now=NOW + MINUTE)
    write(asked.patient, "pain should be 8", now=NOW + 2 * MINUTE)
    assert answers(asked) == {"pain_avg24": 8, "mood": 6}
    assert Response.objects.get(follow_up=asked).scores["pain_avg24"]["value"] == 8
    assert texts(asked.patient, "conversation")[-1] == "Thank you. We changed that."


def test_a_correction_soon_after_a_hand_over_counts_in_its_place(asked: FollowUp) -> None:
    write(asked.patient, "5")
    for place in range(3):
        write(asked.patient, "hmm", now=NOW + place * MINUTE)
    asked.refresh_from_db()
    assert (asked.status, asked.reason) == ("partial", "handed_over")
    write(asked.patient, "pain should be 8", now=NOW + 10 * MINUTE)
    answer = Answer.objects.get(follow_up=asked, superseded_at__isnull=True)
    assert (answer.value, answer.late) == (8, False)
    assert Response.objects.get(follow_up=asked).scores["pain_avg24"]["value"] == 8


def test_a_late_correction_takes_the_old_answer_out_of_the_scores(asked: FollowUp) -> None:
    write(asked.patient, "5")
    expire(asked)
    write(asked.patient, "oops pain was 8", now=NOW + 23 * HOUR)
    answer = Answer.objects.get(follow_up=asked, superseded_at__isnull=True)
    assert (answer.value, answer.late) == (8, True)
    response = Response.objects.get(follow_up=asked)
    assert (response.answered, response.scores["pain_avg24"]["value"]) == (0, None)
    assert texts(asked.patient, "conversation")[-1] == "Thank you. We changed that."


def test_a_conversation_keeps_no_words_of_the_patient(asked: FollowUp) -> None:
    write(asked.patient, "5 zebra unicorn")
    state = Conversation.objects.get(follow_up=asked).state
    assert "zebra" not in str(state)
