"""The web form's operations: who is let in, what is kept, and what an answer from the web sets off."""

from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM, Actor
from clinics.models import Clinic, User
from clinics.operations import remove_shift
from followup.core.form import MOST_GUESSES
from followup.models import Answer, Conversation, FollowUp, FormLink, Patient, Response, ReviewItem, Signal
from followup.operations.run_timers import run_timers
from followup.operations.take_web_form import Sent, Taken, catch_up, enter, take_answer
from messaging.models import InboundMessage
from privacy.sensitive import Sensitive
from surveys.core.conversation import NotWithin
from tests.factories import NOW, end_session, make_patient, make_plan, put_on_call
from tests.factories.talk import links, open_one, texts, waiting, write

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PATIENT = Actor("patient", "somebody")


@pytest.fixture
def asked(clinic: Clinic, patient: Patient) -> FollowUp:
    """GAD-7, which goes as a link."""
    make_plan(clinic, {"survey": "gad-7"})
    end_session(patient)
    return open_one(patient)


@pytest.fixture
def symptoms(clinic: Clinic, patient: Patient) -> FollowUp:
    """The check with a question for free words, by link because the patient wants links."""
    Patient.objects.update(channel="web")
    make_plan(clinic, {"survey": "side-effects"})
    end_session(patient)
    return open_one(patient)


def link_of(follow_up: FollowUp) -> FormLink:
    return FormLink.objects.filter(follow_up=follow_up).latest("created_at", "id")


def revision(follow_up: FollowUp) -> int:
    return Conversation.objects.get(follow_up=follow_up).revision


def send(
    follow_up: FollowUp, question: str, value: object, *, words: bool = False, at: int | None = None, minute: int = 1
) -> Taken:
    """A page is sent; `at`: the revision it was made at, the present one without."""
    sent = Sent(
        question=question,
        value=value,  # type: ignore[arg-type]  # any value, for tests of wrong ones
        shown=Sensitive(str(value)),
        words=words,
        revision=revision(follow_up) if at is None else at,
        language="en",
    )
    return take_answer(link=link_of(follow_up), sent=sent, now=NOW + minute * MINUTE)


def answers(follow_up: FollowUp) -> dict[str, object]:
    return dict(Answer.objects.filter(follow_up=follow_up, superseded_at__isnull=True).values_list("question", "value"))


# -- the link ----------------------------------------------------------------------------------------------------------


def test_a_survey_that_goes_as_a_link_texts_the_link_and_no_question(asked: FollowUp) -> None:
    (text,) = texts(asked.patient, "question")
    assert "North Clinic" in text
    assert "bothered" not in text
    assert Conversation.objects.get(follow_up=asked).channel == "web"
    assert links(asked.patient)[0].strip("/").split("/")[1] not in str(FormLink.objects.values())


def test_the_patients_wish_for_links_makes_any_survey_go_as_a_link(symptoms: FollowUp) -> None:
    (text,) = texts(symptoms.patient, "question")
    assert "/f/" in text
    assert "side effects" not in text


def test_the_reminder_carries_the_link_again(asked: FollowUp) -> None:
    run_timers(now=NOW + 4 * HOUR)
    assert len(set(links(asked.patient))) == 2
    assert "still open" in texts(asked.patient, "reminder")[0]


# -- who it is ---------------------------------------------------------------------------------------------------------


def test_who_knows_the_date_of_birth_is_let_in_and_nobody_else(asked: FollowUp) -> None:
    Patient.objects.filter(pk=asked.patient_id).first()
    patient = asked.patient
    patient.date_of_birth = Sensitive("1961-03-14")
    patient.save()
    wrong = [enter(link=link_of(asked), answer=each, address="a", by=PATIENT, now=NOW) for each in ("1961-03-15", "")]
    assert wrong == [False, False]
    assert enter(link=link_of(asked), answer="1961-03-14", address="a", by=PATIENT, now=NOW)
    assert link_of(asked).entered_at == NOW


def test_without_a_date_of_birth_the_last_digits_of_the_phone_let_in(asked: FollowUp) -> None:
    digits = asked.patient.phone.reveal()[-4:]
    assert enter(link=link_of(asked), answer=digits, address="a", by=PATIENT, now=NOW)


def test_too_many_wrong_guesses_make_the_link_void_even_for_the_right_one(asked: FollowUp) -> None:
    for _ in range(MOST_GUESSES):
        assert not enter(link=link_of(asked), answer="0000", address="a", by=PATIENT, now=NOW)
    digits = asked.patient.phone.reveal()[-4:]
    assert not enter(link=link_of(asked), answer=digits, address="a", by=PATIENT, now=NOW)
    assert link_of(asked).blocked_at == NOW
    write(asked.patient, "send me a link", now=NOW + MINUTE)
    assert enter(link=link_of(asked), answer=digits, address="b", by=PATIENT, now=NOW + MINUTE)


# -- answers -----------------------------------------------------------------------------------------------------------


def test_an_answer_from_the_web_is_kept_with_its_channel_and_the_words_of_the_page(asked: FollowUp) -> None:
    assert send(asked, "gad_1", "2") is Taken.KEPT
    answer = Answer.objects.get(follow_up=asked)
    assert (answer.value, answer.channel, answer.reader_version) == ("2", "web", "form")
    assert answer.prompt.endswith("Feeling nervous, anxious or on edge")
    assert "0=" not in answer.prompt
    assert texts(asked.patient, "conversation") == []


def test_the_last_answer_completes_scores_and_uses_the_link_up(asked: FollowUp) -> None:
    for number in range(1, 8):
        send(asked, f"gad_{number}", "1")
    asked.refresh_from_db()
    response = Response.objects.get(follow_up=asked)
    assert (asked.status, response.scores["gad7"]["value"]) == ("completed", 7)
    assert link_of(asked).used_at == NOW + MINUTE
    assert ReviewItem.objects.filter(follow_up=asked, kind="response").exists()
    assert waiting(asked.patient) is None


def test_a_second_click_changes_nothing(asked: FollowUp) -> None:
    send(asked, "gad_1", "2", at=0)
    assert send(asked, "gad_1", "2", at=0) is Taken.KNOWN
    assert Answer.objects.filter(follow_up=asked).count() == 1


def test_a_tab_that_was_overtaken_changes_nothing_and_a_fresh_page_corrects(asked: FollowUp) -> None:
    stale = revision(asked)
    send(asked, "gad_1", "2")
    assert send(asked, "gad_1", "3", at=stale) is Taken.STALE
    assert answers(asked) == {"gad_1": "2"}
    assert send(asked, "gad_1", "3") is Taken.KEPT
    assert answers(asked) == {"gad_1": "3"}
    assert Answer.objects.filter(follow_up=asked).count() == 2


def test_a_question_off_the_way_is_not_taken_and_a_wrong_value_is_refused(asked: FollowUp) -> None:
    assert send(asked, "gad_5", "1") is Taken.STALE
    with pytest.raises(NotWithin):
        send(asked, "gad_1", "7")
    assert answers(asked) == {}


# -- both channels -----------------------------------------------------------------------------------------------------


def test_a_text_goes_on_where_the_form_is_and_the_form_where_the_text_left_it(asked: FollowUp) -> None:
    enter(link=link_of(asked), answer=asked.patient.phone.reveal()[-4:], address="a", by=PATIENT, now=NOW)
    send(asked, "gad_1", "2")
    write(asked.patient, "1", now=NOW + 2 * MINUTE)
    assert answers(asked) == {"gad_1": "2", "gad_2": "1"}
    assert "Worrying too much" in texts(asked.patient, "conversation")[0]
    assert send(asked, "gad_2", "3", at=1, minute=3) is Taken.STALE
    assert send(asked, "gad_3", "0", at=1, minute=3) is Taken.KEPT
    channels = Answer.objects.filter(follow_up=asked).order_by("answered_at").values_list("channel", flat=True)
    assert list(channels) == ["web", "sms", "web"]


def test_a_number_in_reply_to_an_unopened_link_answers_nothing(asked: FollowUp) -> None:
    write(asked.patient, "2", now=NOW + MINUTE)
    assert answers(asked) == {}
    assert "bothered" in texts(asked.patient, "conversation")[0]


def test_an_offer_comes_with_the_second_reask_and_a_person_after_it(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic)
    end_session(patient)
    follow_up = open_one(patient)
    write(patient, "pretty bad", now=NOW + MINUTE)
    assert links(patient) == []
    write(patient, "worse than usual", now=NOW + 2 * MINUTE)
    assert len(links(patient)) == 1
    write(patient, "idk it just hurts", now=NOW + 3 * MINUTE)
    follow_up.refresh_from_db()
    assert follow_up.reason == "handed_over"


# -- danger ------------------------------------------------------------------------------------------------------------


def test_words_that_are_dangerous_raise_what_a_text_raises_and_pause_the_survey(symptoms: FollowUp) -> None:
    send(symptoms, "se_gate", "1")
    send(symptoms, "se_which", ("0",))
    assert send(symptoms, "se_other", "I want to kill myself", words=True) is Taken.KEPT
    signal = Signal.objects.get(follow_up=symptoms, rule="CRISIS-1")
    assert (signal.level, signal.safety_text, signal.review.rank) == ("emergency", "SAFE-CRISIS", 0)
    assert signal.message_id == Answer.objects.get(question="se_other").message_id
    assert InboundMessage.objects.get(pk=signal.message_id).screening["flags"] == ["crisis"]
    assert "988" in texts(symptoms.patient, "safety")[0]
    assert link_of(symptoms).safety_texts == ["SAFE-CRISIS"]
    assert Conversation.objects.get(follow_up=symptoms).held_since == NOW + MINUTE


def test_a_crisis_pressure_in_words_counts_with_the_symptoms_of_the_same_form(symptoms: FollowUp) -> None:
    send(symptoms, "se_gate", "1")
    send(symptoms, "se_which", ("6", "0"))
    assert send(symptoms, "se_other", "bp 190/110 since noon", words=True) is Taken.KEPT
    signal = Signal.objects.get(rule="E14")
    assert (signal.level, signal.inputs["symptoms"]) == ("emergency", ["6"])


def test_dangerous_words_are_heard_even_when_they_come_too_late_to_be_kept(symptoms: FollowUp) -> None:
    stale = revision(symptoms)
    send(symptoms, "se_gate", "1")
    send(symptoms, "se_which", ("0",))
    send(symptoms, "se_other", "a rash", words=True)
    assert send(symptoms, "se_other", "chest pain, I can't breathe", words=True, at=stale) is Taken.STALE
    assert Signal.objects.filter(follow_up=symptoms, rule="E1", level="emergency").exists()


def test_item_9_raises_its_signal_at_once_and_ends_the_survey(
    clinic: Clinic, clinician: User, patient: Patient
) -> None:
    put_on_call(clinician)
    make_plan(clinic, {"survey": "phq-9"})
    end_session(patient)
    follow_up = open_one(patient)
    for number in range(1, 9):
        send(follow_up, f"phq_{number}", "0")
    send(follow_up, "phq_9", "1")
    follow_up.refresh_from_db()
    signal = Signal.objects.get(follow_up=follow_up, rule="M1")
    assert (signal.level, signal.safety_text) == ("urgent", "SAFE-ITEM9")
    assert (follow_up.status, link_of(follow_up).safety_texts) == ("partial", ["SAFE-ITEM9"])
    assert len(texts(patient, "safety")) == 1


def test_item_9_is_passed_over_on_the_form_when_nobody_is_on_call_any_more(
    clinic: Clinic, clinician: User, patient: Patient
) -> None:
    shift = put_on_call(clinician)
    make_plan(clinic, {"survey": "phq-9"})
    end_session(patient)
    follow_up = open_one(patient)
    for number in range(1, 9):
        send(follow_up, f"phq_{number}", "0")
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    catch_up(link=link_of(follow_up), now=NOW + HOUR)
    follow_up.refresh_from_db()
    assert (follow_up.status, link_of(follow_up).used_at) == ("completed", NOW + HOUR)
    assert send(follow_up, "phq_9", "1", minute=61) is Taken.STALE


# -- the end -----------------------------------------------------------------------------------------------------------


def test_what_was_on_the_screen_when_the_time_ran_out_is_a_late_answer(asked: FollowUp) -> None:
    send(asked, "gad_1", "2")
    run_timers(now=NOW + 20 * HOUR)
    run_timers(now=NOW + 20 * HOUR)
    asked.refresh_from_db()
    assert asked.status == "partial"
    assert send(asked, "gad_2", "1", minute=20 * 60 + 1) is Taken.KEPT
    assert Answer.objects.get(question="gad_2").late


@pytest.mark.parametrize("body", ["STOP", "wrong number"])
def test_after_a_stop_the_form_takes_nothing_more(asked: FollowUp, body: str) -> None:
    write(asked.patient, body, now=NOW + MINUTE)
    assert send(asked, "gad_1", "2", minute=2) is Taken.TOO_LATE
    assert answers(asked) == {}
    assert not enter(
        link=link_of(asked), answer=asked.patient.phone.reveal()[-4:], address="a", by=PATIENT, now=NOW + 2 * MINUTE
    )


def test_one_patients_link_opens_nothing_of_another(asked: FollowUp, clinic: Clinic) -> None:
    other = make_patient(clinic)
    end_session(other)
    theirs = open_one(other)
    send(asked, "gad_1", "3")
    assert answers(theirs) == {}
