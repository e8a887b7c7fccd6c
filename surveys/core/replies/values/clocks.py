"""Finds every hour of a clock that a reply names, however it is written or spoken."""

from __future__ import annotations

import re
from dataclasses import dataclass

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.tokens import Tokens, joined
from surveys.core.replies.values.mentions import Mention, find_mentions

NOON = 12 * 60
_DAY = 24 * 60
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
_MILITARY = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_MINUTES = re.compile(r"[1-5]\d|0?5")
_COMPACT = re.compile(r"(\d|1[0-2])([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time on the dial between two token places; `sure` says that it is written in 24 hours."""

    start: int
    end: int
    hour: int
    minute: int
    sure: bool


def find_clocks(tokens: Tokens, language: str) -> list[Clock]:
    """Every hour that is named, in the order of the text; none overlaps another."""
    clocks: list[Clock] = []
    spoken = {mention.start: mention for mention in find_mentions(tokens, language)}
    place = 0
    while place < len(tokens):
        clock = _relative(tokens, place, spoken) or _written(tokens, place) or _spoken(tokens, place, spoken)
        if clock is not None:
            clocks.append(clock)
        place = clock.end if clock else place + 1
    return clocks


def _written(tokens: Tokens, place: int) -> Clock | None:
    """9:15, 0830, 2000 hours, 930pm, 9 pm, 9."""
    token = tokens[place]
    if token.kind != "number":
        return _letter_zero(tokens, place)
    clock = _CLOCK.fullmatch(token.text)
    if clock and (":" in token.text or meridiem(tokens, place + 1)):
        hour, minute = int(clock.group(1)), int(clock.group(2))
        return Clock(place, place + 1, hour, minute, hour >= 13 or clock.group(1) in {"0", "00"}) if hour < 24 else None
    behind = tokens[place + 1].text if place + 1 < len(tokens) else ""
    digits = token.text
    military = _MILITARY.fullmatch(digits)
    if military and (digits[0] == "0" or int(military.group(1)) >= 13 or behind in LEXICON.words("hours_words")):
        return Clock(place, place + 1, int(military.group(1)), int(military.group(2)), not meridiem(tokens, place + 1))
    if behind in LEXICON.union("unit_") - LEXICON.words("clock_units") - LEXICON.words("hours_words"):
        return None
    compact = _COMPACT.fullmatch(digits)
    if compact and len(digits) >= 3 and int(compact.group(1)) <= 12:
        return Clock(place, place + 1, int(compact.group(1)), int(compact.group(2)), False)
    if not digits.isdecimal() or len(digits) > 2 or int(digits) > 24:
        return None
    return _whole_hour(tokens, place, place + 1, int(digits))


def _letter_zero(tokens: Tokens, place: int) -> Clock | None:
    """ "O630": the letter typed for the zero."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if tokens[place].raw not in {"O", "o"} or following is None or not following.glued:
        return None
    written = _MILITARY.fullmatch(f"0{following.text}")
    return Clock(place, place + 2, int(written.group(1)), int(written.group(2)), True) if written else None


def _whole_hour(tokens: Tokens, start: int, end: int, hour: int) -> Clock | None:
    """An hour, with its minutes where they follow, unless the number counts something else."""
    if (
        end < len(tokens)
        and tokens[end].kind == "number"
        and not tokens[end].gap
        and re.fullmatch(r"[0-5]\d", tokens[end].text)
    ):
        return Clock(start, end + 1, hour, int(tokens[end].text), hour >= 13)
    following = tokens[end] if end < len(tokens) and not tokens[end].gap else None
    if following and following.text == "h" and following.glued:
        after = tokens[end + 1] if end + 1 < len(tokens) else None
        minute = int(after.text) if after and after.glued and re.fullmatch(r"[0-5]\d", after.text) else 0
        return Clock(
            start,
            end + (2 if minute or (after and after.glued and after.kind == "number") else 1),
            hour,
            minute,
            hour >= 13,
        )
    half = _half_past(tokens, end)
    if half is not None:
        return Clock(start, half[1], hour, half[0], hour >= 13)
    if meridiem(tokens, end) is None and _counts(tokens, start, end):
        return None
    sure = hour >= 13 and (
        _introduced(tokens, start) or bool(following and following.text in LEXICON.words("hours_words"))
    )
    return Clock(start, end, hour, 0, sure)


def _introduced(tokens: Tokens, start: int) -> bool:
    return start > 0 and tokens[start - 1].text in LEXICON.words("hour_articles")


def _counts(tokens: Tokens, start: int, end: int) -> bool:
    following = tokens[end] if end < len(tokens) and not tokens[end].gap else None
    if following is None or following.text in LEXICON.words("hours_words") | LEXICON.words("oclock"):
        return False
    units = LEXICON.union("unit_") - LEXICON.words("clock_units")
    return (
        following.text in units
        or following.text in LEXICON.words("not_hour_followers")
        or (
            following.kind == "word"
            and following.text not in LEXICON.words("right_ok") | LEXICON.words("filler") | LEXICON.words("time_right")
        )
    )


def _half_past(tokens: Tokens, end: int) -> tuple[int, int] | None:
    """ "siete y media", "ocho y cuarto": minutes after the hour in Spanish word order."""
    words = [token.text for token in tokens[end : end + 2]]
    if len(words) == 2 and words[0] in LEXICON.words("and_words") and words[1] in LEXICON.words("spoken_parts"):
        return (30 if words[1] in LEXICON.words("half_words") else 15), end + 2
    minutes = _MINUTES.fullmatch(words[1]) if len(words) == 2 and words[0] in LEXICON.words("spoken_joins") else None
    return (int(words[1]), end + 2) if minutes and not tokens[end + 1].gap and not tokens[end].gap else None


def _spoken(tokens: Tokens, place: int, spoken: dict[int, Mention]) -> Clock | None:
    """ "nine thirty", "ocho y media", "seven o'clock"."""
    mention = spoken.get(place)
    if mention is None or mention.form not in {"words", "decimal"} or mention.value is None:
        return None
    if mention.form == "decimal" and mention.value % 1 == 0.5 and mention.value < 13 and tokens[place].kind == "word":
        return Clock(place, mention.end, int(mention.value), 30, False)
    if mention.form == "decimal" and mention.value % 1 == 0.25 and mention.value < 13 and tokens[place].kind == "word":
        return Clock(place, mention.end, int(mention.value), 15, False)
    if mention.value % 1 or mention.value > 24:
        return None
    second = spoken.get(mention.end)
    if (
        isinstance(second, Mention)
        and second.value in {5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55}
        and not tokens[mention.end].gap
    ):
        return Clock(place, second.end, int(mention.value), int(second.value), mention.value >= 13)
    return _whole_hour(tokens, place, mention.end, int(mention.value))


def _relative(tokens: Tokens, place: int, spoken: dict[int, Mention]) -> Clock | None:
    """ "quarter to 11", "half past six", "20 past 9", "un cuarto para las 9", "nueve menos cuarto"."""
    words = [token.text for token in tokens[place : place + 6]]
    minutes, length = _minutes_word(words, spoken.get(place))
    if minutes is None or length >= len(words):
        return _minus(tokens, place, spoken)
    sign = (
        1
        if words[length] in LEXICON.words("past_hour_words")
        else -1
        if words[length] in LEXICON.words("to_hour_words")
        else 0
    )
    at = place + length + 1
    while at < len(tokens) and tokens[at].text in LEXICON.words("hour_leads"):
        at += 1
    if sign and (named := phrases("noon", "midnight").all(tokens[at : at + 1])):
        total = (NOON if named[0].label == "noon" else _DAY) + sign * minutes
        return Clock(place, at + 1, total // 60 % 24, total % 60, True)
    if at < len(tokens) and tokens[at].text in LEXICON.words("one_pronouns") and at not in spoken:
        spoken = {**spoken, at: Mention(at, at + 1, 1.0, "words")}
    hour = spoken.get(at)
    if not sign or hour is None or hour.value is None or not 1 <= hour.value <= 12 or hour.value % 1:
        return None
    if (
        sign < 0
        and minutes not in {15, 20, 25}
        and not set(words) & LEXICON.words("unit_minute")
        and words[length] in LEXICON.words("strict_to_words")
    ):
        return None
    total = int(hour.value) * 60 + sign * minutes
    return Clock(place, hour.end, (total // 60 - 1) % 12 + 1, total % 60, False)


def _minutes_word(words: list[str], mention: Mention | None) -> tuple[int | None, int]:
    skip = 1 if set(words[:1]) & LEXICON.words("single_words") else 0
    if set(words[skip : skip + 1]) & LEXICON.words("quarter_words"):
        return 15, skip + 1
    if set(words[:1]) & LEXICON.words("half_hour_words"):
        return 30, 1
    if mention is not None and mention.value in {5, 10, 15, 20, 25} and mention.form in {"figures", "words"}:
        length = mention.end - mention.start
        return int(mention.value), length + bool(set(words[length : length + 1]) & LEXICON.words("unit_minute"))
    return None, 0


def _minus(tokens: Tokens, place: int, spoken: dict[int, Mention]) -> Clock | None:
    hour = spoken.get(place)
    if hour is None or hour.value is None or not 1 <= hour.value <= 12 or hour.value % 1:
        return None
    if joined(tokens[hour.end : hour.end + 2]) in LEXICON.lines("quarter_less"):
        return Clock(place, hour.end + 2, (int(hour.value) - 2) % 12 + 1, 45, False)
    return None


def meridiem(tokens: Tokens, place: int) -> str | None:
    """am or pm in any spelling right after the time."""
    words = [token.text for token in tokens[place : place + 4]]
    while words and words[0] in LEXICON.words("clock_tails"):
        words = words[1:]
        place += 1
    if not words or (place < len(tokens) and tokens[place].gap == "." and not tokens[place].glued):
        return None
    first = words[0]
    if first in {"am", "pm"}:
        return first
    if first in {"a", "p"} and (words[1:2] == ["m"] or (tokens[place].glued and (len(words) == 1 or words[1] != "m"))):
        return f"{first}m"
    if " ".join(words[:2]) in LEXICON.lines("in_the") and words[2:3] in (["am"], ["pm"]):
        return words[2]
    return None
