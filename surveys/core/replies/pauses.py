"""Until when somebody wants a break from the texts: "pause for two weeks", "no texts until Monday"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.dates import read_date
from surveys.core.replies.values.mentions import find_mentions

LONGEST: Final = timedelta(days=90)
"""A longer break is for a person to agree on; a plan's longest step lies 90 days ahead (clinical content, 2.4)."""

_AHEAD: Final = Question("date", "", direction="future")
_BETWEEN: Final = 2


def pause_end(text: str, language: str, now: datetime) -> date | None:
    """The day from which texts may come again, or None where the text names none, several, or one too far away.

    `now` is the patient's local date and time; a period counts from its day.
    """
    tokens = tokenise(clean(text))
    ends = set(_periods(tokens, language, now.date())) | set(_days(tokens, language, now))
    if len(ends) != 1:
        return None
    (end,) = ends
    return end if timedelta(0) < end - now.date() <= LONGEST else None


def _periods(tokens: Tokens, language: str, today: date) -> Iterator[date]:
    """ "for 2 weeks", "un par de días"."""
    units, counts = LEXICON.pairs("pause_units"), LEXICON.pairs("pause_counts")
    numbers = {mention.end: mention.value for mention in find_mentions(tokens, language)}
    for place, token in enumerate(tokens):
        if token.text not in units:
            continue
        before = [each.text for each in tokens[max(0, place - _BETWEEN) : place]]
        counted = next((int(counts[word]) for word in reversed(before) if word in counts), None)
        many = numbers.get(place, counted)
        if many is not None and many >= 1:
            yield today + timedelta(days=min(int(many), LONGEST.days + 1) * int(units[token.text]))


def _days(tokens: Tokens, language: str, now: datetime) -> Iterator[date]:
    """ "until Monday", "hasta el 5 de junio", "next week"."""
    monday = now.date() + timedelta(days=7 - now.weekday())
    if phrases("next_week").first(tokens):
        yield monday
        return
    starts = [place + 1 for place, token in enumerate(tokens) if token.text in LEXICON.words("until_words")]
    for start in starts:
        tail = Stripped("", tokens[start:], echoed=False)
        day = read_date(_AHEAD, tail, language, now).value
        if isinstance(day, str):
            yield date.fromisoformat(day)
