"""The clinical rules, by the vectors of the clinical content, annex B."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from followup.core.facts import Facts, History, Reading, Total
from followup.core.findings import Finding
from followup.core.lifecycle import Level
from followup.core.triage import triage

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
OF_HISTORY = {"baseline_pain", "mood_mean", "pain", "first_days", "rescue_base", "rescue", "earlier", "raised"}
OF_HISTORY |= {"crisis_text", "newer_session"}
OF_FACTS = {"scores", "given", "asks", "is_over", "hypertension", "reply_seconds"}


def findings(hours: float | None = 2, **known: Any) -> tuple[Finding, ...]:
    history = History(**{name: known.pop(name) for name in OF_HISTORY & known.keys()})
    facts = {name: known.pop(name) for name in OF_FACTS & known.keys()}
    return triage(Facts(answers=known, hours=hours, now=reading(0), history=history, **facts))


def raised(hours: float | None = 2, **known: Any) -> list[tuple[str, Level]]:
    return [(finding.rule, finding.level) for finding in findings(hours, **known)]


def rules(rule: str, hours: float | None = 2, **known: Any) -> list[Finding]:
    return [finding for finding in findings(hours, **known) if finding.rule == rule]


def reading(hours_ago: float, value: float = 0) -> Reading:
    at = NOW - timedelta(hours=hours_ago)
    return Reading(at, at.date(), value)


def phq9(value: float) -> dict[str, Total]:
    return {"phq9": Total(value, value >= 10, 10)}


@pytest.mark.parametrize(
    ("baseline", "current", "expected"),
    [
        (7, 5, [("P1", Level.INFO)]),  # 1
        (8, 4, [("P1", Level.INFO)]),  # 2
        (3, 2, [("P1", Level.INFO)]),  # 3
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


@pytest.mark.parametrize(
    ("baseline", "current", "said"),
    [
        (7, 5, {"percent": 28.6, "band": "minimal"}),  # 1
        (8, 4, {"percent": 50.0, "band": "substantial"}),  # 2
        (10, 7, {"percent": 30.0, "band": "moderate"}),
        (10, 9, {"percent": 10.0, "band": "minimal"}),
        (3, 2, {"points": 1}),  # 3
    ],
)
def test_relief_is_told_in_percent_and_below_four_in_points(
    baseline: float, current: int, said: dict[str, Any]
) -> None:
    (finding,) = rules("P1", pain_avg24=current, baseline_pain=baseline)
    assert dict(finding.inputs) == {"current": current, "baseline": baseline} | said


def test_without_a_baseline_pain_raises_only_that_it_has_none_and_once() -> None:
    assert raised(pain_avg24=10) == [("P0", Level.INFO)]
    assert raised(pain_avg24=10, raised=frozenset({"P0"})) == []
    assert raised(pain_avg24=10, hours=None) == []


def test_relief_that_fades_is_noted_once_and_looked_at_when_it_lasts_a_day() -> None:  # 9
    eased = reading(60, 3)
    assert [each.level for each in rules("P3", pain_avg24=5, baseline_pain=8, pain=(eased,))] == [Level.INFO]
    twice = (eased, reading(26, 5))
    assert [each.level for each in rules("P3", pain_avg24=5, baseline_pain=8, pain=twice)] == [Level.WATCH]
    soon = (eased, reading(20, 5))
    assert [each.level for each in rules("P3", pain_avg24=5, baseline_pain=8, pain=soon)] == [Level.INFO]
    assert rules("P3", pain_avg24=4, baseline_pain=8, pain=(eased,)) == []
    assert rules("P3", pain_avg24=8, baseline_pain=8, pain=(reading(60, 6),)) == []


@pytest.mark.parametrize(("apart", "expected"), [(20, []), (25, ["P4"])])  # 10, 11
def test_pain_that_is_back_counts_in_two_readings_a_day_apart(apart: float, expected: list[str]) -> None:
    before = (reading(90, 4), reading(apart, 7))
    found = rules("P4", pain_avg24=7, baseline_pain=8, pain=before, hours=100)
    assert [each.rule for each in found] == expected
    assert all((each.level, each.tags) == (Level.WATCH, ("booster-review",)) for each in found)


def test_pain_that_never_eased_cannot_come_back() -> None:
    assert rules("P4", pain_avg24=8, baseline_pain=8, pain=(reading(90, 7), reading(30, 8))) == []


def test_relief_that_is_gone_in_the_patients_words_is_a_relapse_and_ends_its_duration() -> None:
    found = findings(relief_still="3", hours=240)
    assert [(each.rule, each.level) for each in found] == [("P4", Level.WATCH), ("P6", Level.INFO)]
    assert found[1].inputs == {"days": 10.0}
    assert rules("P6", relief_still="3", hours=240, raised=frozenset({"P4"})) == []
    assert rules("P6", relief_still="3", hours=240, newer_session=True) == []
    assert raised(relief_still="2") == []


def test_no_relief_after_the_first_three_sessions_asks_for_the_plan() -> None:  # 12
    (finding,) = rules("P5", pain_avg24=8, baseline_pain=8, first_days=(8, 8, 8), hours=24)
    assert (finding.level, finding.tags) == (Level.WATCH, ("plan-review",))
    for values in [(8, 8), (8, None, 8), (8, 7, 8), (8, 8, 8, 8)]:
        assert rules("P5", pain_avg24=8, baseline_pain=8, first_days=values, hours=24) == []


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (4.0, 6.0, [(Level.WATCH, None)]),
        (4.0, 5.0, [(Level.INFO, "watch-candidate")]),
        (4.0, 4.7, []),
        (5.0, 4.0, [(Level.INFO, "improved")]),
    ],
)
def test_a_change_of_the_peg_counts_from_one_and_is_looked_at_from_two(
    before: float, now: float, expected: list[tuple[Level, str | None]]
) -> None:
    found = rules("P7", scores={"peg": Total(now)}, earlier={"peg": (9.0, before)})
    assert [(each.level, each.inputs.get("meaning")) for each in found] == expected


def test_three_doses_more_on_two_days_or_more_prescriptions_are_looked_at() -> None:
    assert [each.level for each in rules("P8", rescue24=4, rescue_base=1, rescue=(reading(30, 5),))] == [Level.WATCH]
    assert rules("P8", rescue24=4, rescue_base=1, rescue=(reading(2, 5),)) == []
    assert rules("P8", rescue24=4, rescue_base=1, rescue=(reading(30, 3),)) == []
    assert rules("P8", rescue24=9) == []
    assert [each.level for each in rules("P8", meds_change="4")] == [Level.WATCH]
    assert rules("P8", meds_change="3") == []


def test_a_severe_side_effect_is_urgent_at_any_time() -> None:  # 22
    assert raised(se_gate=3, se_which=["1"], hours=2) == [("E2", Level.URGENT)]
    assert raised(se_gate="3", hours=None) == [("E2", Level.URGENT)]


def test_seeing_things_mildly_after_two_hours_is_expected() -> None:  # 20
    assert raised(se_gate=1, se_which=["5"], hours=2) == []


def test_seeing_things_after_a_day_is_urgent() -> None:  # 21
    (finding,) = findings(se_gate=1, se_which=["5"], hours=30)
    assert (finding.rule, finding.level, finding.safety_text) == ("E3", Level.URGENT, "SAFE-PERSIST")
    assert finding.inputs == {"worst": 1, "symptoms": ["5"], "trend": 0, "hours": 30}
    assert finding.thresholds["hours"] == 24


@pytest.mark.parametrize(("hours", "level"), [(26, Level.WATCH), (73, Level.URGENT)])
def test_a_moderate_effect_that_persists_rises_after_three_days(hours: float, level: Level) -> None:  # 23
    assert raised(se_gate=2, se_which=["6"], hours=hours) == [("E9", level)]


@pytest.mark.parametrize(
    ("answers", "hours", "expected"),
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
def test_side_effects(answers: dict[str, Any], hours: float, expected: list[str]) -> None:
    assert [rule for rule, _ in raised(hours=hours, **answers)] == expected


def test_a_severe_headache_with_known_high_pressure_is_urgent_by_itself() -> None:
    assert [each.level for each in rules("E7", se_gate=3, se_which=["6"], hypertension=True)] == [Level.URGENT]
    assert rules("E7", se_gate=3, se_which=["6"]) == []
    assert rules("E7", se_gate=2, se_which=["6"], hypertension=True) == []


def test_long_term_harm_is_tagged_for_whom_it_concerns() -> None:
    found = [(each.rule, each.level, each.tags) for each in findings(se_long=["1", "3"])]
    assert found == [("E12", Level.WATCH, ("bladder",)), ("E13", Level.WATCH, ("use-disorder-review",))]
    assert raised(se_long=["2"]) == []
    assert raised(se_long=["0"]) == []


def test_anxiety_after_a_day_leads_to_two_questions_more() -> None:
    (finding,) = rules("E8", se_gate=2, se_which=["8"], hours=25)
    assert (finding.level, finding.ask) == (Level.WATCH, "phq-2")


@pytest.mark.parametrize(("mood", "mean", "expected"), [(2, None, ["M6"]), (3, None, []), (5, 8, ["M6"]), (6, 8, [])])
def test_low_mood_or_a_fall_of_three_is_watched_and_asked_about_next_day(
    mood: int, mean: float | None, expected: list[str]
) -> None:
    found = findings(mood=mood, mood_mean=mean)
    assert [each.rule for each in found] == expected
    assert all((each.ask, each.safety_text) == ("phq-2", "SAFE-WATCH") for each in found)


@pytest.mark.parametrize(("answer", "within"), [("1", None), ("2", 15), ("3", 15)])
def test_thoughts_of_self_harm_raise_on_the_single_answer(answer: str, within: int | None) -> None:  # 14
    (finding,) = findings(phq_9=answer)
    assert (finding.rule, finding.level, finding.safety_text) == ("M1", Level.URGENT, "SAFE-ITEM9")
    assert finding.act_within == (None if within is None else timedelta(minutes=within))


def test_thoughts_of_self_harm_after_words_of_crisis_are_an_emergency() -> None:  # 15, the other way round
    assert raised(phq_9="1", crisis_text=True) == [("M1", Level.EMERGENCY)]
    assert raised(phq_9="0", crisis_text=True) == []


def test_item_9_left_open_is_looked_at_only_where_it_was_there_and_all_is_over() -> None:  # 17
    eight = {f"phq_{place}": "1" for place in range(1, 9)}
    nine = frozenset({*eight, "phq_9"})
    assert [each.level for each in rules("M1c", asks=nine, is_over=True, **eight)] == [Level.WATCH]
    assert rules("M1c", asks=nine, **eight) == []
    assert rules("M1c", asks=frozenset(eight), is_over=True, **eight) == []
    assert rules("M1c", asks=nine, is_over=True, phq_9="0", **eight) == []


@pytest.mark.parametrize(
    ("score", "value", "expected"),
    [
        ("phq2", 3, [("M2", "phq-9")]),  # 13
        ("phq2", 2, []),
        ("gad2", 3, [("M5", "gad-7")]),
        ("gad2", 2, []),
    ],
)
def test_a_positive_screen_leads_to_the_whole_questionnaire(
    score: str, value: int, expected: list[tuple[str, str]]
) -> None:
    found = findings(scores={score: Total(value, value >= 3, 3)})
    assert [(each.rule, each.ask) for each in found] == expected
    assert all(each.level is Level.WATCH for each in found)


def test_the_line_of_a_screen_is_the_surveys_own() -> None:
    (finding,) = findings(scores={"phq2": Total(2, True, 2)})
    assert (finding.rule, finding.thresholds) == ("M2", {"phq2": 2})


def test_a_rise_of_the_phq9_to_severe_is_urgent_beside_the_change() -> None:  # 19
    found = findings(scores=phq9(18), earlier={"phq9": (12.0,)})
    assert [(each.rule, each.level) for each in found] == [("M3", Level.URGENT), ("M4", Level.WATCH)]
    assert (found[0].safety_text, found[0].tags) == ("SAFE-WATCH", ("call-patient",))


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((), 20, [("M3", Level.URGENT)]),
        ((), 19, []),
        ((14.0,), 19, []),
        ((9.0,), 15, [("M3", Level.URGENT), ("M4", Level.WATCH)]),
        ((4.0,), 10, [("M4", Level.WATCH)]),
        ((20.0,), 14, [("M4", Level.INFO)]),
        ((3.0,), 2, []),
        ((16.0, 7.0), 10, [("M7", Level.WATCH)]),
        ((16.0, 7.0), 9, []),
        ((10.0, 2.0), 8, [("M4", Level.WATCH), ("M7", Level.WATCH)]),
    ],
)
def test_the_phq9_beside_the_ones_before(
    before: tuple[float, ...], now: float, expected: list[tuple[str, Level]]
) -> None:
    assert raised(scores=phq9(now), earlier={"phq9": before}) == expected


def test_better_is_told_in_all_its_meanings() -> None:
    (finding,) = findings(scores=phq9(4), earlier={"phq9": (16.0,)})
    assert finding.inputs["meanings"] == ["reliable improvement", "response", "remission"]


@pytest.mark.parametrize(
    ("before", "now", "expected"), [((), 15, 1), ((), 14, 0), ((9.0,), 13, 1), ((9.0,), 12, 0), ((20.0,), 15, 1)]
)
def test_severe_anxiety_or_a_rise_of_four_is_watched(before: tuple[float, ...], now: float, expected: int) -> None:
    assert raised(scores={"gad7": Total(now)}, earlier={"gad7": before}) == [("M5", Level.WATCH)] * expected


def test_answers_that_nobody_thought_about_are_noted() -> None:
    assert raised(given=("1",) * 8) == [("Q2", Level.INFO)]
    assert raised(given=("0", *("1",) * 7, "0")) == []
    assert raised(reply_seconds=2.0) == [("Q3", Level.INFO)]
    assert raised(reply_seconds=2.1) == []
    assert raised(reply_seconds=-1.0) == []  # it was written before the question had left


def test_the_most_serious_finding_comes_first() -> None:
    assert [level for _, level in raised(se_gate=3, mood=1)] == [Level.URGENT, Level.WATCH]
