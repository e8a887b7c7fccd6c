"""What a screened text means for the patient's safety (clinical content, sections 3.5 E1 and 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from followup.core.findings import Finding
from followup.core.lifecycle import Level
from surveys.core.replies.safety.screening import Screening

SAFETY_TEXT_EVERY: Final = timedelta(minutes=60)
"""SAFE-CRISIS and SAFE-MED911 go out once in this time to a patient; alerts are not throttled (4.2, rule 7)."""
THROTTLED: Final = frozenset({"SAFE-CRISIS", "SAFE-MED911"})
TEXT_RULES: Final = frozenset({"E1", "E2-TEXT", "E14", "M8", "CRISIS-1", "CRISIS-2", "CRISIS-3"})
"""Rules about texts; all others are about answers."""
TIERS: Final = {
    "emergency": ("CRISIS-1", Level.EMERGENCY),
    "urgent": ("CRISIS-2", Level.URGENT),
    "watch": ("CRISIS-3", Level.WATCH),
}


def dangers(screening: Screening) -> tuple[Finding, ...]:
    """The findings of a screened text, most serious first; empty when nothing was seen.

    A phrase whose edge its context takes off has no flag but keeps a tier, so it is still a finding.
    """
    seen = {"flags": list(screening.flags), "tier": screening.tier, "readers": readers(screening)}
    findings = []
    if "emergency" in screening.flags:
        findings.append(Finding("E1", Level.EMERGENCY, seen, safety_text="SAFE-MED911"))
    if "side_effect_severe" in screening.flags:
        findings.append(Finding("E2-TEXT", Level.URGENT, seen, safety_text="SAFE-SEVERE"))
    crisis = _crisis(screening, seen)
    if crisis is not None:
        findings.append(crisis)
    return tuple(sorted(findings, key=lambda finding: finding.rank))


def readers(screening: Screening) -> list[str]:
    """Which readers saw something, as list or model; what they saw stays with the sealed text itself."""
    return sorted({reason.partition(":")[0] for reason in screening.reasons})


def _crisis(screening: Screening, seen: Mapping[str, object]) -> Finding | None:
    """The tier of 4.2. Without the flag it belongs to another flag, or its context took the edge off.

    A denied sign of crisis goes down one step only. A denied medical sign is for the next work day: our own questions
    name chest pain and fainting, and patients answer them in those words (docs/adr/0016).
    """
    flagged = "crisis" in screening.flags
    if screening.tier == "none" and not flagged:
        return None
    if screening.flags and not flagged:
        return None
    if not flagged and "crisis" not in screening.lowered:
        return Finding("CRISIS-3", Level.WATCH, seen)
    rule, level = TIERS.get(screening.tier, TIERS["urgent"])
    if flagged and level is Level.WATCH:
        rule, level = TIERS["urgent"]
    text = "SAFE-CRISIS" if level is not Level.WATCH else ""
    return Finding(rule, level, seen, safety_text=text)


def holds_survey(findings: tuple[Finding, ...]) -> bool:
    """Whether the survey pauses: on any sign of crisis and on a medical emergency (4.2, rule 7)."""
    return any(finding.safety_text in THROTTLED for finding in findings)
