"""No answer at all (clinical content, section 3.6, N2 and N3; N1: two hours after a visit silence means nothing)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from followup.core.findings import CALL_PATIENT, Finding
from followup.core.lifecycle import RANK, Level

SEVERE_PHQ9: Final = 15
RECENT_DAYS: Final = 30
FIRST_DAY_HOURS: Final = (20, 30)
"""Hours after the session between which the survey of the day after falls due (A2: 24 h, shifted up to 30 h)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A follow-up that ended without an answer, and what makes that matter.

    `due_hours` from the end of the session until it was due; `raised` the levels of the signals of that session;
    `missed_before` the patient's follow-up before this one had no answer either; `worst_phq9` and `worst_item9` of the
    last RECENT_DAYS.
    """

    due_hours: float | None
    is_first_session: bool
    raised: frozenset[Level] = frozenset()
    missed_before: bool = False
    worst_phq9: float | None = None
    worst_item9: int | None = None


def silence(facts: Silence) -> Iterator[Finding]:
    """What silence means after the first visit, after a worry, and of somebody who was in a bad way."""
    shortest, longest = FIRST_DAY_HOURS
    day_after = facts.due_hours is not None and shortest <= facts.due_hours <= longest
    worried = any(RANK[level] <= RANK[Level.WATCH] for level in facts.raised)
    if day_after and (facts.is_first_session or worried):
        seen = {"first_session": facts.is_first_session, "signal_before": worried}
        yield Finding("N2", Level.WATCH, seen, {"hours": 24}, tags=(CALL_PATIENT,))
    in_a_bad_way = (facts.worst_phq9 or 0) >= SEVERE_PHQ9 or (facts.worst_item9 or 0) >= 1
    if facts.missed_before and in_a_bad_way:
        scores = {"phq9": facts.worst_phq9, "phq_9": facts.worst_item9}
        yield Finding(
            "N3", Level.URGENT, scores, {"missed": 2, "phq9": SEVERE_PHQ9, "or_phq_9": 1}, tags=(CALL_PATIENT,)
        )
