"""Sealing: what goes in comes out, in its own place only, under any key of the ring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.sealing import CannotOpen, Sealed, key_id, seal, unseal

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@given(st.text())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert unseal(seal(text, "table.column:1"), "table.column:1") == text


@pytest.mark.parametrize("text", ["", "0", "False", "\x00", "á" * 1600])
def test_values_that_other_fields_lose_are_kept(text: str) -> None:
    assert unseal(seal(text, "t.c:1"), "t.c:1") == text


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal("7", "t.c:1") != seal("7", "t.c:1")


def test_a_value_moved_to_another_row_is_refused() -> None:
    with pytest.raises(CannotOpen):
        unseal(seal("7", "t.c:1"), "t.c:2")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_refused(position: int, change: int) -> None:
    sealed = bytearray(seal("7", "t.c:1"))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(CannotOpen):
        unseal(Sealed(sealed), "t.c:1")


def test_a_value_under_the_older_key_opens_and_new_ones_use_the_newest(settings) -> None:
    settings.FIELD_KEYS = dict([OLD])
    before = seal("7", "t.c:1")
    settings.FIELD_KEYS = dict([NEW, OLD])
    assert unseal(before, "t.c:1") == "7"
    assert key_id(seal("7", "t.c:1")) == "new"


def test_a_missing_key_fails_closed_and_says_which_setting(settings) -> None:
    settings.FIELD_KEYS = dict([OLD])
    sealed = seal("I am here", "t.c:1")
    settings.FIELD_KEYS = dict([NEW])
    with pytest.raises(CannotOpen, match="FIELD_KEYS") as caught:
        unseal(sealed, "t.c:1")
    assert "I am here" not in str(caught.value)


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\x02abc", b"\x01\xff", b"\x01\x03old"])
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(CannotOpen):
        unseal(Sealed(garbage), "t.c:1")
