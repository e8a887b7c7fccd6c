"""Counting SMS parts: the vectors of the clinical content, section 6.1."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.core.segments import PART_SEPTETS, PART_UNITS, count, tidy


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("a" * 459, "GSM-7", 459, 3),
        ("a" * 460, "GSM-7", 460, 4),
        ("a" * 158 + "€", "GSM-7", 160, 1),
        ("a" * 159 + "€", "GSM-7", 161, 2),
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 305, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("é" * 160, "GSM-7", 160, 1),
        ("ñ" * 160, "GSM-7", 160, 1),
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("á" * 68 + "😀", "UCS-2", 70, 1),
        ("á" * 69 + "😀", "UCS-2", 71, 2),
        ("á" * 66 + "😀" + "á" * 66, "UCS-2", 134, 3),
        ("It’s ok", "UCS-2", 7, 1),
        ("", "GSM-7", 0, 1),
        ("Ç", "GSM-7", 1, 1),
        ("ç", "UCS-2", 1, 1),
        ("\x1b", "UCS-2", 1, 1),
    ],
)
def test_count_fills_parts_like_the_network(text: str, encoding: str, units: int, parts: int) -> None:
    counted = count(text)
    assert (counted.encoding, counted.units, counted.parts) == (encoding, units, parts)


def test_tidy_makes_curly_quotes_cheap() -> None:
    assert count(tidy("It’s ok – really…")).encoding == "GSM-7"


def test_tidy_keeps_spanish_letters() -> None:
    assert tidy("¿Cómo está? Mañana, ánimo") == "¿Cómo está? Mañana, ánimo"


def test_tidy_composes_accents_so_that_both_forms_cost_the_same() -> None:
    written = "Náusea, año"
    assert tidy(unicodedata.normalize("NFD", written)) == written


@given(st.text())
def test_tidy_twice_is_tidy_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(alphabet="aé€{á😀\x1b ", max_size=700))
def test_parts_hold_what_they_must_and_waste_at_most_one_unit_each(text: str) -> None:
    counted = count(text)
    room = PART_SEPTETS if counted.encoding == "GSM-7" else PART_UNITS
    if counted.parts > 1:
        assert (counted.parts - 1) * (room - 1) < counted.units <= counted.parts * room
