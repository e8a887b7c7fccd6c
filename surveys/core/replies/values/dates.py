"""Reads dates relative to the day the reply arrives; what could mean two days is asked again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from rapidfuzz.distance import OSA

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.mentions import find_mentions
from surveys.core.replies.values.moments import against_moment, is_denied
from surveys.core.replies.values.outcome import Outcome, found, unclear

_SHORTEST_MISSPELT = 6
_SMALL_HOURS = 5
_LONGEST_AGO = 366


@dataclass(frozen=True, slots=True)
class Named:
    """A day between two token places; `day` None where the words name no day that exists or could mean two."""

    start: int
    end: int
    day: date | None
    by: str


def read_date(question: Question, reply: Stripped, language: str, now: datetime | None) -> Outcome:
    """The one certain day as YYYY-MM-DD."""
    if now is None:
        return unclear("The day of the reply is not known.")
    tokens = _spelled_days(reply.tokens)
    inside = {place for each in _all_days(tokens, question, language, now) for place in range(each.start, each.end)}
    inside |= _hours_of(tokens, inside) | _beside_the_day(tokens, question, inside)
    if any(match.start not in inside or match.end - 1 not in inside for match in phrases("date_vague").all(tokens)):
        return unclear("Before, after, last, next or some time ago.")
    named, since = _after_self_correction(tokens, _all_days(tokens, question, language, now))
    days = {each.day for each in named}
    if not named:
        return unclear("No day.")
    if len(days) != 1 or None in days:
        return unclear("Several days, or a day that does not exist.")
    (day,) = days
    if day is None:
        return unclear("No day that exists.")
    first, last = named[0].start - since, named[-1].end - since
    if (against := against_moment(question, tokens[since:], first, last)) is not None:
        return unclear(against)
    if (question.direction == "past" and day > now.date()) or (question.direction == "future" and day < now.date()):
        return unclear("On the wrong side of today.")
    return found(day.isoformat(), "One day.")


def _spelled_days(tokens: Tokens) -> Tokens:
    """The tokens with misspelt names of days put right, where one name is one slip away."""
    return tuple(
        replace(token, text=better) if token.kind == "word" and (better := _day_meant(token.text)) else token
        for token in tokens
    )


@lru_cache(maxsize=4096)
def _day_meant(word: str) -> str | None:
    if len(word) < _SHORTEST_MISSPELT or word in LEXICON.known_words:
        return None
    names = {name for name in LEXICON.words("weekdays") | LEXICON.words("day_names") if len(name) >= _SHORTEST_MISSPELT}
    near = {name for name in names if name[0] == word[0] and OSA.distance(word, name, score_cutoff=1) == 1}
    return near.pop() if len(near) == 1 else None


def _hours_of(tokens: Tokens, days: set[int]) -> set[int]:
    """The places of "after 2", "between 2 and 4", "before noon" behind a day: they narrow its hours, not the day."""
    return {
        place
        for match in phrases("hour_limits").all(tokens)
        if days and match.start > min(days)
        for place in range(match.start, match.end)
    }


def _beside_the_day(tokens: Tokens, question: Question, days: set[int]) -> set[int]:
    """The places of "after church" and, asked for a wish, of "if you have it" behind a day."""
    the = LEXICON.words("definite_words")
    if not days or any(place and tokens[place - 1].text in the for place in days):
        return set()
    behind = range(max(days) + 1, len(tokens))
    asked_if = LEXICON.words("if_words") if question.direction == "future" else frozenset()
    daily = {match.start for match in phrases("daily_scenes").all(tokens)}
    return {place for place in behind if tokens[place].text in asked_if or place in daily}


def _after_self_correction(tokens: Tokens, named: list[Named]) -> tuple[list[Named], int]:
    """The days that count, and the place from which they are told."""
    for mark in reversed(phrases("self_corrections").all(tokens)):
        after = [each for each in named if each.start >= mark.end]
        if any(each.start < mark.start for each in named) and after and after[0].start - mark.end <= 3:
            return after, mark.end
    return named, 0


def _all_days(tokens: Tokens, question: Question, language: str, now: datetime) -> list[Named]:
    """All days; a weekday beside its own date counts once when they agree and as no day when they do not."""
    reader = _Days(tokens, question, language, now)
    named: list[Named] = []
    place = 0
    barred = {match.start: match.end for match in phrases("no_days").all(tokens)}
    while place < len(tokens):
        place = max(place, barred.get(place, 0))
        each = reader.at(place) if place < len(tokens) else None
        if each:
            named.append(each)
        place = each.end if each else place + 1
    named = [each for each in named if not is_denied(tokens, each.start, each.end)] or named
    weekdays = [each for each in named if each.by == "weekday"]
    others = [each for each in named if each.by != "weekday"]
    if weekdays and others:
        agree = all(
            other.day and _weekday_of(tokens, each) == other.day.weekday() for each in weekdays for other in others
        )
        return others if agree else [Named(0, 1, None, "disagree")]
    return named


def _weekday_of(tokens: Tokens, named: Named) -> int:
    words = LEXICON.pairs("weekdays")
    return next(int(words[token.text]) for token in tokens[named.start : named.end] if token.text in words)


class _Days:
    """Finds the day that begins at a token place."""

    def __init__(self, tokens: Tokens, question: Question, language: str, now: datetime) -> None:
        self._tokens = tokens
        self._direction = question.direction
        self._language = language
        self._now = now
        self._today = now.date()
        names = ("day_0", "day_before_1", "day_before_2", "day_after_1", "day_after_2", "last_night")
        self._relative_days = {match.start: match for match in phrases(*names).all(tokens)}
        self._this_month = phrases("this_month").all(tokens)
        self._numbers = {mention.start: mention for mention in find_mentions(tokens, language)}

    def at(self, place: int) -> Named | None:
        """The longest way to name a day that begins here."""
        for read in (
            self._iso,
            self._figures,
            self._month_first,
            self._day_first,
            self._counted,
            self._relative,
            self._weekday,
            self._ordinal,
        ):
            named = read(place)
            if named:
                return named
        return None

    def _word(self, place: int) -> str:
        return self._tokens[place].text if place < len(self._tokens) else ""

    def _number(self, place: int) -> int | None:
        mention = self._numbers.get(place)
        if mention is None or mention.value is None or mention.value % 1:
            return None
        return int(mention.value)

    # -- relative ---------------------------------------------------------------------------------------------

    def _relative(self, place: int) -> Named | None:
        match = self._relative_days.get(place)
        if match is None or (
            self._word(place) in LEXICON.words("tomorrow_or_morning")
            and place
            and self._word(place - 1) in LEXICON.words("morning_articles")
        ):
            return None
        if match.label == "last_night":
            early = self._now.hour < _SMALL_HOURS
            return Named(place, match.end, None if early else self._today - timedelta(days=1), "relative")
        sign = -1 if match.label.startswith("day_before") else 1
        return Named(place, match.end, self._today + sign * timedelta(days=int(match.label[-1])), "relative")

    def _counted(self, place: int) -> Named | None:
        """ "4 days ago", "hace 2 días", "in 3 days"."""
        lead = self._word(place)
        at = place + 1 if lead in LEXICON.words("counted_day_leads") else place
        at += self._word(at) in LEXICON.words("inside_joins") and lead in LEXICON.words("inside_words")
        at += self._word(at) in LEXICON.words("hedge")
        count = self._number(at)
        if self._word(at) in LEXICON.words("single_words") and self._word(at + 1) in LEXICON.words("day_words"):
            count, end = 1, at + 1
        elif count is not None:
            end = self._numbers[at].end
        else:
            return None
        if self._word(end) not in LEXICON.words("unit_day") or count > _LONGEST_AGO:
            return None
        behind = self._word(end + 1)
        if lead in LEXICON.words("since_ago_words") or behind in LEXICON.words("ago_words"):
            stop = end + 1 + (behind in LEXICON.words("ago_words"))
            return Named(place, stop, self._today - timedelta(days=count), "relative")
        if lead in LEXICON.words("ahead_leads") or behind in LEXICON.words("from_words"):
            return Named(
                place,
                end + 1 + 2 * (behind in LEXICON.words("from_words")),
                self._today + timedelta(days=count),
                "relative",
            )
        return None

    # -- weekdays and days of the month -----------------------------------------------------------------------

    def _weekday(self, place: int) -> Named | None:
        number = LEXICON.pairs("weekdays").get(self._word(place))
        if number is None:
            return None
        if self._direction is None or int(number) == self._today.weekday():
            same = any(match.label == "day_0" for match in self._relative_days.values())
            return Named(
                place, place + 1, self._today if same and int(number) == self._today.weekday() else None, "weekday"
            )
        ahead = (int(number) - self._today.weekday()) % 7
        day = self._today + timedelta(days=ahead if self._direction == "future" else ahead - 7)
        return Named(place, place + 1, day, "weekday")

    def _ordinal(self, place: int) -> Named | None:
        """ "the 9th", "el 9", "el día 9": the nearest such day in the question's direction."""
        number, end, marked = self._day_number(place)
        before = self._word(place - 1) if place else ""
        spanish = before in LEXICON.words("day_articles") and self._word(end) not in LEXICON.words("unit_time")
        bare = before in LEXICON.pairs("weekdays") and not self._tokens[place].gap and end - place == 1
        marked = marked or (
            bare and self._word(end) not in LEXICON.words("unit_time") | LEXICON.words("not_day_followers")
        )
        if number is None or not (marked or spanish) or self._direction is None:
            return None
        if self._word(end) in LEXICON.words("months") or not 1 <= number <= 31:
            return None
        stop = next((match.end for match in self._this_month if match.start == end), end)
        if stop > end:
            return Named(place, stop, _day(self._today.year, self._today.month, number), "ordinal")
        return Named(place, end, self._nearest(lambda month, year: _day(year, month, number), number), "ordinal")

    def _day_number(self, place: int) -> tuple[int | None, int, bool]:
        """A day of the month, the place behind it, and whether it was written as an ordinal."""
        word = self._word(place)
        ordinal = LEXICON.pairs("day_ordinals").get(word)
        if ordinal is not None:
            return int(ordinal), place + 1, True
        number = self._number(place)
        if number is None:
            return None, place, False
        end = self._numbers[place].end
        if number == 20 or number == 30:
            tail = LEXICON.pairs("day_ordinals").get(self._word(end) if self._word(end) != "-" else self._word(end + 1))
            if tail and int(tail) < 10:
                return number + int(tail), end + 1 + (self._word(end) == "-"), True
        if end < len(self._tokens) and self._tokens[end].glued and self._word(end) in LEXICON.words("ordinal_endings"):
            return number, end + 1, True
        return number, end, False

    def _nearest(self, make: Callable[[int, int], date | None], number: int) -> date | None:
        """The nearest month in the direction that has such a day; today itself could be meant for last month's."""
        if number == self._today.day:
            return None
        step = -1 if self._direction == "past" else 1
        month, year = self._today.month, self._today.year
        for _ in range(12):
            day = make(month, year)
            if day and (day < self._today) == (step < 0):
                return day
            month, year = (month + step - 1) % 12 + 1, year + (month + step - 1) // 12
        return None

    # -- month and day ----------------------------------------------------------------------------------------

    def _month_first(self, place: int) -> Named | None:
        month = LEXICON.pairs("months_numbers").get(self._word(place))
        if month is None:
            return None
        at = place + 1 + (self._word(place + 1) in LEXICON.words("date_fillers"))
        number, end, _ = self._day_number(at)
        if number is None:
            return None
        year, end = self._year(end)
        return Named(place, end, self._dated(int(month), number, year), "date")

    def _day_first(self, place: int) -> Named | None:
        number, end, _ = self._day_number(place)
        if number is None:
            return None
        end += self._word(end) in LEXICON.words("of_words")
        month = LEXICON.pairs("months_numbers").get(self._word(end))
        if month is None:
            return None
        year, stop = self._year(end + 1)
        return Named(place, stop, self._dated(int(month), number, year), "date")

    def _year(self, place: int) -> tuple[int | None, int]:
        at = place + (self._word(place) in LEXICON.words("year_leads"))
        word = self._word(at)
        if re.fullmatch(r"20\d\d", word):
            return int(word), at + 1
        return None, place

    def _iso(self, place: int) -> Named | None:
        words = [self._word(place + step) for step in range(5)]
        if not (re.fullmatch(r"20\d\d", words[0]) and words[1] == words[3] and words[1] in {"-", "/"}):
            return None
        if not (words[2].isdecimal() and words[4].isdecimal()):
            return None
        return Named(place, place + 5, _day(int(words[0]), int(words[2][:2]), int(words[4][:2])), "date")

    def _figures(self, place: int) -> Named | None:
        """ "3/7", "3-7-2025": month first in English; in Spanish only where one part is over 12."""
        words = [self._word(place + step) for step in range(5)]
        if not (re.fullmatch(r"\d\d?", words[0]) and words[1] in {"/", "-"} and re.fullmatch(r"\d\d?", words[2])):
            return None
        first, second = int(words[0]), int(words[2])
        year: int | None = None
        end = place + 3
        if words[3] == words[1] and re.fullmatch(r"(?:20)?\d\d", words[4]):
            year, end = int(words[4]) + (2000 if len(words[4]) == 2 else 0), place + 5
        if LEXICON.words("day_or_month_first", self._language):
            if (first > 12) == (second > 12):
                return Named(place, end, None, "date")
            first, second = (second, first) if first > 12 else (first, second)
        return Named(place, end, self._dated(first, second, year), "date")

    def _dated(self, month: int, number: int, year: int | None) -> date | None:
        """A month and day in the given year, or in the nearest one in the question's direction."""
        if year is not None:
            return _day(year, month, number)
        candidates = [day for offset in (-1, 0, 1) if (day := _day(self._today.year + offset, month, number))]
        if self._direction == "past":
            return max((day for day in candidates if day <= self._today), default=None)
        if self._direction == "future":
            return min((day for day in candidates if day >= self._today), default=None)
        return min(candidates, key=lambda day: abs((day - self._today).days), default=None)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
