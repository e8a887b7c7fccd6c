"""What the words of a text mean beside the screen: E14 blood pressure, M8 activation, M1 with a crisis in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from followup.core.findings import Finding
from followup.core.lifecycle import Level
from followup.core.rules.side_effects import HEADACHE, RACING

CRISIS_RULES: Final = frozenset({"CRISIS-1", "CRISIS-2"})
WITHIN_HOURS: Final = 24
"""How far back an answer to item 9, or to the side-effect check, belongs to a text (rules M1 and E14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFacts:
    """What is known besides the screening: a blood pressure of crisis height in the text (systolic, diastolic in mmHg),
    whether it speaks of being sped up, and the patient's answers of the last WITHIN_HOURS."""

    pressure: tuple[int, int] | None = None
    is_sped_up: bool = False
    symptoms: frozenset[str] = frozenset()
    item9: int = 0


def with_rules(screened: Sequence[Finding], facts: TextFacts) -> tuple[Finding, ...]:
    """The screen's findings and those of the rules about texts, most serious first.

    A crisis pressure is told by E14, at least as serious as the severe side effect that the screen makes of it.
    """
    kept = [finding for finding in screened if facts.pressure is None or finding.rule != "E2-TEXT"]
    found = [*kept, *_pressure(screened, facts), *_activation(facts), *_self_harm(screened, facts)]
    return tuple(sorted(found, key=lambda finding: finding.rank))


def _pressure(screened: Sequence[Finding], facts: TextFacts) -> Iterator[Finding]:
    """E14: an emergency with headache, a racing heart or a red flag, urgent alone."""
    if facts.pressure is None:
        return
    systolic, diastolic = facts.pressure
    red_flag = any(finding.rule == "E1" for finding in screened)
    symptoms = sorted(facts.symptoms & {HEADACHE, RACING})
    seen = {"systolic": systolic, "diastolic": diastolic, "symptoms": symptoms, "red_flag": red_flag}
    thresholds = {"systolic": 180, "diastolic": 120}
    if symptoms or red_flag:
        yield Finding("E14", Level.EMERGENCY, seen, thresholds, "SAFE-MED911")
    else:
        yield Finding("E14", Level.URGENT, seen, thresholds, "SAFE-SEVERE")


def _activation(facts: TextFacts) -> Iterator[Finding]:
    if facts.is_sped_up:
        yield Finding("M8", Level.URGENT, {"sped_up": True}, safety_text="SAFE-WATCH")


def _self_harm(screened: Sequence[Finding], facts: TextFacts) -> Iterator[Finding]:
    """M1: thoughts of self-harm in the questionnaire and words of crisis within a day are an emergency together."""
    if facts.item9 >= 1 and any(finding.rule in CRISIS_RULES for finding in screened):
        seen = {"phq_9": facts.item9, "crisis_text": True}
        yield Finding("M1", Level.EMERGENCY, seen, {"phq_9": 1, "hours": WITHIN_HOURS})
