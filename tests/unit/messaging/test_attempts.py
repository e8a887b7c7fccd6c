"""Tokens of attempts."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.core.attempts import Attempt, read_token, token_of

KEY = b"k" * 32
ROW = UUID("01970000-0000-7000-8000-000000000001")


@given(st.uuids(), st.integers(1, 65535))
def test_a_token_leads_back_to_its_attempt(message_id: UUID, number: int) -> None:
    token = token_of(Attempt(message_id, number), KEY)
    assert read_token(token, KEY) == Attempt(message_id, number)
    assert token.replace("-", "").replace("_", "").isalnum()


def test_each_attempt_has_its_own_token() -> None:
    assert token_of(Attempt(ROW, 1), KEY) != token_of(Attempt(ROW, 2), KEY)


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "A" * 40, "A" * 400, "%00", token_of(Attempt(ROW, 1), b"other")])
def test_a_made_up_token_leads_nowhere(token: str) -> None:
    assert read_token(token, KEY) is None


@given(st.integers(0, 39), st.sampled_from("ABab01-_"))
def test_a_changed_token_leads_nowhere(place: int, character: str) -> None:
    token = token_of(Attempt(ROW, 1), KEY)
    changed = token[:place] + character + token[place + 1 :]
    assert changed == token or read_token(changed, KEY) is None
