"""Send windows through both nights on which the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.core.send_window import US_ZONES, window_closing, window_opening

WEEK = [["09:00", "20:00"]] * 6 + [["12:00", "20:00"]]
ALWAYS = [["00:00", "24:00"]] * 7
NEVER = [None] * 7
CHICAGO, NEW_YORK, MADRID = "America/Chicago", "America/New_York", "Europe/Madrid"


def local(text: str, zone: str = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-24T10:00", "2026-11-24T10:00"),  # Tuesday, open
        ("2026-11-24T08:59:59", "2026-11-24T09:00"),
        ("2026-11-24T20:00", "2026-11-25T09:00"),  # the closing instant is closed
        ("2026-11-28T21:10", "2026-11-29T12:00"),  # Saturday night to Sunday noon
        ("2026-11-29T06:30", "2026-11-29T12:00"),  # clinical content, vector 31
    ],
)
def test_window_opening_is_the_first_instant_that_is_open(at: str, opening: str) -> None:
    assert window_opening(WEEK, CHICAGO, local(at)) == local(opening)


def test_window_closing_ends_the_window_that_is_open_or_opens_next() -> None:
    assert window_closing(WEEK, CHICAGO, local("2026-11-24T10:00")) == local("2026-11-24T20:00")
    assert window_closing(WEEK, CHICAGO, local("2026-11-24T20:30")) == local("2026-11-25T20:00")


@pytest.mark.parametrize(
    ("zone", "day"), [(CHICAGO, "2027-03-14"), (CHICAGO, "2026-11-01"), (MADRID, "2027-03-28"), (MADRID, "2026-10-25")]
)
def test_hours_are_wall_hours_on_the_nights_the_clocks_change(zone: str, day: str) -> None:
    before = local(f"{day}T00:00", zone)
    assert window_opening(WEEK, zone, before) == local(f"{day}T12:00", zone)
    assert window_closing(WEEK, zone, before) == local(f"{day}T20:00", zone)


def test_an_opening_that_the_clocks_skip_becomes_the_change_itself() -> None:
    hours = [["02:30", "04:00"]] * 7
    opening = window_opening(hours, NEW_YORK, local("2027-03-14T00:00", NEW_YORK))
    assert opening == datetime(2027, 3, 14, 7, 0, tzinfo=UTC)  # 02:00 EST = 03:00 EDT


def test_an_opening_that_happens_twice_counts_the_first_time() -> None:
    hours = [["01:30", "04:00"]] * 7
    opening = window_opening(hours, NEW_YORK, local("2026-11-01T00:00", NEW_YORK))
    assert opening == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_window_of_all_hours_never_closes() -> None:
    at = local("2026-11-24T23:59:59")
    assert window_opening(ALWAYS, CHICAGO, at) == at
    assert window_closing(ALWAYS, CHICAGO, at) > at + timedelta(days=7)


def test_a_window_that_never_opens_has_no_instants() -> None:
    at = local("2026-11-24T10:00")
    assert window_opening(NEVER, CHICAGO, at) is None
    assert window_closing(NEVER, CHICAGO, at) is None


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "unknown"])
def test_an_unknown_zone_is_open_only_when_every_zone_of_the_country_is(zone: str) -> None:
    opening = window_opening(WEEK, zone, local("2026-11-24T09:00", NEW_YORK))
    closing = window_closing(WEEK, zone, opening)
    assert opening == local("2026-11-24T09:00", "Pacific/Honolulu")
    assert closing == local("2026-11-24T20:00", NEW_YORK)


@given(
    st.integers(0, 2 * 366 * 86400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.sampled_from([*US_ZONES, MADRID, "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_every_opening_lies_within_the_wall_hours_of_its_day(at: datetime, zone: str) -> None:
    opening, closing = window_opening(WEEK, zone, at), window_closing(WEEK, zone, at)
    wall = opening.astimezone(ZoneInfo(zone))
    first, last = WEEK[wall.weekday()]
    assert at <= opening < closing
    assert first <= f"{wall:%H:%M}" < last
    assert f"{closing.astimezone(ZoneInfo(zone)):%H:%M}" == last
