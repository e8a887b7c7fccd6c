"""Answers that look as if nobody had thought about them (clinical content, section 3.6, Q2 and Q3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from followup.core.facts import Facts
from followup.core.findings import Finding
from followup.core.lifecycle import Level

SAME_IN_A_ROW: Final = 8
QUICKEST_SECONDS: Final = 2


def quality(facts: Facts) -> Iterator[Finding]:
    """Q2: the same answer many times running. Q3: an answer no person could have typed so quickly."""
    runs = (len(list(same)) for _, same in groupby(facts.given, key=str))
    longest = max(runs, default=0)
    if longest >= SAME_IN_A_ROW:
        yield Finding("Q2", Level.INFO, {"same_in_a_row": longest}, {"same_in_a_row": SAME_IN_A_ROW})
    if facts.reply_seconds is not None and 0 <= facts.reply_seconds <= QUICKEST_SECONDS:
        yield Finding("Q3", Level.INFO, {"seconds": round(facts.reply_seconds, 1)}, {"seconds": QUICKEST_SECONDS})
