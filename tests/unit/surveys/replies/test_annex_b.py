"""The vectors of the clinical content's annex B that are about replies."""

import unicodedata
from typing import Any

import pytest

from surveys import library
from surveys.core.definition import restore
from surveys.core.replies.reader import read
from surveys.core.replies.safety.screening import screen


def reading(survey: str, question: str, text: str, language: str = "en") -> tuple[str, Any]:
    understood = read(restore(library.document(survey)).question(question).for_reader(language), text, language)
    return understood.kind, understood.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11", None),
        ("-1", None),
        ("7/10", 7),
        ("seven", 7),
        ("siete", 7),
        ("７", 7),
    ],
)  # 37
def test_a_pain_rating_is_taken_in_figures_and_words_and_refused_outside_its_scale(
    text: str, expected: int | None
) -> None:
    assert reading("pain", "pain_now", text) == (("answer", 7) if expected else ("reprompt", None))


def test_ten_among_the_symptoms_is_asked_again_in_words_and_never_one_and_zero() -> None:  # 27
    assert reading("side-effects", "se_which", "10")[0] == "reprompt"


def test_symptoms_are_taken_with_any_separators() -> None:  # 28
    assert reading("side-effects", "se_which", "1, 4 5") == ("answer", ("1", "4", "5"))


def test_a_denied_crisis_is_lowered_by_one_tier_and_never_to_none() -> None:  # 29
    assert screen("not suicidal just tired").tier == "urgent"


@pytest.mark.parametrize("text", ["Náusea y vómito", "corazón acelerado", "Mareo y dolor de cabeza"])
def test_accents_read_the_same_composed_and_decomposed(text: str) -> None:  # 38
    decomposed = unicodedata.normalize("NFD", text)
    assert reading("side-effects", "se_which", decomposed, "es") == reading("side-effects", "se_which", text, "es")
    assert screen(decomposed) == screen(text)
