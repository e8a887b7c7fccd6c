"""When a text may leave: windows of local hours turned into instants, through every change of the clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Hours = Sequence[Sequence[str] | None]
Span = tuple[datetime, datetime]

MIDNIGHT_AFTER = "24:00"
LOOK_AHEAD = 9
"""Days in which a weekly window must open again; more than seven, because a day may be shorter or longer."""

US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
"""Where a patient of unknown zone may be: a text leaves only when it may leave in all of them (T-03)."""


def window_opening(hours: Hours, zone: str, at: datetime) -> datetime | None:
    """The first instant from `at` on that lies in the window: `at` itself when it is open, None when it never opens.

    `hours` has seven entries, Monday first, each opening and closing as HH:MM in `zone` (24:00 ends the day) or None.
    An unknown zone counts as all zones of the country at once.
    """
    span = _span_from(hours, zone, at)
    return max(span[0], at) if span else None


def window_closing(hours: Hours, zone: str, at: datetime) -> datetime | None:
    """The end of the window that `at` lies in or that opens next after it; None when it never opens."""
    span = _span_from(hours, zone, at)
    return span[1] if span else None


def _span_from(hours: Hours, zone: str, at: datetime) -> Span | None:
    """The open span that `at` lies in, or the next one."""
    week = tuple(tuple(day) if day else None for day in hours)
    zones = (zone,) if _known(zone) else US_ZONES
    today = at.astimezone(UTC).date()
    spans = [_spans(week, name, today) for name in zones]
    return next((span for span in _joined(_common(spans)) if span[1] > at), None)


def _common(zones: Sequence[Sequence[Span]]) -> list[Span]:
    """What is open in every zone at once."""
    common = list(zones[0])
    for spans in zones[1:]:
        overlaps = [(max(a[0], b[0]), min(a[1], b[1])) for a in common for b in spans]
        common = sorted(span for span in overlaps if span[0] < span[1])
    return common


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    """Spans that touch, as those of a window that never closes do, made one."""
    current: Span | None = None
    for span in spans:
        if current and span[0] <= current[1]:
            current = (current[0], max(current[1], span[1]))
            continue
        if current:
            yield current
        current = span
    if current:
        yield current


@lru_cache(maxsize=512)
def _spans(week: tuple[tuple[str, ...] | None, ...], zone: str, around: date) -> tuple[Span, ...]:
    """The open spans from two days before `around` to LOOK_AHEAD days after it, in order."""
    days = [around + timedelta(days=number) for number in range(-2, LOOK_AHEAD)]
    return tuple(_span(day, hours, ZoneInfo(zone)) for day in days if (hours := week[day.weekday()]))


def _span(day: date, hours: tuple[str, ...], zone: ZoneInfo) -> Span:
    return _instant(day, hours[0], zone), _instant(day, hours[1], zone)


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """A wall time as an instant: one that the clocks skip becomes the change itself, a doubled one its first."""
    if clock == MIDNIGHT_AFTER:
        day, clock = day + timedelta(days=1), "00:00"
    wall = datetime.combine(day, time.fromisoformat(clock), tzinfo=zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _change(wall.replace(fold=1).astimezone(UTC), instant, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, at which the clocks change between `before` and `after`."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after


@lru_cache(maxsize=512)
def _known(zone: str) -> bool:
    try:
        return bool(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
