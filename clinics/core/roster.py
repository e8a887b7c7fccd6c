"""The on-call roster: spans in which somebody can act, and whether they reach far enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from clinics.core.roles import Permission, Role, allows

AHEAD: Final = timedelta(hours=4)
"""Somebody must be on call for this long from now before self-harm is asked about (clinical content, rule M1b)."""
LONGEST: Final = timedelta(days=7)
SHORTEST: Final = timedelta(hours=1)
MOST_WEEKS: Final = 52
ACTING_ROLES: Final = tuple(role for role in Role if allows(role, Permission.REVIEW))
"""Roles that may be on call: they can claim and sign off what they are alerted to."""


class Place(StrEnum):
    """Who is alerted first, and who when the first does not answer."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, its end not included."""

    starts_at: datetime
    ends_at: datetime


def covered(spans: Iterable[Span], since: datetime, until: datetime) -> bool:
    """Whether somebody is there at every moment from `since` to `until`, be it one after the other."""
    reached = since
    for span in sorted(spans, key=lambda each: each.starts_at):
        if span.starts_at > reached:
            break
        reached = max(reached, span.ends_at)
    return reached >= until


def weekly(first: Span, weeks: int, zone: str) -> list[Span]:
    """`first` and the same wall times of `zone` in the following weeks, `weeks` in all.

    A night in which clocks change makes one longer or shorter, but leaves at least an hour of it.
    """
    local = ZoneInfo(zone)
    spans = []
    for week in range(weeks):
        starts_at = _weeks_later(first.starts_at, week, local)
        ends_at = _weeks_later(first.ends_at, week, local)
        spans.append(Span(starts_at, max(ends_at, starts_at + min(SHORTEST, first.ends_at - first.starts_at))))
    return spans


def _weeks_later(moment: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    wall = moment.astimezone(zone).replace(tzinfo=None) + timedelta(weeks=weeks)
    return wall.replace(tzinfo=zone).astimezone(UTC) if weeks else moment


def span_problem(span: Span, now: datetime) -> str | None:
    """Why nobody can be on call for `span`, or None."""
    if span.ends_at <= span.starts_at:
        return "Choose an end after the start."
    if span.ends_at - span.starts_at > LONGEST:
        return "A shift lasts at most 7 days: add another one after it."
    return "This lies in the past." if span.ends_at <= now else None


def weeks_problem(weeks: int) -> str | None:
    """Why a shift cannot be repeated so often, or None."""
    return None if 1 <= weeks <= MOST_WEEKS else f"Choose 1 to {MOST_WEEKS} weeks."
