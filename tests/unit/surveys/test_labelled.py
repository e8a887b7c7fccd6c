"""Several answers in one text: taken only where each stands under its own name."""

import pytest

from surveys import library
from surveys.core.conversation.labelled import labelled
from surveys.core.definition import restore

QUESTIONS = restore(library.document("post-session")).questions[4:]


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("pain 3, mood 8", "en", {"pain_avg24": 3, "mood": 8}),
        ("my mood is 8 and pain is about a 3", "en", {"pain_avg24": 3, "mood": 8}),
        ("Pain: four\nMood: 10", "en", {"pain_avg24": 4, "mood": 10}),
        ("dolor 3 y ánimo 8", "es", {"pain_avg24": 3, "mood": 8}),
    ],
)
def test_answers_under_their_own_names_are_taken(text: str, language: str, values: dict[str, int]) -> None:
    assert labelled(QUESTIONS, text, language, None).values == values


@pytest.mark.parametrize(
    "text",
    ["3 8", "3, 8", "pain 3, my sister is 8", "pain 3, mood bad", "pain 3, mood 11", "pain 3, mood 8, mood 9", ""],
)
def test_what_is_not_named_or_not_sure_is_left_to_be_asked(text: str) -> None:
    assert "mood" not in labelled(QUESTIONS, text, "en", None).values


def test_whatever_else_is_said_is_noticed() -> None:
    assert labelled(QUESTIONS, "pain 3, mood 8", "en", None).nothing_else
    assert not labelled(QUESTIONS, "pain 3, mood 8, can someone call me", "en", None).nothing_else
