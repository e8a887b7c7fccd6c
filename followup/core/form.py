"""The web form behind a one-time link: what a link still opens, and how many wrong guesses it bears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from followup.core.lifecycle import FollowUpStatus, Reason

MOST_GUESSES: Final = 5
"""Wrong answers to the question who it is before a link is void (ADR 0020)."""
MOST_FROM_ADDRESS: Final = 30
"""Wrong links and answers from one address within an hour before it is refused: many share one (ADR 0020)."""
MOST_LINKS: Final = 8
"""Links of one follow-up that go out without staff: each brings new guesses."""
STAY: Final = timedelta(minutes=30)
"""How long the form stays open in a browser without being used."""
LATE_REASONS: Final = frozenset({Reason.NO_REPLY, Reason.HANDED_OVER})
"""Endings after which what the patient had on the screen is still kept, as a late answer."""
PHONE_DIGITS: Final = 4


class Standing(StrEnum):
    """What a link still opens."""

    OPEN = "open"
    HELD = "held"
    DONE = "done"
    CLOSED = "closed"
    REPLACED = "replaced"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """What decides about a link. `used`: the survey ended on the form. `held`: a safety concern pauses it."""

    status: FollowUpStatus
    closes_at: datetime | None
    held: bool
    used: bool
    blocked: bool
    voided: bool


def standing(facts: LinkFacts, now: datetime) -> Standing:
    """What the link opens at `now`. One that was blocked or replaced stays so."""
    if facts.blocked:
        return Standing.BLOCKED
    if facts.voided:
        return Standing.REPLACED
    if facts.used or facts.status is FollowUpStatus.COMPLETED:
        return Standing.DONE
    if facts.status is not FollowUpStatus.OPEN or facts.closes_at is None or now >= facts.closes_at:
        return Standing.CLOSED
    return Standing.HELD if facts.held else Standing.OPEN


def birth_date(year: str, month: str, day: str) -> date | None:
    """A date of birth as it was typed in three fields, or None where that is no date."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
