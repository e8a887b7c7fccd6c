"""When a step is due, through windows, weekends and both nights of the clocks."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from followup.core.periods import Period, parse_period
from followup.core.plan import Anchor, OutsideWindow, StepRule, next_timer, planned
from messaging.core.send_window import window_opening

CHICAGO = ZoneInfo("America/Chicago")
HOURS = [["09:00", "20:00"]] * 6 + [["12:00", "20:00"]]
ALWAYS = [["00:00", "24:00"]] * 7


def step(**fields: Any) -> StepRule:
    given_fields = {"key": "s", "survey": "pulse", "anchor": Anchor.ENDED, "closes_after": parse_period("PT20H")}
    return StepRule(**(given_fields | {"offset": Period()} | fields))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHICAGO)


def test_two_hours_later_at_night_is_skipped_and_not_shifted() -> None:  # annex B, 30
    rule = step(offset=parse_period("PT2H"), outside_window=OutsideWindow.SKIP)
    times = planned(rule, local(2026, 11, 24, 19, 10), CHICAGO, HOURS)
    assert times.opens_at is None
    assert times.due_at == local(2026, 11, 24, 21, 10)


def test_early_on_a_sunday_is_shifted_to_noon() -> None:  # annex B, 31
    rule = step(offset=parse_period("PT24H"), shift_limit=parse_period("PT30H"))
    assert planned(rule, local(2026, 11, 21, 6, 30), CHICAGO, HOURS).opens_at == local(2026, 11, 22, 12)


def test_a_shift_beyond_its_limit_is_skipped() -> None:
    rule = step(offset=parse_period("PT24H"), shift_limit=parse_period("PT30H"))
    assert planned(rule, local(2026, 11, 21, 21), CHICAGO, HOURS).opens_at is None


def test_an_anchor_on_the_night_the_clocks_go_back_is_counted_on_the_wall() -> None:  # annex B, 32
    first, second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    assert {planned(step(offset=parse_period("P1D")), at, CHICAGO, ALWAYS).due_at for at in (first, second)} == {
        local(2026, 11, 2, 1, 30)
    }


def test_a_local_time_on_the_night_the_clocks_go_forward_moves_on() -> None:
    rule = step(offset=parse_period("P1D"), local_time=time(2, 30))
    assert planned(rule, local(2026, 3, 7, 15), CHICAGO, ALWAYS).due_at == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)


def test_a_step_for_weekdays_waits_for_monday_at_its_hour() -> None:
    rule = step(offset=parse_period("P14D"), local_time=time(10), weekdays_only=True)
    assert planned(rule, local(2026, 11, 7, 15), CHICAGO, HOURS).opens_at == local(2026, 11, 23, 10)


def test_a_baseline_closes_when_the_session_starts() -> None:
    rule = step(anchor=Anchor.BOOKED, offset=parse_period("-PT24H"), closes_after=parse_period("P2D"))
    booked = local(2026, 11, 25, 14)
    assert planned(rule, booked, CHICAGO, HOURS).closes_at == booked


def test_a_baseline_that_could_only_open_after_the_session_is_left_out() -> None:
    rule = step(anchor=Anchor.BOOKED, offset=parse_period("-PT2H"), closes_after=parse_period("PT2H"))
    assert planned(rule, local(2026, 11, 25, 8), CHICAGO, HOURS).opens_at is None


def test_a_window_that_never_opens_leaves_everything_out() -> None:
    assert planned(step(), local(2026, 11, 25, 8), CHICAGO, [None] * 7).opens_at is None


ZONES = st.sampled_from(["America/Chicago", "America/St_Johns", "Europe/Berlin", "Australia/Lord_Howe"])
NIGHTS = st.sampled_from(["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-04"]).map(datetime.fromisoformat)
OFFSETS = st.sampled_from(["PT0S", "PT2H", "PT24H", "P1D", "P7D", "P1DT3H"])


@given(NIGHTS, st.integers(-72 * 60, 72 * 60), ZONES, OFFSETS, st.sampled_from(list(OutsideWindow)))
def test_what_is_planned_lies_in_the_window_and_never_before_it_is_due(
    night: datetime, minutes: int, name: str, offset: str, outside: OutsideWindow
) -> None:
    zone, anchor = ZoneInfo(name), night.replace(tzinfo=UTC) + timedelta(minutes=minutes)
    rule = step(offset=parse_period(offset), outside_window=outside)
    times = planned(rule, anchor, zone, HOURS)
    if times.opens_at is not None:
        assert window_opening(HOURS, name, times.opens_at) == times.opens_at
        assert times.opens_at >= anchor + parse_period(offset).approximate() - timedelta(hours=1)
        assert times.opens_at < times.closes_at
    else:
        assert outside is OutsideWindow.SKIP


def test_the_timer_is_the_next_reminder_then_closing() -> None:
    rule = step(reminders=(parse_period("PT4H"), parse_period("PT8H")))
    opened = local(2026, 11, 24, 9)
    closes = local(2026, 11, 25, 5)
    times = [
        next_timer(rule, opened_at=opened, closes_at=closes, reminders_sent=sent, zone=CHICAGO, hours=HOURS)
        for sent in range(3)
    ]
    assert times == [local(2026, 11, 24, 13), local(2026, 11, 24, 17), closes]


def test_a_reminder_that_the_window_pushes_past_closing_is_not_sent() -> None:
    rule = step(reminders=(parse_period("PT4H"),))
    closes = local(2026, 11, 25, 8)
    at = next_timer(
        rule, opened_at=local(2026, 11, 24, 18), closes_at=closes, reminders_sent=0, zone=CHICAGO, hours=HOURS
    )
    assert at == closes
