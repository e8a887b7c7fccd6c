"""Periods as people write and read them, and the points of the curves."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.core.periods import NotAPeriod, Period
from followup.queries.timeline import Point, Series
from followup.web.forms.plans import spoken_period, written
from followup.web.plot import BOTTOM, HEIGHT, TOP, plot

START = datetime(2026, 11, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spoken", "iso"),
    [
        ("24 hours", "PT24H"),
        ("1 hour", "PT1H"),
        ("7 days", "P7D"),
        ("2 weeks", "P14D"),
        ("1 day 4 hours", "P1DT4H"),
        ("1 hour and 30 minutes", "PT1H30M"),
        ("90 min", "PT1H30M"),
        ("45 seconds", "PT45S"),
        ("-24 hours", "-PT24H"),
        ("at once", "PT0S"),
        ("PT24H", "PT24H"),
        ("pt2h", "PT2H"),
        ("", ""),
    ],
)
def test_a_period_is_read_as_people_write_it(spoken: str, iso: str) -> None:
    assert spoken_period(spoken) == iso


@pytest.mark.parametrize("text", ["soon", "24", "hours", "3 moons", "1 month", "24 hours later", "P", "--2 days"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(NotAPeriod):
        spoken_period(text)


@given(st.integers(0, 400), st.integers(0, 86399), st.booleans())
def test_every_period_reads_back_from_its_words(days: int, seconds: int, is_before: bool) -> None:
    sign = -1 if is_before else 1
    iso = str(Period(days=sign * days, seconds=sign * seconds))
    assert spoken_period(written(iso)) == iso


def points(*readings: tuple[float, float]) -> list[Point]:
    """Readings as (days after the start, value)."""
    return [Point(START + timedelta(days=days), value, False, UUID(int=int(days * 100))) for days, value in readings]


def test_readings_are_joined_only_where_no_day_is_missing() -> None:
    drawn = plot(Series(pain=points((0, 5), (1, 4), (3, 4), (4.25, 2)), mood=[], sessions=[]), zone=UTC)
    assert drawn is not None
    pain = drawn.curves[0]
    assert [(pain.marks.index(a), pain.marks.index(b)) for a, b in pain.lines] == [(0, 1), (2, 3)]


def test_ten_is_at_the_top_and_nought_at_the_bottom() -> None:
    drawn = plot(Series(pain=points((0, 0), (1, 10)), mood=[], sessions=[START]), zone=UTC)
    assert drawn is not None
    assert [mark.y for mark in drawn.curves[0].marks] == [HEIGHT - BOTTOM, TOP]
    assert drawn.sessions[0].x == drawn.curves[0].marks[0].x


def test_pain_and_mood_of_one_asking_share_a_line_of_the_table() -> None:
    drawn = plot(Series(pain=points((0, 7), (1, 5)), mood=points((0, 3)), sessions=[START]), zone=UTC)
    assert drawn is not None
    assert [(row.pain, row.mood) for row in drawn.table] == [(5, None), (7, 3)]
    assert drawn.summary == ("1 care session; 2 readings of pain, first 7, last 5; 1 reading of mood, first 3, last 3.")


def test_without_readings_there_is_nothing_to_draw() -> None:
    assert plot(Series(pain=[], mood=[], sessions=[START]), zone=UTC) is None
