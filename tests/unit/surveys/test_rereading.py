"""What today's reader makes of a text whose answer is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from surveys import library
from surveys.core.definition import restore
from surveys.core.replies.reading import Previous
from surveys.core.rereading import Kept, reread

NOW = datetime(2026, 11, 24, 14, 0)  # noqa: DTZ001  # the patient's wall clock
MONTH = restore(library.document("month-1"))
CHECK = restore(library.document("post-session"))
PAIN, MOOD, WHICH, OTHER = (CHECK.question(key) for key in ("pain_avg24", "mood", "se_which", "se_other"))
LONG = MONTH.question("se_long")


def kept(question: Any, value: Any, **around: Any) -> Kept:
    kind = around.pop("kind", "value")
    return Kept(question=question, language=around.pop("language", "en"), kind=kind, value=value, now=NOW, **around)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (kept(PAIN, 7), "about a 7"),
        (kept(PAIN, 7, language="es"), "como un siete"),
        (kept(WHICH, ("1", "3")), "1 and 3"),
        (kept(LONG, None, kind="skipped"), "rather not say"),
        (kept(OTHER, None, kind="text"), "my ears ring"),
        (kept(PAIN, 8, corrects=Previous(PAIN.for_reader("en"), 4)), "oops I meant 8"),
        (kept(PAIN, 8, corrects=Previous(PAIN.for_reader("en"), 4)), "8"),
        (kept(MOOD, 8, previous=Previous(PAIN.for_reader("en"), 3), beside=(PAIN, MOOD)), "pain 3, mood 8"),
        (kept(PAIN, 3, beside=(PAIN, MOOD)), "pain 3, mood 8"),
    ],
)
def test_a_text_that_is_read_as_it_was_kept_makes_no_difference(answer: Kept, text: str) -> None:
    assert reread(answer, text) is None


@pytest.mark.parametrize(
    ("answer", "text", "kind", "value"),
    [
        (kept(PAIN, 9), "about a 7", "value", 7),
        (kept(PAIN, 7), "7 or 8", "reprompt", None),
        (kept(PAIN, None, kind="skipped"), "7", "value", 7),
        (kept(PAIN, 7), "skip", "skipped", None),
        (kept(WHICH, ("1",)), "1 and 3", "value", ("1", "3")),
        (kept(OTHER, None, kind="text"), "stop texting me", "opt_out", None),
        (kept(PAIN, 4, corrects=Previous(PAIN.for_reader("en"), 4)), "oops I meant 8", "value", 8),
        (kept(MOOD, 8, previous=Previous(PAIN.for_reader("en"), 3)), "oops pain was 8", "correction", None),
    ],
)
def test_a_text_that_is_read_otherwise_says_what_it_would_be_now(
    answer: Kept, text: str, kind: str, value: Any
) -> None:
    difference = reread(answer, text)
    assert difference is not None
    assert (difference.kind, difference.value) == (kind, value)
    assert difference.reason


def test_what_was_written_is_never_part_of_the_difference() -> None:
    difference = reread(kept(OTHER, None, kind="skipped"), "my ears ring")
    assert difference is not None
    assert (difference.kind, difference.value) == ("text", None)
    assert "ears" not in difference.reason
