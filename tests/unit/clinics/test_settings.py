"""What a clinic's settings must look like."""

import pytest

from clinics.core import settings

WEEK = [["09:00", "20:00"]] * 7


@pytest.mark.parametrize("window", [WEEK, [["00:00", "24:00"]] * 7, [*WEEK[:6], None]])
def test_window_problem_accepts_a_week_of_hours(window):
    assert settings.window_problem(window) is None


@pytest.mark.parametrize(
    "window",
    [
        WEEK[:6],
        [None] * 7,
        [["20:00", "09:00"]] * 7,
        [["9:00", "20:00"]] * 7,
        [["09:00", "24:30"]] * 7,
        [["09:00"]] * 7,
        ["09:00-20:00"] * 7,
        "09:00-20:00",
        None,
        7,
    ],
)
def test_window_problem_names_the_remedy(window):
    assert settings.window_problem(window)


def test_parse_window_gives_every_day_the_same_hours():
    assert settings.parse_window("09:00-20:00") == WEEK


@pytest.mark.parametrize("text", ["", "09:00", "20:00-09:00", "9-20", "09:00-20:00-21:00"])
def test_parse_window_refuses_what_is_not_a_pair_of_hours(text):
    with pytest.raises(ValueError, match="09:00-20:00"):
        settings.parse_window(text)


@pytest.mark.parametrize("name", ["Ketamine Center", "North Infusions", "Clinica de Depresion"])
def test_short_name_problem_refuses_names_that_give_the_treatment_away(name):
    assert "names no treatment" in settings.short_name_problem(name)


def test_short_name_problem_accepts_a_neutral_name():
    assert settings.short_name_problem("North Clinic") is None


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../etc/passwd", "America/Chicago\0", "/etc/localtime", "America"]
)
def test_zone_problem_refuses_what_is_no_zone(zone):
    assert settings.zone_problem(zone)


@pytest.mark.parametrize("key", ["", "North", "a--b", "-a", "a" * 51, "a b", "ñ"])
def test_key_problem_refuses_what_no_address_can_hold(key):
    assert settings.key_problem(key)
