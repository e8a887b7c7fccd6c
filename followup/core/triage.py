"""The clinical rules over answers (clinical content, sections 3.3 to 3.6): facts in, findings out."""

from __future__ import annotations

from typing import Final

from followup.core.facts import Facts
from followup.core.findings import Finding
from followup.core.rules.mood import mood
from followup.core.rules.pain import pain
from followup.core.rules.quality import quality
from followup.core.rules.side_effects import side_effects

RULES_VERSION: Final = "2026.11.2"
SAFETY_QUESTIONS: Final = frozenset({"se_gate", "se_which", "se_trend", "phq_9"})
"""Late answers to these still raise signals, within LATE_SAFETY_HOURS of expiry (section 3.2)."""
LATE_SAFETY_HOURS: Final = 24
NOT_OF_ANSWERS: Final = frozenset({"N2", "N3", "Q3", "P0", "P6"})
"""Rules that no correction of an answer takes back: they are about silence, speed, or what was known at the time."""


def triage(facts: Facts) -> tuple[Finding, ...]:
    """Every rule that holds, most serious first. The same facts always give the same findings."""
    findings = [*side_effects(facts), *pain(facts), *mood(facts), *quality(facts)]
    return tuple(sorted(findings, key=lambda finding: finding.rank))
