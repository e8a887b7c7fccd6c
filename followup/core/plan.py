"""Plans: when each step falls due for one patient, in that patient's own zone and send window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from followup.core.periods import Period, on_wall_clock
from messaging.core.send_window import Hours, window_opening


class Anchor(StrEnum):
    """What the offset of a step counts from."""

    ENDED = "ended"
    BOOKED = "booked"


class OutsideWindow(StrEnum):
    """What happens to a step that falls due outside the send window."""

    SHIFT = "shift"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """One survey at one time relative to a care session (clinical content, section 2.2)."""

    key: str
    survey: str
    anchor: Anchor
    offset: Period
    local_time: time | None = None
    outside_window: OutsideWindow = OutsideWindow.SHIFT
    shift_limit: Period | None = None
    weekdays_only: bool = False
    reminders: tuple[Period, ...] = ()
    closes_after: Period
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """When a step is due. `opens_at` is None where the window lets it fall out; all times in UTC."""

    due_at: datetime
    opens_at: datetime | None
    closes_at: datetime


def planned(step: StepRule, anchor_at: datetime, zone: ZoneInfo, hours: Hours) -> Planned:
    """When `step` is asked of a patient in `zone` with the send window `hours`, after a session at `anchor_at`."""
    due_at = _due(step, anchor_at, zone)
    opens_at = _within_window(step, due_at, anchor_at, zone, hours)
    closes_at = step.closes_after.after(opens_at or due_at, zone)
    if step.anchor is Anchor.BOOKED and due_at < anchor_at:
        closes_at = min(closes_at, anchor_at)  # a baseline must precede the treatment
    if opens_at is not None and opens_at >= closes_at:
        opens_at = None
    return Planned(due_at=opens_at or due_at, opens_at=opens_at, closes_at=closes_at)


def _due(step: StepRule, anchor_at: datetime, zone: ZoneInfo) -> datetime:
    due_at = step.offset.after(anchor_at, zone)
    local = due_at.astimezone(zone).replace(tzinfo=None, fold=0)
    if step.local_time is not None:
        local = datetime.combine(local.date(), step.local_time)
        due_at = on_wall_clock(local, zone)
    if step.weekdays_only and local.weekday() >= 5:
        due_at = on_wall_clock(local + timedelta(days=7 - local.weekday()), zone)
    return due_at


def _within_window(
    step: StepRule, due_at: datetime, anchor_at: datetime, zone: ZoneInfo, hours: Hours
) -> datetime | None:
    opens_at = window_opening(hours, zone.key, due_at)
    if opens_at is None or opens_at == due_at:
        return opens_at
    if step.outside_window is OutsideWindow.SKIP:
        return None
    if step.shift_limit is not None and opens_at > step.shift_limit.after(anchor_at, zone):
        return None
    return opens_at


def next_timer(
    step: StepRule, *, opened_at: datetime, closes_at: datetime, reminders_sent: int, zone: ZoneInfo, hours: Hours
) -> datetime:
    """When an open follow-up needs attention next: its next reminder inside the window, or its closing."""
    for reminder in step.reminders[reminders_sent : reminders_sent + 1]:
        at = window_opening(hours, zone.key, reminder.after(opened_at, zone))
        if at is not None and at < closes_at:
            return at
    return closes_at
