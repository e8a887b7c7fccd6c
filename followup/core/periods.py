"""Periods as plans write them: ISO 8601 durations down to seconds, days apart from hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LONGEST_DAYS = 1000
_ISO = re.compile(
    r"(?P<sign>-)?P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)


class NotAPeriod(ValueError):
    """The text is no period; the message says how to write one."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time. Days count on the patient's wall clock, seconds in UTC: P1D and PT24H differ twice a year."""

    days: int = 0
    seconds: int = 0

    def __str__(self) -> str:
        """The period as ISO 8601, in the form that `parse_period` reads."""
        sign = "-" if self.days < 0 or self.seconds < 0 else ""
        hours, rest = divmod(abs(self.seconds), 3600)
        minutes, seconds = divmod(rest, 60)
        clock = "".join(f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if amount)
        days = f"{abs(self.days)}D" if self.days else ""
        return f"{sign}P{days}" + (f"T{clock}" if clock else "" if days else "T0S")

    def approximate(self) -> timedelta:
        """The length with days of 24 hours, for comparing periods."""
        return timedelta(days=self.days, seconds=self.seconds)

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The instant this long after `moment`, in UTC."""
        if self.days:
            local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
            moment = on_wall_clock(local + timedelta(days=self.days), zone)
        return moment.astimezone(UTC) + timedelta(seconds=self.seconds)


def on_wall_clock(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC at which clocks in `zone` show the naive `local`.

    A time that a DST night skips moves on by as much as the clocks do; of one that comes twice the first counts.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def parse_period(text: object) -> Period:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and seconds, like PT24H, P7D or -PT24H.

    Raises NotAPeriod. Months and years are refused: their length depends on the date.
    """
    match = _ISO.fullmatch(text) if isinstance(text, str) else None
    if match is None or not isinstance(text, str) or text.endswith("P"):
        raise NotAPeriod("Write a period as ISO 8601 in weeks, days, hours, minutes or seconds, like PT24H or P7D.")
    part = {name: int(digits or 0) for name, digits in match.groupdict().items() if name != "sign"}
    days = part["weeks"] * 7 + part["days"]
    seconds = part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]
    if timedelta(days=days, seconds=seconds) > timedelta(days=LONGEST_DAYS):
        raise NotAPeriod(f"A period may last {LONGEST_DAYS} days at most.")
    sign = -1 if match["sign"] else 1
    return Period(days=sign * days, seconds=sign * seconds)
