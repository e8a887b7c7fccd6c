"""Series of care sessions: what came before the first is the baseline for all (clinical content, 2.3 and 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from followup.core.facts import Reading

GAP: Final = timedelta(days=14)
"""Sessions at most this far apart are one series: a baseline reaches back as far, and must not lie after a treatment.
Induction puts six into two or three weeks (section 2.3), boosters are weeks apart."""
DAY_AFTER: Final = (timedelta(hours=12), timedelta(hours=48))
"""Between these after a session a reading is that of the day after: 24 h, shifted and answered late (schedule A2)."""


def series_of(ends: Sequence[datetime], ended_at: datetime | None) -> list[datetime]:
    """The ends of the sessions that form a series up to the one at `ended_at`; empty before it has ended.

    `ends` are all sessions of the patient, oldest first.
    """
    if ended_at is None:
        return []
    series = [ended_at]
    for end in reversed([each for each in ends if each < ended_at]):
        if series[0] - end > GAP:
            break
        series.insert(0, end)
    return series


def first_day_values(series: Sequence[datetime], readings: Sequence[Reading]) -> tuple[float | None, ...]:
    """The pain a day after each session of a series, None where there is no reading; `readings` are oldest first."""
    shortest, longest = DAY_AFTER
    values = []
    for place, end in enumerate(series):
        until = min([end + longest, *series[place + 1 : place + 2]])
        values.append(next((each.value for each in readings if end + shortest <= each.at <= until), None))
    return tuple(values)
