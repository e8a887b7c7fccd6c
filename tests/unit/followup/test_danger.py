"""What a screened text means."""

import pytest

from followup.core.danger import dangers, holds_survey
from followup.core.lifecycle import Level
from surveys.core.replies.safety.screening import Screening


def found(flags: tuple[str, ...], tier: str) -> list[tuple[str, Level, str]]:
    screening = Screening(flags=flags, tier=tier, reasons=(), version="1")
    return [(finding.rule, finding.level, finding.safety_text) for finding in dangers(screening)]


@pytest.mark.parametrize(
    ("flags", "tier", "expected"),
    [
        ((), "none", []),
        ((), "watch", [("CRISIS-3", Level.WATCH, "")]),
        (("crisis",), "emergency", [("CRISIS-1", Level.EMERGENCY, "SAFE-CRISIS")]),
        (("crisis",), "urgent", [("CRISIS-2", Level.URGENT, "SAFE-CRISIS")]),
        (("crisis",), "watch", [("CRISIS-2", Level.URGENT, "SAFE-CRISIS")]),
        (("emergency",), "emergency", [("E1", Level.EMERGENCY, "SAFE-MED911")]),
        (("side_effect_severe",), "urgent", [("E2-TEXT", Level.URGENT, "SAFE-SEVERE")]),
    ],
)
def test_a_screening_becomes_findings(flags: tuple[str, ...], tier: str, expected: list[object]) -> None:
    assert found(flags, tier) == expected


def test_a_denied_crisis_stays_urgent_and_is_answered() -> None:
    """Annex B, 29: lowered by one tier, never to none."""
    screening = Screening(flags=(), tier="urgent", reasons=(), version="1", lowered=("crisis",))
    assert [(each.rule, each.level, each.safety_text) for each in dangers(screening)] == [
        ("CRISIS-2", Level.URGENT, "SAFE-CRISIS")
    ]


def test_a_denied_medical_sign_waits_for_the_next_day_and_pauses_nothing() -> None:
    screening = Screening(flags=(), tier="urgent", reasons=(), version="1", lowered=("emergency",))
    assert [(each.rule, each.level, each.safety_text) for each in dangers(screening)] == [("CRISIS-3", Level.WATCH, "")]
    assert not holds_survey(dangers(screening))


def test_an_overdose_on_purpose_is_a_medical_emergency_and_a_crisis() -> None:
    assert [rule for rule, _, _ in found(("crisis", "emergency"), "emergency")] == ["E1", "CRISIS-1"]


def test_crisis_and_emergency_pause_the_survey_and_a_side_effect_does_not() -> None:
    def holds(*flags: str) -> bool:
        return holds_survey(dangers(Screening(flags=flags, tier="urgent", reasons=(), version="1")))

    assert holds("crisis")
    assert holds("emergency")
    assert not holds("side_effect_severe")
