"""The clinical rules over answers (clinical content, sections 3.3 to 3.5): facts in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from followup.core.findings import Finding
from followup.core.lifecycle import Level

RULES_VERSION: Final = "2026.11.1"
SAFETY_QUESTIONS: Final = frozenset({"se_gate", "se_which", "se_trend"})
"""Late answers to these still raise signals, within LATE_SAFETY_HOURS of expiry (section 3.2)."""
LATE_SAFETY_HOURS: Final = 24

VOMITING, DIZZY, UNREAL, SEE_OR_HEAR, HEADACHE, SLEEPY, ANXIOUS, RACING = "2", "3", "4", "5", "6", "7", "8", "9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules look at: the current answers of one follow-up, and history where a rule compares with it.

    `hours` since the session ended; `baseline_pain` is B of section 3.2, `mood_mean` the patient's own mean of 14 days.
    """

    answers: Mapping[str, Any]
    hours: float | None = None
    baseline_pain: float | None = None
    mood_mean: float | None = None


@dataclass(frozen=True, slots=True)
class _SideEffects:
    worst: int
    symptoms: frozenset[str]
    trend: int
    hours: float | None

    def has(self, *codes: str) -> bool:
        return not self.symptoms.isdisjoint(codes)

    def after(self, hours: float) -> bool:
        return self.hours is not None and self.hours >= hours

    def inputs(self) -> dict[str, Any]:
        hours = None if self.hours is None else round(self.hours, 1)
        return {"worst": self.worst, "symptoms": sorted(self.symptoms), "trend": self.trend, "hours": hours}


@dataclass(frozen=True, slots=True)
class _SideEffectRule:
    id: str
    level: Level
    safety_text: str
    thresholds: Mapping[str, Any]
    holds: Callable[[_SideEffects], bool]


_SIDE_EFFECT_RULES: Final = (
    _SideEffectRule("E2", Level.URGENT, "SAFE-SEVERE", {"worst": 3}, lambda se: se.worst == 3),
    _SideEffectRule(
        "E3",
        Level.URGENT,
        "SAFE-PERSIST",
        {"symptoms": [UNREAL, SEE_OR_HEAR], "hours": 24},
        lambda se: se.has(UNREAL, SEE_OR_HEAR) and se.after(24),
    ),
    _SideEffectRule(
        "E4",
        Level.URGENT,
        "SAFE-SEVERE",
        {"symptoms": [UNREAL, SEE_OR_HEAR], "hours": [4, 24], "worst": 2, "or_trend": 3},
        lambda se: (
            se.has(UNREAL, SEE_OR_HEAR) and se.after(4) and not se.after(24) and (se.worst >= 2 or se.trend == 3)
        ),
    ),
    _SideEffectRule(
        "E5",
        Level.URGENT,
        "SAFE-SEVERE",
        {"symptoms": [RACING], "worst": 2, "or": {"symptoms": [DIZZY], "trend": 3}},
        lambda se: se.has(RACING) and (se.worst >= 2 or (se.has(DIZZY) and se.trend == 3)),
    ),
    _SideEffectRule(
        "E6",
        Level.URGENT,
        "SAFE-SEVERE",
        {"symptoms": [VOMITING], "worst": 2, "hours": 12},
        lambda se: se.has(VOMITING) and se.worst >= 2 and se.after(12),
    ),
    _SideEffectRule(
        "E8",
        Level.WATCH,
        "SAFE-WATCH",
        {"symptoms": [ANXIOUS], "worst": 2, "hours": 24},
        lambda se: se.has(ANXIOUS) and se.worst >= 2 and se.after(24),
    ),
    _SideEffectRule(
        "E9",
        Level.URGENT,
        "SAFE-PERSIST",
        {"worst": 2, "hours": 72},
        lambda se: se.worst == 2 and bool(se.symptoms) and se.after(72),
    ),
    _SideEffectRule(
        "E9",
        Level.WATCH,
        "SAFE-PERSIST",
        {"worst": 2, "hours": 24},
        lambda se: se.worst == 2 and bool(se.symptoms) and se.after(24) and not se.after(72),
    ),
    _SideEffectRule(
        "E10",
        Level.URGENT,
        "SAFE-WATCH",
        {"trend": 3, "hours": 24, "worst": 3},
        lambda se: se.trend == 3 and se.after(24) and se.worst == 3,
    ),
    _SideEffectRule(
        "E10",
        Level.WATCH,
        "SAFE-WATCH",
        {"trend": 3, "hours": 24},
        lambda se: se.trend == 3 and se.after(24) and se.worst < 3,
    ),
    _SideEffectRule(
        "E11",
        Level.URGENT,
        "SAFE-SEVERE",
        {"symptoms": [SLEEPY], "worst": 2, "hours": 6},
        lambda se: se.has(SLEEPY) and se.worst >= 2 and se.after(6),
    ),
)


def triage(facts: Facts) -> tuple[Finding, ...]:
    """Every rule that holds, most serious first. The same facts always give the same findings."""
    findings = [*_side_effects(facts), *_pain(facts), *_mood(facts)]
    return tuple(sorted(findings, key=lambda finding: finding.rank))


def _side_effects(facts: Facts) -> Iterator[Finding]:
    seen = _SideEffects(
        worst=_whole(facts.answers.get("se_gate")),
        symptoms=frozenset(map(str, facts.answers.get("se_which") or ())),
        trend=_whole(facts.answers.get("se_trend")),
        hours=facts.hours,
    )
    for rule in _SIDE_EFFECT_RULES:
        if rule.holds(seen):
            yield Finding(rule.id, rule.level, seen.inputs(), rule.thresholds, rule.safety_text)


def _pain(facts: Facts) -> Iterator[Finding]:
    """P2, worse than baseline. A rise of 30 % is impossible from 8 up, so points rule (section 3.3)."""
    current, baseline = facts.answers.get("pain_avg24"), facts.baseline_pain
    if current is None or baseline is None:
        return
    inputs = {"current": current, "baseline": round(baseline, 2)}
    if current >= 9 and current >= baseline + 3:
        yield Finding("P2", Level.URGENT, inputs, {"current": 9, "rise": 3}, "SAFE-SEVERE")
    elif current >= baseline + 2 or (current == 10 and baseline < 10):
        yield Finding("P2", Level.WATCH, inputs, {"rise": 2, "or_current": 10}, "SAFE-WATCH")


def _mood(facts: Facts) -> Iterator[Finding]:
    """M1, thoughts of self-harm on the single answer; M6, low mood or a fall from the own mean (section 3.4)."""
    self_harm = _whole(facts.answers.get("phq_9"))
    if self_harm >= 1:
        yield Finding("M1", Level.URGENT, {"phq_9": self_harm}, {"phq_9": 1}, "SAFE-ITEM9")
    mood, mean = facts.answers.get("mood"), facts.mood_mean
    if mood is None:
        return
    if mood <= 2 or (mean is not None and mean - mood >= 3):
        inputs = {"mood": mood, "mean": None if mean is None else round(mean, 2)}
        yield Finding("M6", Level.WATCH, inputs, {"mood": 2, "or_fall": 3}, "SAFE-WATCH")


def _whole(value: Any) -> int:
    """A scale or choice as its number; 0 where it was not answered."""
    return int(value) if value not in (None, "") else 0
