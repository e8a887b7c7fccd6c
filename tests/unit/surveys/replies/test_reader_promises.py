"""What the reader promises for any text at all: a reading, always the same one, in linear work."""

import re
import sys
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.replies import load
from surveys.core.replies import phrases as phrases_module
from surveys.core.replies.cases import question_from
from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import MAX_LENGTH, clean, tokenise
from surveys.core.replies.phrases import MAX_GAP, parse
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Previous, Question, Reading
from surveys.core.replies.safety import screen

NOW = datetime(2025, 3, 12, 14, 5)  # noqa: DTZ001  # the patient's local time has no zone here
QUESTIONS = list(
    {case["question"]["type"]: question_from(case["question"]) for case in load("examples.jsonl")}.values()
)
WORDS = sorted(LEXICON.known_words)


def _check(question: Question | None, text: str, language: str) -> Reading:
    previous = Previous(QUESTIONS[0], 8)
    reading = read(question, text, language, now=NOW, previous=previous)
    assert reading == read(question, text, language, now=NOW, previous=previous)
    assert 0 <= reading.confidence <= 1
    assert reading.reason
    if reading.kind not in {"answer", "correction"}:
        assert reading.value is None
    if reading.kind == "answer":
        assert question is not None
        assert _allowed(question, reading)
    return reading


def _allowed(question: Question, reading: Reading) -> bool:
    """Whether a recorded value is one that the question can have."""
    value = reading.value
    codes = {option.code for option in question.options}
    if question.type in {"scale", "number"}:
        assert isinstance(value, int | float)
        assert not isinstance(value, bool)
        return (question.min is None or value >= question.min) and (question.max is None or value <= question.max)
    if question.type == "yes_no":
        return isinstance(value, bool)
    if question.type == "single_choice":
        return value in codes
    if question.type == "multi_choice":
        assert isinstance(value, tuple)
        return set(value) <= codes and list(value) == sorted(set(value)) != []
    return isinstance(value, str) and bool(value)


@pytest.mark.parametrize(
    "question", [*QUESTIONS, None], ids=lambda question: question.type if question else "none open"
)
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120), language=st.sampled_from(["en", "es"]))
def test_any_unicode_text_gets_one_allowed_reading(question: Question | None, text: str, language: str) -> None:
    _check(question, text, language)


@pytest.mark.parametrize(
    "question", [*QUESTIONS, None], ids=lambda question: question.type if question else "none open"
)
@settings(max_examples=80, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from(WORDS),
            st.integers(-20, 70_000).map(str),
            st.sampled_from(list(".,;!?/-+%#*=<>~ \n“”'½👍8️⃣")),
        ),
        max_size=25,
    ),
    language=st.sampled_from(["en", "es"]),
)
def test_any_mixture_of_known_words_gets_one_allowed_reading(
    question: Question | None, pieces: list[str], language: str
) -> None:
    _check(question, " ".join(pieces), language)


@pytest.mark.parametrize(
    "text",
    [
        "7" * 100_000,
        "please stop the " * 6_250,
        "“" * 100_000,
        "seven " * 16_667,
        "\x00" * 5_000,
        "e" + "\u0301" * 99_999,
    ],
)
def test_a_text_longer_than_any_message_is_left_to_a_person(text: str) -> None:
    assert _check(QUESTIONS[0], text, "en").kind == "other_intent"


def test_an_empty_text_is_asked_again() -> None:
    assert all(_check(question, "  \n ", "en").kind == "reprompt" for question in QUESTIONS)


def test_every_pattern_of_the_word_lists_has_bounded_gaps() -> None:
    for name, line in phrases_module.iter_sources():
        if re.search(r"~\d", line):
            elements = parse(line if not name.startswith("request_intents") else line.split(maxsplit=1)[1])
            assert all(element.gap <= MAX_GAP for element in elements), line


@pytest.mark.parametrize(
    "piece",
    [
        "please stop the ",
        "no me manden ",
        "seven and ",
        "not a ",
        "between 5 and ",
        "stop ",
        "half past ",
        '"5 ',
        "a, ",
    ],
)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.type)
def test_work_grows_no_faster_than_the_text(piece: str, question: Question) -> None:
    """Counts every call of a function, ours or the interpreter's, for a text and for one four times as long."""
    short, long = (_calls(question, (piece * MAX_LENGTH)[:size]) for size in (MAX_LENGTH // 4, MAX_LENGTH))
    assert long <= 6 * short


def _calls(question: Question, text: str) -> int:
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read(question, text, "en", now=NOW)
    finally:
        sys.setprofile(None)
    return calls


@given(text=st.text(max_size=200))
@settings(deadline=None)
def test_cleaning_makes_digits_plain_and_tokens_cover_their_places(text: str) -> None:
    cleaned = clean(text)
    tokens = tokenise(cleaned)
    assert all(0 <= token.start <= token.end <= len(cleaned) for token in tokens)
    assert all(token.text.isascii() for token in tokens if token.kind == "number")


@pytest.mark.parametrize("text", ["7", "I want to die", "7 and I cannot breathe"])
def test_a_screening_made_already_gives_the_same_reading(text: str) -> None:
    pain = Question("scale", "How is your pain?", min=0, max=10)
    assert read(pain, text, "en", screening=screen(text)) == read(pain, text, "en")
