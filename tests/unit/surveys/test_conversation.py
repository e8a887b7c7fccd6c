"""The engine beyond what the golden conversations show: properties that hold for any texts, and stored states."""

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import library
from surveys.core import conversation
from surveys.core.conversation import MOST_ASKED, State, Turn, UnknownStateFormat
from surveys.core.definition import SurveyDefinition, restore
from surveys.core.effects import Finished, ForStaff, KeepAnswer, ReplaceAnswer, Say
from surveys.core.replies.reading import Reading
from surveys.core.wording import Voice

VOICE = Voice("Demo Clinic", "618-555-0100", "en")
NOW = datetime(2026, 11, 24, 14, 0)  # noqa: DTZ001  # the patient's wall clock, as the engine takes it
SURVEYS = {key: restore(library.document(key)) for key in ("post-session", "pulse", "month-1", "phq-9")}
PULSE = SURVEYS["pulse"]

PHRASES = st.sampled_from(
    [
        *("0", "1", "2", "3", "7", "10", "11", "1 3", "no", "yes", "none", "mild", "a lot", "better", "nausea"),
        *("oops meant 4", "I meant 2", "UNDO", "back", "skip", "GO", "start", "español", "English please", "idk"),
        *("pain 3, mood 8", "who is this", "call me", "stop texting me", "wrong number", "pause for a week"),
        *("too many texts", "my ears ring", "Liked “Pain”", "5 but my chest hurts", "", "\x00", "👍", "no, 4"),
    ]
)
TEXTS = st.lists(st.one_of(PHRASES, st.text(max_size=40)), min_size=4, max_size=25)
KNOWN = st.fixed_dictionaries({"rostered": st.booleans(), "pain_avg24": st.sampled_from([None, 0, 2, 9])})


def told(survey: SurveyDefinition, *texts: str, known: dict[str, object] | None = None) -> list[Turn]:
    turns = [conversation.begin(survey, voice=VOICE, known=known)]
    for text in texts:
        turns.append(conversation.reply(survey, turns[-1].state, text, voice=VOICE, now=NOW))
    return turns


def effects(turns: list[Turn]) -> list[object]:
    return [effect for turn in turns for effect in turn.effects]


@given(st.sampled_from(sorted(SURVEYS)), TEXTS, KNOWN)
@settings(max_examples=150, deadline=None)
def test_whatever_is_texted_the_conversation_stays_sound(key: str, texts: list[str], known: dict[str, object]) -> None:
    survey = SURVEYS[key]
    turns = told(survey, *texts, known=known)
    for turn in turns:
        assert State.from_json(json.loads(json.dumps(turn.state.to_json()))) == turn.state
        assert turn.state.ended or conversation.open_question(survey, turn.state) is not None
    seen = effects(turns)
    for effect in seen:
        if isinstance(effect, KeepAnswer | ReplaceAnswer) and effect.kind == "value":
            assert survey.question(effect.question).accepts(effect.value)
            assert effect.prompt == survey.question(effect.question).prompt[effect.language]
    kept = [effect.question for effect in seen if isinstance(effect, KeepAnswer)]
    assert len(kept) == len(set(kept)), "a second answer replaces, it is never kept beside the first"
    assert sum(isinstance(effect, Finished) for effect in seen) == turns[-1].state.ended
    asked = [effect.about for effect in seen if isinstance(effect, Say) and effect.kind in {"question", "reask"}]
    corrected = sum(isinstance(effect, ReplaceAnswer) for effect in seen)
    assert all(asked.count(question.key) <= MOST_ASKED + corrected for question in survey.questions)


@given(st.sampled_from(sorted(SURVEYS)), st.lists(PHRASES.filter(lambda text: "Liked" not in text), min_size=90))
@settings(max_examples=25, deadline=None)
def test_every_conversation_ends_within_bounded_turns(key: str, texts: list[str]) -> None:
    assert told(SURVEYS[key], *texts, known={"rostered": True})[-1].state.ended


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_a_held_conversation_says_nothing_and_keeps_what_was_answered(texts: list[str]) -> None:
    state = conversation.begin(PULSE, voice=VOICE).state
    for text in texts:
        aloud = conversation.reply(PULSE, state, text, voice=VOICE, now=NOW)
        held = conversation.reply(PULSE, state, text, voice=VOICE, now=NOW, hold=True)
        assert not any(isinstance(effect, Say) for effect in held.effects)
        assert answers(held) == answers(aloud)
        state = aloud.state


def answers(turn: Turn) -> list[object]:
    return [effect for effect in turn.effects if isinstance(effect, KeepAnswer | ReplaceAnswer)]


def test_free_text_never_enters_the_state() -> None:
    turns = told(SURVEYS["post-session"], "1", "0", "my ears ring when I lie down")
    assert "ears" not in json.dumps(turns[-1].state.to_json())


def test_a_state_of_a_later_format_is_refused_by_name() -> None:
    with pytest.raises(UnknownStateFormat, match="format 99"):
        State.from_json({"format": 99, "language": "en"})


def test_a_state_that_knows_fewer_fields_still_goes_on() -> None:
    state = State.from_json({"format": 1, "language": "en", "open": "pain_avg24"})
    turn = conversation.reply(PULSE, state, "4", voice=VOICE, now=NOW)
    assert turn.state.open == "mood"


def test_a_form_answers_the_open_question_with_a_certain_value() -> None:
    state = conversation.begin(PULSE, voice=VOICE).state
    certain = Reading("answer", 4, 1.0, (), "Chosen on the form.")
    turn = conversation.reply(PULSE, state, "", voice=VOICE, now=NOW, reading=certain)
    assert turn.state.answers == {"pain_avg24": 4}


def test_a_form_with_a_value_outside_the_scale_is_asked_again() -> None:
    state = conversation.begin(PULSE, voice=VOICE).state
    wrong = Reading("answer", 40, 1.0, (), "Chosen on the form.")
    turn = conversation.reply(PULSE, state, "", voice=VOICE, now=NOW, reading=wrong)
    assert (turn.state.open, turn.state.answers) == ("pain_avg24", {})


def test_a_jump_is_confirmed_from_five_points_up_and_only_once() -> None:
    assert not any(told(PULSE, "7", known={"pain_avg24": 3})[-1].state.confirming)
    turns = told(PULSE, "8", "2", "5", known={"pain_avg24": 3})
    assert [effect.kind for effect in effects(turns) if isinstance(effect, Say)].count("confirm") == 1


def test_a_correction_after_the_end_that_opens_a_branch_goes_to_a_person() -> None:
    turns = told(SURVEYS["post-session"], "0", "4", "7", "1", "undo")
    assert turns[-1].state.ended
    gate = restore(library.document("side-effects"))
    late = told(gate, "0", "I meant mild")
    assert ForStaff("correction_leaves_questions") in late[-1].effects


def test_a_language_that_the_survey_lacks_changes_only_the_preference() -> None:
    peg = restore(library.document("peg"))
    begun = conversation.begin(peg, voice=Voice("Demo Clinic", "618-555-0100", "es"))
    assert begun.state.language == "en"


def test_a_reminder_of_an_ended_conversation_says_nothing() -> None:
    ended = told(PULSE, "4", "7")[-1].state
    assert conversation.remind(PULSE, ended, voice=VOICE).effects == ()
    assert conversation.expire(PULSE, ended, voice=VOICE).effects == ()


def test_known_facts_that_the_survey_does_not_use_are_not_kept() -> None:
    turn = conversation.begin(PULSE, voice=VOICE, known={"pain_avg24": 3, "phq_9": 2, "rostered": True})
    assert turn.state.known == {"pain_avg24": 3}


def test_go_is_no_answer_to_an_open_question_of_free_words() -> None:
    survey = SURVEYS["post-session"]
    open_text = told(survey, "1", "0")[-1].state
    reminded = conversation.remind(survey, open_text, voice=VOICE).state
    turn = conversation.reply(survey, reminded, "GO", voice=VOICE, now=NOW)
    assert [effect.about for effect in turn.effects if isinstance(effect, Say)] == ["se_other"]
