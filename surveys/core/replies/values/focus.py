"""What a question is about, read from its own wording: its topics, its moment, its units, its zero and top labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens

_PARENTHESES = re.compile(r"\([^()]{0,80}\)")
_ENDS = re.compile(r"\d+\s*=[^,.;?!]{0,80}|[.?!:;]\s+\d+\s[^.?!;]{0,120}")
"""What a prompt says of the ends of its scale outside parentheses: "10 = worst pain", "0 es nada y 10 mucho"."""
_UNITS = ("times", "percent", "degree_f", "steps", "hour", "minute", "day", "pill", "alcohol", "beats", "pound", "kilo")


@dataclass(frozen=True, slots=True)
class Focus:
    """`moment` is now, day (today) or span (a time that has passed); `words` are all words of the prompt."""

    topics: frozenset[str]
    moment: str
    aspects: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]
    counts: bool
    measures: bool


@lru_cache(maxsize=512)
def focus_of(question: Question) -> Focus:
    """What the prompt asks about."""
    tokens = tokenise(clean(_PARENTHESES.sub(" ", question.text)))
    words = frozenset(token.text for token in tokens)
    return Focus(
        topics=frozenset(topic for topic in topics() if words & LEXICON.words(topic)),
        moment=_moment(tokens),
        aspects=_aspects(question.text),
        units=_units(words, tokens, question),
        words=words,
        measures=question.type == "number" and not words & LEXICON.words("counting_prompt"),
        counts=question.type == "number" and bool(words & LEXICON.words("counting_prompt")),
    )


def _aspects(prompt: str) -> frozenset[str]:
    """worst, average or best; "dolor más fuerte" asks for the worst, "10 = worst pain" only ends the scale."""
    tokens = tokenise(clean(_ENDS.sub(". ", _PARENTHESES.sub(" ", prompt))))
    words = frozenset(token.text for token in tokens)
    named = {aspect for aspect in LEXICON.names("aspect_") if words & LEXICON.words(aspect)}
    return frozenset(named | (LEXICON.words("worst_aspects") if phrases("asks_worst").first(tokens) else set()))


def topics() -> tuple[str, ...]:
    """The names of all lists of topic words."""
    return LEXICON.names("topic_")


def _moment(tokens: Tokens) -> str:
    for name in ("moment_now", "moment_span", "moment_day"):
        if phrases(name).first(tokens):
            return name.removeprefix("moment_")
    return "now"


def _units(words: frozenset[str], tokens: Tokens, question: Question) -> frozenset[str]:
    """Unit words that fit the number asked for; "hours" in "the last 24 hours" is no unit of the answer."""
    if question.type != "number":
        return frozenset()
    asked = phrases("asked_unit").first(tokens)
    near = {token.text for token in tokens[asked.start : asked.end + 2]} if asked else set()
    if words & LEXICON.words("unit_percent"):
        near |= LEXICON.words("unit_percent")
    if words & LEXICON.words("temperature_words"):
        near |= LEXICON.words("degree_letters")
    fitting: set[str] = set(near)
    for unit in _UNITS:
        if near & LEXICON.words(f"unit_{unit}"):
            fitting |= LEXICON.words(f"unit_{unit}")
    if not words & LEXICON.words("counting_prompt"):
        fitting |= words & LEXICON.words("unit_dose")
    if near & LEXICON.words("unit_pill"):
        fitting |= LEXICON.words("unit_drug_own")
    return frozenset(fitting)
