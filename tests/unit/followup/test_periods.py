"""Periods: ISO 8601, days apart from hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.core.periods import NotAPeriod, Period, on_wall_clock, parse_period

CHICAGO = ZoneInfo("America/Chicago")
MOMENTS = st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01"))
ZONES = st.sampled_from(["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Honolulu", "Asia/Kolkata"])


@pytest.mark.parametrize(
    ("text", "days", "seconds"),
    [
        ("PT0S", 0, 0),
        ("PT24H", 0, 86_400),
        ("P1D", 1, 0),
        ("P2W", 14, 0),
        ("P1DT2H30M5S", 1, 9005),
        ("-PT24H", 0, -86_400),
        ("-P7D", -7, 0),
    ],
)
def test_a_period_is_read_with_days_apart_from_hours(text: str, days: int, seconds: int) -> None:
    assert parse_period(text) == Period(days, seconds)


@pytest.mark.parametrize(
    "text", ["", "P", "-P", "PT", "P1Y", "P1M", "1 day", "PT1.5H", "P1DT", "+PT1H", "P1001D", "PT1H\n", None, 5, "P٣D"]
)
def test_what_is_no_period_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(NotAPeriod, match="period"):
        parse_period(text)


@given(st.integers(0, 900), st.integers(0, 5_000_000), st.booleans())
def test_a_written_period_reads_as_itself(days: int, seconds: int, negative: bool) -> None:
    sign = -1 if negative else 1
    period = Period(sign * days, sign * seconds)
    assert parse_period(str(period)) == period


@given(MOMENTS, st.integers(-900, 900), ZONES)
def test_days_keep_the_wall_time_or_move_past_a_gap(moment: datetime, days: int, name: str) -> None:
    zone, start = ZoneInfo(name), moment.replace(tzinfo=UTC)
    wanted = start.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    shown = Period(days=days).after(start, zone).astimezone(zone).replace(tzinfo=None)
    if days and shown != wanted:
        assert timedelta(0) < shown - wanted <= timedelta(hours=1)
        assert on_wall_clock(wanted, zone).astimezone(zone).replace(tzinfo=None) != wanted


@given(MOMENTS, st.integers(-5_000_000, 5_000_000), ZONES)
def test_hours_are_counted_in_utc(moment: datetime, seconds: int, name: str) -> None:
    start = moment.replace(tzinfo=UTC)
    assert Period(seconds=seconds).after(start, ZoneInfo(name)) == start + timedelta(seconds=seconds)


def test_a_wall_time_that_comes_twice_counts_once_at_its_first() -> None:
    assert on_wall_clock(datetime.fromisoformat("2026-11-01T01:30"), CHICAGO) == datetime(
        2026, 11, 1, 6, 30, tzinfo=UTC
    )


def test_a_wall_time_that_is_skipped_moves_on_with_the_clocks() -> None:
    assert on_wall_clock(datetime.fromisoformat("2026-03-08T02:30"), CHICAGO) == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)
