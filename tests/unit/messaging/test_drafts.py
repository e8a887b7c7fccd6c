"""Drafts of texts."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from messaging.core.drafts import TextDraft, UnsendableBody
from messaging.core.lifecycle import Purpose
from privacy.sensitive import Sensitive


def draft(body: str) -> TextDraft:
    return TextDraft(
        clinic_id=UUID(int=1),
        dedupe_key="k",
        number=Sensitive("+16185550123"),
        number_hash="h",
        body=body,
        language="en",
        purpose=Purpose.QUESTION,
        expires_at=datetime(2026, 11, 25, tzinfo=UTC),
    )


def test_a_draft_tidies_its_body() -> None:
    assert draft("It’s 5…").body == "It's 5..."


@pytest.mark.parametrize("body", ["", "   ", "a" * 1601, "…" * 534])
def test_a_draft_that_no_provider_takes_is_refused_before_anything_is_stored(body: str) -> None:
    with pytest.raises(UnsendableBody):
        draft(body)


def test_a_draft_of_1600_characters_is_taken() -> None:
    assert len(draft("a" * 1600).body) == 1600
