"""The clinical rules, by the vectors of the clinical content, annex B."""

from typing import Any

import pytest

from followup.core.lifecycle import Level
from followup.core.triage import Facts, triage


def raised(hours: float | None = 2, **known: Any) -> list[tuple[str, Level]]:
    history = {name: known.pop(name) for name in ("baseline_pain", "mood_mean") if name in known}
    return [(finding.rule, finding.level) for finding in triage(Facts(answers=known, hours=hours, **history))]


@pytest.mark.parametrize(
    ("baseline", "current", "expected"),
    [
        (7, 5, []),  # 1
        (8, 4, []),  # 2
        (3, 2, []),  # 3
        (0, 3, [("P2", Level.WATCH)]),  # 4
        (6, 8, [("P2", Level.WATCH)]),  # 5
        (8, 10, [("P2", Level.WATCH)]),  # 6
        (6, 9, [("P2", Level.URGENT)]),  # 7
        (9, 10, [("P2", Level.WATCH)]),  # 8
        (10, 10, []),
    ],
)
def test_pain_worse_than_baseline(baseline: float, current: int, expected: list[tuple[str, Level]]) -> None:
    assert raised(pain_avg24=current, baseline_pain=baseline) == expected


def test_without_a_baseline_pain_raises_nothing() -> None:
    assert raised(pain_avg24=10) == []


def test_a_severe_side_effect_is_urgent_at_any_time() -> None:  # 22
    assert raised(se_gate=3, se_which=["1"], hours=2) == [("E2", Level.URGENT)]
    assert raised(se_gate="3", hours=None) == [("E2", Level.URGENT)]


def test_seeing_things_mildly_after_two_hours_is_expected() -> None:  # 20
    assert raised(se_gate=1, se_which=["5"], hours=2) == []


def test_seeing_things_after_a_day_is_urgent() -> None:  # 21
    findings = triage(Facts(answers={"se_gate": 1, "se_which": ["5"]}, hours=30))
    assert [(finding.rule, finding.level, finding.safety_text) for finding in findings] == [
        ("E3", Level.URGENT, "SAFE-PERSIST")
    ]
    assert findings[0].inputs == {"worst": 1, "symptoms": ["5"], "trend": 0, "hours": 30}
    assert findings[0].thresholds["hours"] == 24


@pytest.mark.parametrize(("hours", "level"), [(26, Level.WATCH), (73, Level.URGENT)])
def test_a_moderate_effect_that_persists_rises_after_three_days(hours: float, level: Level) -> None:  # 23
    assert raised(se_gate=2, se_which=["6"], hours=hours) == [("E9", level)]


@pytest.mark.parametrize(
    ("answers", "hours", "rules"),
    [
        ({"se_gate": 2, "se_which": ["4"]}, 5, ["E4"]),
        ({"se_gate": 1, "se_which": ["4"], "se_trend": 3}, 5, ["E4"]),
        ({"se_gate": 1, "se_which": ["4"]}, 5, []),
        ({"se_gate": 2, "se_which": ["9"]}, 1, ["E5"]),
        ({"se_gate": 1, "se_which": ["3", "9"], "se_trend": "3"}, 1, ["E5"]),
        ({"se_gate": 2, "se_which": ["2"]}, 12, ["E6"]),
        ({"se_gate": 2, "se_which": ["2"]}, 11, []),
        ({"se_gate": 2, "se_which": ["7"]}, 6, ["E11"]),
        ({"se_gate": 2, "se_which": ["8"]}, 25, ["E8", "E9"]),
        ({"se_gate": 1, "se_which": ["1"], "se_trend": 3}, 25, ["E10"]),
        ({"se_gate": 0}, 100, []),
    ],
)
def test_side_effects(answers: dict[str, Any], hours: float, rules: list[str]) -> None:
    assert [rule for rule, _ in raised(hours=hours, **answers)] == rules


@pytest.mark.parametrize(("mood", "mean", "rules"), [(2, None, ["M6"]), (3, None, []), (5, 8, ["M6"]), (6, 8, [])])
def test_low_mood_or_a_fall_of_three_is_to_be_watched(mood: int, mean: float | None, rules: list[str]) -> None:
    assert [rule for rule, _ in raised(mood=mood, mood_mean=mean)] == rules


def test_thoughts_of_self_harm_raise_on_the_single_answer() -> None:  # 14
    (finding,) = triage(Facts(answers={"phq_9": 1}))
    assert (finding.rule, finding.level, finding.safety_text) == ("M1", Level.URGENT, "SAFE-ITEM9")


def test_the_most_serious_finding_comes_first() -> None:
    assert [level for _, level in raised(se_gate=3, mood=1)] == [Level.URGENT, Level.WATCH]
