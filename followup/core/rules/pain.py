"""Pain, relief and extra medicine (clinical content, section 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from followup.core.facts import Facts, Reading
from followup.core.findings import Finding
from followup.core.lifecycle import Level

LOWEST_FOR_PERCENT: Final = 4
"""Below this baseline changes count in points, not in percent (section 3.2)."""
POINTS_FOR: Final = {10: 1, 30: 2}
"""A percentage in points, for low baselines: 2 points stand for 30 % (section 1.3, Farrar 2001); 1 for 10 % is ours."""
BANDS: Final = ((50, "substantial"), (30, "moderate"), (10, "minimal"))
APART: Final = timedelta(hours=24)
"""Two readings this far apart make a change more than noise (sections 3.3 and 3.7)."""
RELIEF_GONE, MORE_MEDICINE = "3", "4"
EARLY_SESSIONS: Final = 3


def pain(facts: Facts) -> Iterator[Finding]:
    """P1 to P8, and P0: there is no baseline, so what compares with it is off (section 3.2)."""
    current, baseline = facts.answers.get("pain_avg24"), facts.history.baseline_pain
    if current is not None and facts.hours is not None:
        if baseline is None:
            yield from _no_baseline(facts)
        else:
            yield from _against_baseline(facts, current, baseline)
    yield from _relapse(facts, current, baseline)
    yield from _peg(facts)
    yield from _medicine(facts)


def improved(baseline: float, value: float, percent: int) -> bool:
    """Whether `value` is `percent` below `baseline`, or as many points as stand for it where the baseline is low."""
    if baseline < LOWEST_FOR_PERCENT:
        return baseline - value >= POINTS_FOR[percent]
    return 100 * (baseline - value) / baseline >= percent


def _no_baseline(facts: Facts) -> Iterator[Finding]:
    if "P0" not in facts.history.raised:
        yield Finding("P0", Level.INFO, {"baseline": None})


def _against_baseline(facts: Facts, current: float, baseline: float) -> Iterator[Finding]:
    yield from _response_band(current, baseline)
    yield from _worse(current, baseline)
    yield from _fading(facts, current, baseline)
    yield from _no_early_response(facts, baseline)


def _response_band(current: float, baseline: float) -> Iterator[Finding]:
    """P1. Above a low baseline the change is told in points alone."""
    seen: dict[str, float] = {"current": current, "baseline": round(baseline, 2)}
    if baseline < LOWEST_FOR_PERCENT:
        if current < baseline:
            yield Finding("P1", Level.INFO, seen | {"points": round(baseline - current, 2)})
        return
    percent = 100 * (baseline - current) / baseline
    band = next((name for line, name in BANDS if percent >= line), None)
    if band is not None:
        yield Finding("P1", Level.INFO, seen | {"percent": round(percent, 1), "band": band}, {"bands": [10, 30, 50]})


def _worse(current: float, baseline: float) -> Iterator[Finding]:
    """P2. A rise of 30 % is impossible from 8 up, so points rule."""
    seen = {"current": current, "baseline": round(baseline, 2)}
    if current >= 9 and current >= baseline + 3:
        yield Finding("P2", Level.URGENT, seen, {"current": 9, "rise": 3}, "SAFE-SEVERE")
    elif current >= baseline + 2 or (current == 10 and baseline < 10):
        yield Finding("P2", Level.WATCH, seen, {"rise": 2, "or_current": 10}, "SAFE-WATCH")


def _fading(facts: Facts, current: float, baseline: float) -> Iterator[Finding]:
    """P3: relief that was there goes. The second such reading, a day or more after the first, is to be looked at."""
    before = facts.history.pain
    if not _faded(before, current, baseline):
        return
    earlier = [
        reading
        for place, reading in enumerate(before)
        if _long_before(facts, reading) and _faded(before[:place], reading.value, baseline)
    ]
    seen = {"current": current, "lowest": min(reading.value for reading in before), "baseline": round(baseline, 2)}
    level = Level.WATCH if earlier else Level.INFO
    yield Finding("P3", level, seen, {"lowest_percent": 30, "rise": 2, "hours_apart": 24})


def _faded(before: Sequence[Reading], current: float, baseline: float) -> bool:
    lowest = min((reading.value for reading in before), default=None)
    return lowest is not None and improved(baseline, lowest, 30) and current >= lowest + 2


def _no_early_response(facts: Facts, baseline: float) -> Iterator[Finding]:
    """P5: not a tenth better a day after each of the first three sessions."""
    values = facts.history.first_days
    if len(values) != EARLY_SESSIONS or "P5" in facts.history.raised:
        return
    told = [value for value in values if value is not None]
    if len(told) == EARLY_SESSIONS and not any(improved(baseline, value, 10) for value in told):
        seen = {"baseline": round(baseline, 2), "values": told}
        yield Finding("P5", Level.WATCH, seen, {"percent": 10, "sessions": EARLY_SESSIONS}, tags=("plan-review",))


def _relapse(facts: Facts, current: float | None, baseline: float | None) -> Iterator[Finding]:
    """P4, and with the first of a session P6: for how many days it helped, unless the next session came first."""
    gone = facts.answers.get("relief_still") == RELIEF_GONE
    back = current is not None and baseline is not None and _is_back(facts, current, baseline)
    if not gone and not back:
        return
    seen = {"relief_gone": gone, "current": current, "baseline": None if baseline is None else round(baseline, 2)}
    thresholds = {"below_baseline": 1, "readings": 2, "hours_apart": 24, "or_relief_still": RELIEF_GONE}
    yield Finding("P4", Level.WATCH, seen, thresholds, "SAFE-WATCH", tags=("booster-review",))
    if facts.hours is not None and not facts.history.newer_session and "P4" not in facts.history.raised:
        yield Finding("P6", Level.INFO, {"days": round(facts.hours / 24, 1)})


def _is_back(facts: Facts, current: float, baseline: float) -> bool:
    """Whether pain that had eased by 30 % is at the baseline again, in two readings a day or more apart."""
    before = facts.history.pain
    eased = next((place for place, reading in enumerate(before) if improved(baseline, reading.value, 30)), None)
    if eased is None or current < baseline - 1:
        return False
    return any(_long_before(facts, reading) and reading.value >= baseline - 1 for reading in before[eased + 1 :])


def _long_before(facts: Facts, reading: Reading) -> bool:
    return facts.now is not None and facts.now.at - reading.at >= APART


def _peg(facts: Facts) -> Iterator[Finding]:
    """P7, against the PEG before: a rise of 2 is reliable, of 1 important but perhaps noise (section 3.7)."""
    total, before = facts.scores.get("peg"), facts.history.earlier.get("peg", ())
    if total is None or not before:
        return
    change = round(total.value - before[-1], 1)
    seen = {"peg": total.value, "before": before[-1], "change": change}
    if change >= 2:
        yield Finding("P7", Level.WATCH, seen, {"rise": 2})
    elif change >= 1:
        yield Finding("P7", Level.INFO, seen | {"meaning": "watch-candidate"}, {"rise": 1})
    elif change <= -1:
        yield Finding("P7", Level.INFO, seen | {"meaning": "improved"}, {"fall": 1})


def _medicine(facts: Facts) -> Iterator[Finding]:
    """P8: three doses more than before on two days, or more prescription medicine."""
    if facts.answers.get("meds_change") == MORE_MEDICINE:
        yield Finding("P8", Level.WATCH, {"meds_change": MORE_MEDICINE}, {"meds_change": MORE_MEDICINE})
        return
    doses, base = facts.answers.get("rescue24"), facts.history.rescue_base
    if doses is None or base is None or facts.now is None or doses < base + 3:
        return
    days = {reading.day for reading in facts.history.rescue if reading.value >= base + 3}
    if days - {facts.now.day}:
        seen = {"rescue24": doses, "base": round(base, 2), "days": len(days | {facts.now.day})}
        yield Finding("P8", Level.WATCH, seen, {"more": 3, "days": 2})
