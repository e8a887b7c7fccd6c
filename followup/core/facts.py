"""What the rules look at: the answers of one follow-up, its scores, and the history that rules compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """One value at its time. `day` is the patient's own calendar day."""

    at: datetime
    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Total:
    """A score that counts: its value, and whether it has reached the line at which its survey looks closer."""

    value: float
    flagged: bool = False
    line: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of the patient from before this follow-up.

    `pain` and `rescue` are the readings since the care session ended, oldest first; `first_days` the pain a day after
    each session of the series up to this one, None where it was not told; `earlier` the totals of earlier surveys by
    score, oldest first. B, the baseline pain, is that of section 3.2, `rescue_base` its like for extra medicine;
    `mood_mean` the patient's own mean of 14 days. `raised` are the rules that were raised since the session ended,
    `crisis_text` says that words of crisis came in the last day, `newer_session` that another visit has ended since.
    """

    baseline_pain: float | None = None
    pain: tuple[Reading, ...] = ()
    first_days: tuple[float | None, ...] = ()
    rescue_base: float | None = None
    rescue: tuple[Reading, ...] = ()
    mood_mean: float | None = None
    earlier: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    raised: frozenset[str] = frozenset()
    crisis_text: bool = False
    newer_session: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The current answers of one follow-up, and what rules set beside them.

    `given` are the values in the order of the answers; `asks` the questions of the survey; `is_over` says that nothing
    more will be asked, so that what is missing stays missing. `hours` since the session ended. `now` is the time of the
    answer, as a reading's. `reply_seconds` from the question's leaving to the answer.
    """

    answers: Mapping[str, Any]
    given: tuple[Any, ...] = ()
    asks: frozenset[str] = frozenset()
    is_over: bool = False
    scores: Mapping[str, Total] = field(default_factory=dict)
    hours: float | None = None
    now: Reading | None = None
    hypertension: bool = False
    reply_seconds: float | None = None
    history: History = History()


def whole(value: Any) -> int:
    """A scale or choice as its number; 0 where it was not answered."""
    return int(value) if value not in (None, "") else 0
