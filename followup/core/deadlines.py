"""By when a person should have looked at something (clinical content, section 3.1; the figures are house choices)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from followup.core.lifecycle import Level
from followup.core.periods import on_wall_clock

ACKNOWLEDGE: Final = {Level.EMERGENCY: timedelta(minutes=5), Level.URGENT: timedelta(minutes=30)}
BUSINESS_DAYS: Final = {Level.WATCH: 1, Level.INFO: 3}
"""Watch: one business day (section 3.1). Info has no limit there; three days keep sign-offs from piling up."""


def due_by(level: Level, now: datetime, time_zone: str) -> datetime:
    """When something of `level` that came up at `now` should be acknowledged, in UTC.

    Emergency and urgent count in minutes at any hour; watch and info in Monday-to-Friday days of the clinic's zone, at
    the same time of day.
    """
    if level in ACKNOWLEDGE:
        return now + ACKNOWLEDGE[level]
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone).replace(tzinfo=None, fold=0)
    left = BUSINESS_DAYS[level]
    while left:
        local += timedelta(days=1)
        left -= local.weekday() < 5
    return on_wall_clock(local, zone)
