"""Finding our words again in the provider's books."""

import pytest

from messaging.core.matching import same_words


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("How is your pain?", "How is your pain?"),
        ("How is your pain?", ""),
        ("How is your pain?", "Sent from your Twilio trial account - How is your pain?"),
        ("It’s ok…", "It's ok..."),
        ("¿Cómo está su náusea?", "?C?mo est? su n?usea?"),
        ("👍", "?"),
    ],
)
def test_same_words_sees_through_what_a_provider_replaces(ours: str, theirs: str) -> None:
    assert same_words(ours, theirs)


@pytest.mark.parametrize(
    "theirs",
    [
        "Mood right now: reply 0 (worst you can imagine) to 10 (best you can imagine).",
        "North Care: reminder",
        "7",
    ],
)
def test_same_words_tells_questions_apart(theirs: str) -> None:
    assert not same_words("Pain right now: reply a number from 0 (no pain) to 10 (worst pain).", theirs)
