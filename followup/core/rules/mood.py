"""Depression, anxiety and mood (clinical content, section 3.4; M8 is about texts, see the neighbours)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from followup.core.facts import Facts, whole
from followup.core.findings import CALL_PATIENT, Finding
from followup.core.lifecycle import Level

SOON: Final = timedelta(minutes=15)
"""Within this the patient is called when item 9 is answered with 2 or 3 (rule M1)."""
RELIABLE: Final = 6
"""A change of the PHQ-9 that is more than noise (sections 1.3 and 3.7)."""


def mood(facts: Facts) -> Iterator[Finding]:
    """M1 to M7."""
    yield from _self_harm(facts)
    yield from _screens(facts)
    yield from _depression(facts)
    yield from _anxiety(facts)
    yield from _mood_now(facts)


def _self_harm(facts: Facts) -> Iterator[Finding]:
    """M1 on the single answer; M1c where the survey is over and the item, which it has, was not answered."""
    if "phq_9" in facts.answers:
        level = whole(facts.answers["phq_9"])
        if level >= 1:
            seen = {"phq_9": level, "crisis_text": facts.history.crisis_text}
            urgency = Level.EMERGENCY if facts.history.crisis_text else Level.URGENT
            within = SOON if level >= 2 else None
            yield Finding("M1", urgency, seen, {"phq_9": 1}, "SAFE-ITEM9", act_within=within)
    elif facts.is_over and "phq_9" in facts.asks and "phq_8" in facts.answers:
        yield Finding("M1c", Level.WATCH, {"phq_9": None})


def _screens(facts: Facts) -> Iterator[Finding]:
    """M2 and the first half of M5: a positive screen leads to the whole questionnaire. The line is the survey's own."""
    for rule, score, survey in (("M2", "phq2", "phq-9"), ("M5", "gad2", "gad-7")):
        total = facts.scores.get(score)
        if total is not None and total.flagged:
            yield Finding(rule, Level.WATCH, {score: total.value}, {score: total.line}, ask=survey)


def _depression(facts: Facts) -> Iterator[Finding]:
    total, before = facts.scores.get("phq9"), facts.history.earlier.get("phq9", ())
    if total is None:
        return
    last = before[-1] if before else None
    rise = 0.0 if last is None else total.value - last
    seen = {"phq9": total.value, "before": last}
    if total.value >= 20 or (total.value >= 15 and rise >= RELIABLE):
        thresholds = {"phq9": 20, "or_phq9": 15, "with_rise": RELIABLE}
        yield Finding("M3", Level.URGENT, seen, thresholds, "SAFE-WATCH", tags=(CALL_PATIENT,))
    if last is not None:
        yield from _change(total.value, last, before)
    yield from _came_back(total.value, before)


def _change(now: float, last: float, before: tuple[float, ...]) -> Iterator[Finding]:
    """M4: what a change of the PHQ-9 since the last one means; remission only where there was something to remit."""
    seen = {"phq9": now, "before": last}
    if now - last >= RELIABLE:
        yield Finding("M4", Level.WATCH, seen, {"rise": RELIABLE})
        return
    meanings = [
        meaning
        for meaning, holds in (
            ("reliable improvement", last - now >= RELIABLE),
            ("response", last > 0 and now <= last / 2),
            ("remission", now < 5 <= max(before)),
        )
        if holds
    ]
    if meanings:
        thresholds = {"fall": RELIABLE, "fall_percent": 50, "below": 5}
        yield Finding("M4", Level.INFO, seen | {"meanings": meanings}, thresholds)


def _came_back(now: float, before: tuple[float, ...]) -> Iterator[Finding]:
    """M7: depression that had halved is back."""
    halved = any(
        later <= earlier / 2 for place, earlier in enumerate(before) for later in before[place + 1 :] if earlier
    )
    if halved and (now >= 10 or now - min(before) >= RELIABLE):
        seen = {"phq9": now, "best": min(before)}
        yield Finding("M7", Level.WATCH, seen, {"phq9": 10, "or_rise": RELIABLE}, tags=("booster-review",))


def _anxiety(facts: Facts) -> Iterator[Finding]:
    """The second half of M5."""
    total, before = facts.scores.get("gad7"), facts.history.earlier.get("gad7", ())
    if total is None:
        return
    last = before[-1] if before else None
    if total.value >= 15 or (last is not None and total.value - last >= 4):
        yield Finding("M5", Level.WATCH, {"gad7": total.value, "before": last}, {"gad7": 15, "or_rise": 4})


def _mood_now(facts: Facts) -> Iterator[Finding]:
    """M6: low mood, or a fall from the patient's own mean; two questions follow on the next day."""
    now, mean = facts.answers.get("mood"), facts.history.mood_mean
    if now is None:
        return
    if now <= 2 or (mean is not None and mean - now >= 3):
        seen = {"mood": now, "mean": None if mean is None else round(mean, 2)}
        yield Finding("M6", Level.WATCH, seen, {"mood": 2, "or_fall": 3}, "SAFE-WATCH", ask="phq-2")
