"""What a sender may be, and how fast it may go (clinical content, section 6.5)."""

import pytest

from messaging.core.senders import address_problem, is_toll_free, pace_of


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        ("off", 0),
        ("0", 0),
        ("long-code", 1),
        ("Toll-Free", 3),
        ("short-code", 100),
        ("10dlc-low-volume", 3.75),
        ("12.5", 12.5),
    ],
)
def test_pace_of_reads_kinds_and_figures(text: str, pace: float) -> None:
    assert pace_of(text) == pace


@pytest.mark.parametrize("text", ["", "-1", "fast", "nan", "inf", "2001"])
def test_pace_of_refuses_what_is_no_pace(text: str) -> None:
    with pytest.raises(ValueError, match="segments a second"):
        pace_of(text)


@pytest.mark.parametrize("address", ["+16185550123", "24567", "MG" + "0" * 32])
def test_a_number_a_short_code_and_a_service_can_send(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize("address", ["", "North Care", "6185550123", "MG12", "+16185550123 "])
def test_what_cannot_send_is_named_with_its_remedy(address: str) -> None:
    assert "Give a number" in (address_problem(address) or "")


def test_toll_free_numbers_are_known_by_their_prefix() -> None:
    assert [is_toll_free(f"+1{area}5550123") for area in (800, 833, 888, 618, 801)] == [True, True, True, False, False]
