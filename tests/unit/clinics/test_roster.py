"""The roster's rules: whether somebody is there without a gap, and the same wall time in later weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from clinics.core.roster import AHEAD, Span, covered, span_problem, weekly

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def spans(*hours: tuple[float, float]) -> list[Span]:
    return [Span(NOW + timedelta(hours=start), NOW + timedelta(hours=end)) for start, end in hours]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], False),
        ([(-1, 4)], True),
        ([(0, 4)], True),
        ([(-1, 3.9)], False),
        ([(0.1, 8)], False),
        ([(2, 6), (-1, 2)], True),
        ([(-1, 2), (2.1, 6)], False),
        ([(-1, 3), (-2, 1), (1, 9)], True),
        ([(-9, -1), (5, 9)], False),
    ],
)
def test_four_hours_are_covered_only_without_a_gap(hours: list[tuple[float, float]], expected: bool) -> None:
    assert covered(spans(*hours), NOW, NOW + AHEAD) is expected


def test_a_weekly_shift_keeps_its_wall_time_when_the_clocks_change() -> None:
    first = Span(datetime(2026, 10, 30, 13, 0, tzinfo=UTC), datetime(2026, 10, 31, 13, 0, tzinfo=UTC))  # 08:00 CDT
    found = weekly(first, 3, "America/Chicago")
    assert [span.starts_at.hour for span in found] == [13, 14, 14]
    assert found[0] == first
    assert found[0].ends_at - found[0].starts_at == found[2].ends_at - found[2].starts_at == timedelta(hours=24)


def test_a_night_that_the_clocks_swallow_leaves_a_shift_behind() -> None:
    first = Span(datetime(2026, 3, 1, 8, 30, tzinfo=UTC), datetime(2026, 3, 1, 9, 10, tzinfo=UTC))  # 02:30 to 03:10 CST
    assert all(span.ends_at > span.starts_at for span in weekly(first, 3, "America/Chicago"))


@pytest.mark.parametrize(
    ("hours", "said"),
    [((1, 1), "end after the start"), ((1, 170), "at most 7 days"), ((-9, -1), "in the past"), ((-9, 1), None)],
)
def test_an_impossible_shift_is_refused_with_the_reason(hours: tuple[float, float], said: str | None) -> None:
    problem = span_problem(spans(hours)[0], NOW)
    assert problem is None if said is None else said in (problem or "")
