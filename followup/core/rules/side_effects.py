"""Side effects (clinical content, section 3.5; E1 and E14 are about texts, see the neighbours)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from followup.core.facts import Facts, whole
from followup.core.findings import Finding
from followup.core.lifecycle import Level

VOMITING, DIZZY, UNREAL, SEE_OR_HEAR, HEADACHE, SLEEPY, ANXIOUS, RACING = "2", "3", "4", "5", "6", "7", "8", "9"
URINE, URGE = "1", "3"


@dataclass(frozen=True, slots=True)
class _SideEffects:
    worst: int
    symptoms: frozenset[str]
    trend: int
    hours: float | None
    hypertension: bool

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
    ask: str = ""


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
        "E7",
        Level.URGENT,
        "SAFE-SEVERE",
        {"symptoms": [HEADACHE], "worst": 3, "known_hypertension": True},
        lambda se: se.has(HEADACHE) and se.worst == 3 and se.hypertension,
    ),
    _SideEffectRule(
        "E8",
        Level.WATCH,
        "SAFE-WATCH",
        {"symptoms": [ANXIOUS], "worst": 2, "hours": 24},
        lambda se: se.has(ANXIOUS) and se.worst >= 2 and se.after(24),
        ask="phq-2",
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

LONG_TERM: Final = {"E12": (URINE, "bladder"), "E13": (URGE, "use-disorder-review")}
"""Rule to the code in SE-LONG that it looks for, and the tag it puts on the item."""


def side_effects(facts: Facts) -> Iterator[Finding]:
    """What the side-effect check says, and the monthly question about long-term harm."""
    seen = _SideEffects(
        worst=whole(facts.answers.get("se_gate")),
        symptoms=frozenset(map(str, facts.answers.get("se_which") or ())),
        trend=whole(facts.answers.get("se_trend")),
        hours=facts.hours,
        hypertension=facts.hypertension,
    )
    for rule in _SIDE_EFFECT_RULES:
        if rule.holds(seen):
            yield Finding(rule.id, rule.level, seen.inputs(), rule.thresholds, rule.safety_text, ask=rule.ask)
    long_term = sorted(map(str, facts.answers.get("se_long") or ()))
    for rule_id, (code, tag) in LONG_TERM.items():
        if code in long_term:
            yield Finding(rule_id, Level.WATCH, {"se_long": long_term}, {"contains": code}, tags=(tag,))
