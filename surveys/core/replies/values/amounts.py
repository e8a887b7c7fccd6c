"""Options that are amounts ("1 to 3 days", "more than a week"), and the one in which a said amount lies."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.segments import clause_at, clauses

_COUNT = "count"
_LITTLE = 1e-6
"""What parts "more than 3" from "3 or more"."""

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Amount:
    """From `low` to `high` of one kind of unit, said between two token places."""

    start: int
    end: int
    low: float
    high: float
    kind: str
    vague: bool = False
    size: float = 1.0


def amount_meant(question: Question, tokens: Tokens) -> str | None:
    """The code of the one option that holds the one amount of the text, or None.

    "about 2 days" is "1 to 3 days", "a few hours" is "less than a day"; "almost a week" and "2 days ago" are nothing.
    """
    offered = _offered(question)
    said = list(_amounts(tokens)) if len(offered) > 1 else []
    if len(said) != 1 or not _is_answer(question, tokens, said[0]):
        return None
    if said[0].kind == _COUNT and any(option.code.isdecimal() for option in question.options):
        return None
    holds = _is_span if said[0].kind == _COUNT != offered[0][1].kind else _holds
    codes = [code for code, each in offered if holds(each, said[0])]
    return codes[0] if len(codes) == 1 else None


def _holds(option: Amount, said: Amount) -> bool:
    """A vague amount ("a few hours") lies only in an option with one end ("less than a day")."""
    one_ended = option.low == 0 or math.isinf(option.high)
    return (
        option.kind == said.kind
        and option.low <= said.low
        and said.high <= option.high
        and (one_ended or not said.vague)
    )


def _is_span(option: Amount, said: Amount) -> bool:
    """ "10-30" for "10 to 30 minutes": the very numbers of an option without their unit."""
    low, high = (option.low + _LITTLE) / option.size, (option.high + _LITTLE) / option.size
    same = math.isclose(low, said.low, abs_tol=0.01) and (low == high or math.isclose(high, said.high, abs_tol=0.01))
    return same and said.low != said.high


@lru_cache(maxsize=512)
def _offered(question: Question) -> tuple[tuple[str, Amount], ...]:
    labels = ((option.code, tokenise(clean(option.label))) for option in question.options)
    return tuple(
        (code, amounts[0])
        for code, tokens in labels
        if len(amounts := list(_amounts(tokens))) == 1 and not amounts[0].vague
    )


def _is_answer(question: Question, tokens: Tokens, said: Amount) -> bool:
    """Nothing but filling before the amount, and behind it neither "ago" nor "or more"; no other number anywhere."""
    start, _ = clause_at(clauses(tokens), said.start)
    leads = focus_of(question).words | LEXICON.words("amount_leads")
    names = ("filler", "hedge", "copula")
    led = all(
        token.text in leads or any(token.text in LEXICON.words(name) for name in names)
        for token in tokens[start : said.start]
    )
    if any(match.start < said.end and said.start < match.end for match in phrases("set_phrases").all(tokens)):
        return False
    rest = (*tokens[: said.start], *tokens[said.end :])
    open_ended = any(token.text in LEXICON.words("amount_openers") or token.kind == "number" for token in rest)
    return led and not open_ended


def _amounts(tokens: Tokens) -> Iterator[Amount]:
    units = LEXICON.pairs("amount_units")
    if not any(token.text in units or token.text in LEXICON.words("amount_once") for token in tokens):
        yield from _counts(tokens)
        return
    for place, token in enumerate(tokens):
        if token.text in units:
            kind, _, size = units[token.text].partition(":")
            amount = _amount_at(tokens, place, kind, float(size))
            if amount is not None:
                yield amount
        elif token.text in LEXICON.words("amount_once"):
            yield from _times(tokens, place)


def _times(tokens: Tokens, place: int) -> Iterator[Amount]:
    """ "twice", "once or twice" from a place that begins it."""
    counts, kind = LEXICON.pairs("amount_counts"), LEXICON.lines("amount_once_kind")[0]
    words = [token.text if token.text in LEXICON.words("amount_once") else "" for token in tokens]
    joined = LEXICON.words("or_words")
    if place > 1 and words[place - 2] and tokens[place - 1].text in joined:
        return
    more = place + 2 < len(tokens) and words[place + 2] and tokens[place + 1].text in joined
    end = place + 3 if more else place + 1
    yield Amount(place, end, float(counts[words[place]]), float(counts[words[end - 1]]), kind)


def _counts(tokens: Tokens) -> Iterator[Amount]:
    """Numbers that nothing is said to be of: "3 to 5", "more than five"."""
    place = 0
    while place < len(tokens):
        value = _value(tokens, place)
        if value is None or tokens[place].text in LEXICON.words("singular_articles"):
            place += 1
            continue
        end, high = place + 1, value
        later = _value(tokens, place + 2)
        if later is not None and tokens[place + 1].text in LEXICON.words("range_joins"):
            end, high = place + 3, later
        bounded = _bounded(tokens, place, end, min(value, high), max(value, high))
        if bounded is not None:
            yield Amount(bounded[0], end, bounded[1], bounded[2], _COUNT)
        place = end


def _amount_at(tokens: Tokens, unit: int, kind: str, size: float) -> Amount | None:
    """The amount whose unit stands at a place."""
    place = unit - 1
    while place > 0 and not tokens[place + 1].gap and tokens[place].text in LEXICON.words("amount_stress"):
        place -= 1
    span = _span_before(tokens, place, unit)
    if span is None:
        return None
    start, low, high = span
    end = unit + 1
    halves = [token.text for token in tokens[end : end + 3]]
    if halves and phrases("and_a_half").whole(tokens[end : end + len(halves)]):
        low, high, end = low + _HALF, high + _HALF, end + len(halves)
    wider = _value(tokens, unit + 2)
    if wider is not None and tokens[unit + 1].text in LEXICON.words("or_words"):
        high, end = max(high, wider), unit + 3
    bounded = _bounded(tokens, start, end, low, high)
    vague = tokens[place].text in LEXICON.words("vague_amounts")
    return None if bounded is None else Amount(bounded[0], end, bounded[1] * size, bounded[2] * size, kind, vague, size)


def _span_before(tokens: Tokens, place: int, unit: int) -> tuple[int, float, float] | None:
    """Where the numbers before a unit begin, and the lowest and highest they name."""
    if place < 0 or tokens[unit].gap:
        return None
    vague = LEXICON.pairs("amount_vague")
    text = tokens[place].text
    if text in vague:
        low, _, high = vague[text].partition(":")
        led = place > 0 and tokens[place - 1].text in LEXICON.words("singular_articles")
        return place - led, float(low), float(high)
    half = LEXICON.words("half_words")
    if text in half or (text in LEXICON.words("singular_articles") and place > 0 and tokens[place - 1].text in half):
        return place - (text not in half), _HALF, _HALF
    opened = text in LEXICON.words("above_words") and place > 1 and tokens[place - 1].text in LEXICON.words("or_words")
    least = _value(tokens, place - 2) if opened else None
    if least is not None:
        return place - 2, least, math.inf
    value = _value(tokens, place)
    if value is None:
        return None
    lower = _value(tokens, place - 2) if place > 1 and tokens[place - 1].text in LEXICON.words("range_joins") else None
    return (place, value, value) if lower is None else (place - 2, min(lower, value), max(lower, value))


def _value(tokens: Tokens, place: int) -> float | None:
    if not 0 <= place < len(tokens):
        return None
    token: Token = tokens[place]
    if token.kind == "number":
        return float(token.text) if token.text.replace(".", "", 1).isdecimal() else None
    said = LEXICON.pairs("amount_counts").get(token.text)
    return float(said) if said and token.text not in LEXICON.words("amount_once") else None


def _bounded(tokens: Tokens, start: int, end: int, low: float, high: float) -> tuple[int, float, float] | None:
    """The amount with a "less than", "over" or "or more" around it; None where it is only nearly meant."""
    behind = {token.text for token in tokens[end : end + 2]}
    opened = end < len(tokens) and tokens[end].text in LEXICON.words("or_words")
    if opened and behind & LEXICON.words("above_words"):
        return start, low, math.inf
    lead = start - 1
    if lead > 0 and tokens[lead].text in LEXICON.words("than_words"):
        lead -= 1
    word = tokens[lead].text if lead >= 0 and not tokens[lead + 1].gap else ""
    if word in LEXICON.words("below_words"):
        return lead, 0.0, low - _LITTLE
    if word in LEXICON.words("above_words"):
        return lead, high + _LITTLE, math.inf
    return None if word in LEXICON.words("half_hearted") | LEXICON.words("amount_bounds") else (start, low, high)
