"""Hundreds as they are spoken: "one forty over ninety", "two ten" where something of that size is measured."""

from __future__ import annotations

from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.mentions import Mention

_FEWEST, _HUNDRED = 10, 100
_LEAST_MEASURED, _MOST_MEASURED = 30, 1_000
"""Between these a measure such as a weight in pounds or a pressure in mmHg is spoken in hundreds and tens."""


def with_hundreds(question: Question, tokens: Tokens, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The numbers with each "one" before "forty" joined to it, where the question can mean 140."""
    if not focus_of(question).measures or question.min is None or question.max is None:
        return mentions
    if question.min < _LEAST_MEASURED or question.max > _MOST_MEASURED:
        return mentions
    joined: list[Mention] = []
    for mention in mentions:
        whole = _spoken(tokens, joined[-1], mention) if joined else None
        if whole is not None and question.min <= (whole.value or 0.0) <= question.max:
            joined[-1] = whole
        else:
            joined.append(mention)
    return tuple(joined)


def _spoken(tokens: Tokens, hundreds: Mention, rest: Mention) -> Mention | None:
    """One number of a digit and the tens right behind it, both in words."""
    if hundreds.end != rest.start or tokens[rest.start].gap or {hundreds.form, rest.form} != {"words"}:
        return None
    if not 1 <= (hundreds.value or 0.0) < _FEWEST <= (rest.value or 0.0) < _HUNDRED:
        return None
    return Mention(hundreds.start, rest.end, (hundreds.value or 0.0) * _HUNDRED + (rest.value or 0.0), "words")
