"""Reads clock times; the half of the day must be sure, parts of the day and spans are asked again."""

from __future__ import annotations

from collections.abc import Iterable

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.clocks import NOON, Clock, find_clocks, meridiem
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.moments import against_moment, is_denied, scene_at, without_phones
from surveys.core.replies.values.outcome import Outcome, found, unclear

MOST_TIMES = 6
"""A text with more times than this is no answer to one question."""

_TWELVE = 12
_MIDNIGHT = 0


def read_time(question: Question, reply: Stripped, language: str) -> Outcome:
    """The one certain time as HH:MM."""
    tokens = without_phones(reply.tokens)
    clocks = find_clocks(tokens, language)
    if len(clocks) > MOST_TIMES:
        return unclear("Several times.")
    inside = {place for clock in clocks if clock.end - clock.start > 1 for place in range(clock.start, clock.end)}
    inside |= {place for match in phrases("time_limits").all(tokens) for place in range(match.start, match.end)}
    behind = _scene_from(tokens, clocks)
    if any(match.start not in inside and match.start < behind for match in phrases("time_vague").all(tokens)):
        return unclear("Before, after, between or some time ago.")
    if _not_done(question, tokens):
        return unclear("What is asked about has not happened.")
    found_times, since = _after_self_correction(tokens, _all_times(tokens, language))
    if not found_times:
        return unclear("No clock time.")
    kept = [each for each in found_times if not is_denied(tokens, each[0], _end_of(clocks, each[0]))]
    found_times = kept or found_times
    values = {value for _, value in found_times}
    if len(values) != 1:
        return unclear("Several times.")
    (value,) = values
    if value is None:
        return unclear("Morning or evening is not said.")
    first, last = found_times[0][0] - since, found_times[-1][0] - since
    if (against := against_moment(question, tokens[since:], first, last + 1)) is not None:
        return unclear(against)
    return found(f"{value // 60:02d}:{value % 60:02d}", "One clock time with a sure half of the day.")


def _end_of(clocks: list[Clock], start: int) -> int:
    return next((clock.end for clock in clocks if clock.start == start), start + 1)


def _not_done(question: Question, tokens: Tokens) -> bool:
    """ "haven't taken it, due at 3pm" where the time of something done is asked for."""
    ahead = focus_of(question).words & LEXICON.words("future_prompts")
    ends = LEXICON.words("value_ends") | LEXICON.words("since_words")
    if ahead or any(token.text in ends for token in tokens):
        return False
    return phrases("not_done").first(tokens) is not None


def _scene_from(tokens: Tokens, clocks: list[Clock]) -> int:
    """Where words begin that only say what was on at a time with a sure half: "10 p.m. after my stories"."""
    sure = [clock.end for clock in clocks if _minutes(tokens, clock) is not None]
    sure += [match.end for match in phrases("noon", "midnight").all(tokens)]
    scenes = {match.start for match in phrases("time_scene").all(tokens)}
    scenes |= {place for place in range(len(tokens)) if scene_at(tokens, place)}
    if len(sure) != 1 or any(clock.end > sure[0] for clock in clocks):
        return len(tokens)
    alone = (
        place
        for place in sorted(scenes)
        if place >= sure[0] and tokens[place - 1].text not in LEXICON.words("or_words")
    )
    return next(alone, len(tokens))


def _after_self_correction(
    tokens: Tokens, times: list[tuple[int, int | None]]
) -> tuple[list[tuple[int, int | None]], int]:
    """The times that count, and the place from which they are told."""
    for mark in reversed(phrases("self_corrections").all(tokens)):
        after = [each for each in times if each[0] >= mark.end]
        if any(each[0] < mark.start for each in times) and after and after[0][0] - mark.end <= 4:
            return after, mark.end
    return times, 0


def _all_times(tokens: Tokens, language: str) -> list[tuple[int, int | None]]:
    """Places and minutes of the day of all times; None where the half of the day is not sure."""
    named: list[tuple[int, int | None]] = [
        (match.start, NOON if match.label == "noon" else _MIDNIGHT) for match in phrases("noon", "midnight").all(tokens)
    ]
    clocks = find_clocks(tokens, language)
    named = [each for each in named if not any(clock.start < each[0] < clock.end for clock in clocks)]
    times: list[tuple[int, int | None]] = []
    for clock in clocks:
        if _counted_at(tokens, clock) or _scored(tokens, clock):
            continue
        beside = next((value for place, value in named if abs(place - clock.end) <= 1 and clock.hour == 12), None)
        times.append((clock.start, beside if beside is not None else _minutes(tokens, clock)))
    named = [(place, None if _runs_on(tokens, place) else value) for place, value in named]
    twelve = any(clock.hour == 12 for clock in clocks)
    return sorted(times + ([] if twelve and named else named), key=lambda each: each[0])


def _runs_on(tokens: Tokens, place: int) -> bool:
    """ "noon thirty": a number right behind a named hour may be its minutes."""
    behind = tokens[place + 1] if place + 1 < len(tokens) and not tokens[place + 1].gap else None
    return behind is not None and (behind.kind == "number" or behind.text in LEXICON.words("number_words"))


def _counted_at(tokens: Tokens, clock: Clock) -> bool:
    """ "2 at 9pm": a bare number right before the time is a count."""
    behind = [token.text for token in tokens[clock.end : clock.end + 2]]
    return (
        clock.end - clock.start == 1
        and " ".join(behind) not in LEXICON.lines("at_a_part")
        and (
            behind[:1] in ([word] for word in LEXICON.words("at_words")) or " ".join(behind) in LEXICON.lines("at_hour")
        )
        and tokens[clock.start].text.isdecimal()
    )


def _scored(tokens: Tokens, clock: Clock) -> bool:
    """ "9pm pain is 7": a bare number that a score's name leads is no hour."""
    idle = LEXICON.words("article") | LEXICON.words("hedge")
    lead = [token.text for token in tokens[max(0, clock.start - 3) : clock.start] if token.text not in idle][-2:]
    scores = {word for name in LEXICON.words("score_topics") for word in LEXICON.words(name)}
    if clock.end - clock.start > 1 or not tokens[clock.start].text.isdecimal() or meridiem(tokens, clock.end):
        return False
    return bool(lead) and (lead[-1] in scores or (lead[0] in scores and lead[-1] in LEXICON.words("copula")))


# -- the half of the day ----------------------------------------------------------------------------------------------


def _minutes(tokens: Tokens, clock: Clock) -> int | None:
    """Minutes of the day, or None where both halves are possible."""
    hour, minute = clock.hour, clock.minute
    if hour >= 13 or (hour == 0 and clock.sure):
        return (
            None
            if hour == 24 or not (clock.sure or clock.minute or meridiem(tokens, clock.end))
            else hour * 60 + minute
        )
    half = meridiem(tokens, clock.end)
    part = _part_of_day(tokens, clock)
    dial = 0 if hour == _TWELVE and minute else hour
    if clock.sure:
        return hour * 60 + minute
    halves = {each for each in (half, _half_of(part, dial)) if each}
    if len(halves) != 1 or hour == 0 or (part and _half_of(part, dial) is None):
        return None
    return hour % 12 * 60 + minute + (720 if halves == {"pm"} else 0)


def _part_of_day(tokens: Tokens, clock: Clock) -> str | None:
    """morning, afternoon, evening, night or dawn said of this time, before or after it in the same sentence."""
    end = next((place for place in range(clock.end, len(tokens)) if tokens[place].gap == "."), len(tokens))
    start = next((place for place in range(clock.start, -1, -1) if tokens[place].gap == "."), 0)
    parts = {match.label for match in phrases(*LEXICON.names("part_of_")).all(tokens[start:end])}
    return parts.pop().removeprefix("part_of_") if len(parts) == 1 else None if not parts else "several"


_HALVES: dict[str, dict[str, Iterable[int]]] = {
    "morning": {"am": range(12)},
    "dawn": {"am": (12, 0, 1, 2, 3, 4, 5, 6)},
    "afternoon": {"pm": (12, 0, 1, 2, 3, 4, 5, 6, 7)},
    "evening": {"pm": (4, 5, 6, 7, 8, 9, 10, 11)},
    "night": {"pm": (6, 7, 8, 9, 10, 11), "am": (12, 0)},
}


def _half_of(part: str | None, hour: int) -> str | None:
    """The half of the day that an hour of a part of the day lies in, where only one is possible.

    Hour 0 is between twelve and one: "12:30 in the morning" is past midnight, a bare "12 in the morning" may be noon.
    """
    return next((half for half, hours in _HALVES.get(part or "", {}).items() if hour in hours), None)
