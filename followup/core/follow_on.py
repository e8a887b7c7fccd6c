"""Follow-ons: surveys that a rule asks for, rather than a step of a plan; on which day, and how they are asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Final

from followup.core.periods import parse_period
from followup.core.plan import Anchor, OutsideWindow, StepRule

AT: Final = time(10, 0)
"""When a follow-on is asked, on the patient's clock: the hour of the plans' longer surveys (section 2.2); earlier where
the answer came earlier in the day, so that "within 24 hours" holds."""
LATEST_DAYS: Final = {"phq-9": 1, "phq-2": 1}
"""Within how many days after the answer it is asked: the PHQ-9 after a positive screen within 24 hours (M2), the PHQ-2
after a low mood on the next day (M6). Others may wait for a free day."""
ELSE_DAYS: Final = 3
MOST_IN_A_WEEK: Final = 4
"""Surveys in seven days, besides one a day (section 2.4, rule 2)."""

FOLLOW_ON: Final = StepRule(
    key="follow-on",
    survey="",
    anchor=Anchor.ENDED,
    offset=parse_period("PT0S"),
    outside_window=OutsideWindow.SHIFT,
    reminders=(parse_period("P1D"),),
    closes_after=parse_period("P3D"),
)
"""How any follow-on is asked; the survey stands in its own row."""


def day_for(survey: str, today: date, taken: Collection[date]) -> date:
    """The day on which a survey is asked for: the first after `today` that has room among the `taken` days.

    Where none has until the survey must be asked, it is the last day on which it must: the rule weighs more.
    """
    days = [today + timedelta(days=ahead) for ahead in range(1, LATEST_DAYS.get(survey, ELSE_DAYS) + 1)]
    return next((each for each in days if _has_room(each, taken)), days[-1])


def _has_room(day: date, taken: Collection[date]) -> bool:
    week = [each for each in taken if day - timedelta(days=7) < each < day + timedelta(days=1)]
    return day not in taken and len(week) < MOST_IN_A_WEEK
