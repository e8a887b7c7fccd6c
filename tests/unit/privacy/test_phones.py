"""Phone numbers: only what can be texted is taken, and nothing is guessed."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.phones import NotTextable, masked, parse_mobile, phone_hash
from privacy.sensitive import Sensitive


@pytest.mark.parametrize("number", ["+16185550123", "+13145550199", "+525512345678"])
def test_a_mobile_number_in_e164_is_taken(number: str) -> None:
    assert parse_mobile(f" {number} ").reveal() == number


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("6185550199", "E.164"),
        ("(618) 555-0123", "E.164"),
        ("", "E.164"),
        ("+1 618 555 0123", "only"),
        ("+abc", "not a phone number"),
        ("+1618555", "not in use"),
        ("+19995550123", "not in use"),
        ("+18005550123", "not a mobile"),
    ],
)
def test_anything_else_is_refused_with_the_remedy_and_without_the_number(written: str, remedy: str) -> None:
    with pytest.raises(NotTextable, match=remedy) as caught:
        parse_mobile(written)
    assert not written or written not in str(caught.value)


@given(st.text(max_size=40))
def test_no_text_makes_it_raise_anything_else(text: str) -> None:
    with contextlib.suppress(NotTextable):
        assert parse_mobile(text).reveal().startswith("+")


def test_the_hash_is_the_same_for_the_same_number_and_tells_nothing_without_the_key(settings) -> None:
    first = phone_hash("+16185550123")
    assert first == phone_hash(Sensitive("+16185550123"))
    assert first != phone_hash("+16185550124")
    settings.HASH_KEY = b"another key, also of 32 bytes..."
    assert first != phone_hash("+16185550123")


def test_masking_leaves_the_last_four_digits() -> None:
    assert masked(Sensitive("+16185550123")) == "•••0123"
