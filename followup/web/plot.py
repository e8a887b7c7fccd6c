"""The curves of pain and mood as points on a drawing: no line where days are missing, a mark for each care session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from followup.queries.timeline import Point, Series

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 18, 34
LONGEST_LINE = timedelta(hours=36)
"""Readings further apart are not joined: nobody knows what was between them."""
MOST_TICKS = 6
MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """One reading or tick at its place, with what it says."""

    x: float
    y: float
    label: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """The readings of one question, and the lines between those that are close enough."""

    name: str
    marks: Sequence[Mark]
    lines: Sequence[tuple[Mark, Mark]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table that says the same in numbers."""

    at: datetime
    pain: float | None
    mood: float | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that the template draws."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    curves: Sequence[Curve]
    sessions: Sequence[Mark]
    ticks: Sequence[Mark]
    levels: Sequence[Mark]
    table: Sequence[Row]
    summary: str


def plot(series: Series, *, zone: tzinfo) -> Plot | None:
    """The drawing of a patient's readings, or None while there are none."""
    moments = [point.at for point in (*series.pain, *series.mood)]
    if not moments:
        return None
    first = min([*moments, *series.sessions]) - MARGIN
    last = max([*moments, *series.sessions]) + MARGIN
    canvas = _Canvas(first, last, zone)
    return Plot(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=HEIGHT - BOTTOM,
        curves=[canvas.curve("Pain", series.pain), canvas.curve("Mood", series.mood)],
        sessions=[Mark(canvas.x(at), TOP, canvas.day(at)) for at in series.sessions],
        ticks=canvas.ticks(),
        levels=[Mark(LEFT, canvas.y(level), str(level)) for level in (0, 2, 4, 6, 8, 10)],
        table=_table(series),
        summary=_summary(series),
    )


@dataclass(frozen=True, slots=True)
class _Canvas:
    first: datetime
    last: datetime
    zone: tzinfo

    def x(self, at: datetime) -> float:
        share = (at - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - value / 10 * (HEIGHT - TOP - BOTTOM), 1)

    def day(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{local.day} {local:%b}"

    def curve(self, name: str, points: Sequence[Point]) -> Curve:
        marks = [
            Mark(self.x(point.at), self.y(point.value), f"{name} {point.value:g}, {self.day(point.at)}", point.late)
            for point in points
        ]
        near = zip(pairwise(points), pairwise(marks), strict=True)
        lines = [pair for (before, after), pair in near if after.at - before.at <= LONGEST_LINE]
        return Curve(name, marks, lines)

    def ticks(self) -> list[Mark]:
        """A few days along the bottom, at equal distances."""
        days = max(1, (self.last - self.first).days)
        step = timedelta(days=max(1, -(-days // MOST_TICKS)))
        at, ticks = self.first + MARGIN, []
        while at <= self.last:
            ticks.append(Mark(self.x(at), HEIGHT - BOTTOM, self.day(at)))
            at += step
        return ticks


def _table(series: Series) -> list[Row]:
    """One row for each moment of asking, latest first."""
    rows: dict[object, list[Point | None]] = {}
    for place, points in enumerate((series.pain, series.mood)):
        for point in points:
            rows.setdefault(point.follow_up_id, [None, None])[place] = point
    table = []
    for pain, mood in rows.values():
        known = [point for point in (pain, mood) if point is not None]
        table.append(
            Row(
                at=min(point.at for point in known),
                pain=pain.value if pain else None,
                mood=mood.value if mood else None,
                is_late=any(point.late for point in known),
            )
        )
    return sorted(table, key=lambda row: row.at, reverse=True)


def _summary(series: Series) -> str:
    parts = [_counted(len(series.sessions), "care session")]
    for name, points in (("pain", series.pain), ("mood", series.mood)):
        if points:
            counted = _counted(len(points), "reading")
            parts.append(f"{counted} of {name}, first {points[0].value:g}, last {points[-1].value:g}")
    return "; ".join(parts) + "."


def _counted(amount: int, word: str) -> str:
    return f"{amount} {word}" if amount == 1 else f"{amount} {word}s"
