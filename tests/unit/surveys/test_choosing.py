"""What a page sends becomes a value, or is refused with the reason."""

from typing import Any

import pytest

from surveys import library
from surveys.core.asking import on_page
from surveys.core.choosing import LONGEST, NotChosen, chosen, in_words
from surveys.core.definition import Question, restore
from surveys.core.definition.model import Option
from surveys.core.wording import LANGUAGES, Voice

YES_NO = Question(
    key="sleep",
    type="yes_no",
    prompt={"en": "Did you sleep? 1=Yes 2=No", "es": "¿Durmió? 1=Sí 2=No"},
    options=(Option("1", {"en": "Yes", "es": "Sí"}), Option("2", {"en": "No", "es": "No"})),
)


def question(kind: str, **fields: Any) -> Question:
    return Question(key="q", type=kind, prompt={"en": "?"}, **fields)  # type: ignore[arg-type]  # any kind of it


def item(survey: str, key: str) -> Question:
    return restore(library.document(survey)).question(key)


@pytest.mark.parametrize(
    ("asked", "given", "value"),
    [
        (question("scale", min=0, max=10), ["7"], 7),
        (question("number", min=0, max=200, integer=False), [" 3,5 "], 3.5),
        (question("number", min=0, max=200), ["12.0"], 12),
        (YES_NO, ["1"], True),
        (YES_NO, ["2"], False),
        (item("pgic", "pgic"), ["4"], "4"),
        (item("side-effects", "se_which"), ["0", "1"], ("1", "0")),
        (item("month-1", "se_long"), ["0"], ("0",)),
        (question("text"), [" a rash\x00 "], "a rash"),
        (question("time"), ["21:30"], "21:30"),
        (question("date", direction="past"), ["2026-03-14"], "2026-03-14"),
    ],
)
def test_what_is_chosen_is_a_value(asked: Question, given: list[str], value: object) -> None:
    assert chosen(asked, given, "en") == value
    assert asked.accepts(value)  # type: ignore[arg-type]  # a value of the question's own type


@pytest.mark.parametrize(
    ("asked", "given", "fault"),
    [
        (question("scale", min=0, max=10), [], "empty"),
        (question("scale", min=0, max=10), ["  "], "empty"),
        (question("scale", min=0, max=10), ["eleven"], "number"),
        (question("scale", min=0, max=10), ["nan"], "number"),
        (question("scale", min=0, max=10), ["11"], "range"),
        (question("scale", min=0, max=10), ["1.5"], "whole"),
        (YES_NO, ["3"], "option"),
        (item("pgic", "pgic"), ["9"], "option"),
        (item("side-effects", "se_which"), ["1", "x"], "option"),
        (item("month-1", "se_long"), ["0", "2"], "alone"),
        (question("text"), ["x" * (LONGEST + 1)], "long"),
        (question("time"), ["late"], "time"),
        (question("date", direction="past"), ["14 March"], "date"),
    ],
)
def test_what_is_no_answer_says_why(asked: Question, given: list[str], fault: str) -> None:
    with pytest.raises(NotChosen) as refused:
        chosen(asked, given, "en")
    assert refused.value.fault == fault


def test_a_value_is_shown_in_the_patients_words() -> None:
    assert in_words(YES_NO, True, "es") == "Sí"
    assert in_words(item("side-effects", "se_which"), ("1", "3"), "es") == "Náusea, Mareo"
    assert in_words(item("pgic", "pgic"), "4", "en") == "No change"
    assert [in_words(question("number"), value, "en") for value in (7, 7.5, None)] == ["7", "7.5", ""]


def test_every_shipped_question_has_words_for_a_page_that_ask_for_no_text_message() -> None:
    for key in library.shipped():
        survey = restore(library.document(key))
        for each, language in ((each, language) for each in survey.questions for language in survey.languages):
            text = on_page(each, Voice("Clinic", "555", language)).lower()
            assert not any(word in text for word in ("reply", "send all", "responda", "envíe", "0=", "1=")), each.key
            assert language in LANGUAGES
