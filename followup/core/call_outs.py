"""Call-outs: whom to text about an emergency or urgent item, and when the next (clinical content, section 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from followup.core.lifecycle import Level


class Duty(StrEnum):
    """In what part somebody is called out."""

    FIRST = "first"
    SECOND = "second"
    DIRECTOR = "director"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is called how long after the item came up, unless somebody has claimed it."""

    after: timedelta
    duties: tuple[Duty, ...]


def _minutes(minutes: int, *duties: Duty) -> Rung:
    return Rung(timedelta(minutes=minutes), duties)


LADDER: Final[Mapping[Level, tuple[Rung, ...]]] = {
    Level.EMERGENCY: (
        _minutes(0, Duty.FIRST, Duty.DIRECTOR),
        _minutes(5, Duty.SECOND),
        _minutes(10, Duty.DIRECTOR),
    ),
    Level.URGENT: (_minutes(0, Duty.FIRST), _minutes(30, Duty.SECOND), _minutes(60, Duty.DIRECTOR)),
}
"""The times of section 3.1. The charge nurse of an urgent item is the clinic's second on call."""

SEEN_WITHIN: Final = timedelta(minutes=10)
"""A safety text that has not been delivered by then may not have been seen (rule N5)."""


def next_at(level: Level, rung: int, since: datetime, now: datetime) -> datetime | None:
    """When rung number `rung` of an item that came up at `since` is due, not before `now`; None: there is none."""
    ladder = LADDER[level]
    return max(since + ladder[rung].after, now) if rung < len(ladder) else None


def words(level: Level, clinic: str, address: str) -> str:
    """The text of a call-out: nothing in it is about a patient."""
    return f"{clinic}: 1 {level.value} item, log in: {address}"
