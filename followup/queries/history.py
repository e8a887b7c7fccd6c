"""What the rules compare an answer with: earlier answers of the same patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any, Final
from uuid import UUID

from followup.core.triage import Facts
from followup.models import Answer, FollowUp

LOOK_BACK: Final = timedelta(days=14)
BASELINE_READINGS: Final = 3
JUMPY: Final = ("pain_now", "pain_avg24", "pain_worst24", "mood")
"""Questions whose answer is compared with the last one (clinical content, Q1)."""


def facts(follow_up: FollowUp, *, now: datetime, late: bool = False) -> Facts:
    """The current answers of a follow-up and the history that the rules need (clinical content, section 3.2)."""
    answers = current_values(follow_up.id, late=late)
    ended_at = follow_up.care_session.ended_at
    return Facts(
        answers=answers,
        hours=None if ended_at is None else (now - ended_at).total_seconds() / 3600,
        baseline_pain=_baseline(follow_up, ended_at) if "pain_avg24" in answers else None,
        mood_mean=_mood_mean(follow_up, now) if "mood" in answers else None,
    )


def current_values(follow_up_id: UUID, *, late: bool = False) -> dict[str, Any]:
    """The values that count now, by question; with `late` also those that came after closing."""
    answers = Answer.objects.filter(follow_up_id=follow_up_id, superseded_at__isnull=True, kind="value")
    if not late:
        answers = answers.filter(late=False)
    return dict(answers.values_list("question", "value"))


def _baseline(follow_up: FollowUp, ended_at: datetime | None) -> float | None:
    """B: the mean of up to three latest readings in the 14 days before the session."""
    if ended_at is None:
        return None
    readings = list(
        _readings(follow_up, "pain_avg24", ended_at - LOOK_BACK, ended_at).order_by("-answered_at")[:BASELINE_READINGS]
    )
    return fmean(readings) if readings else None


def _mood_mean(follow_up: FollowUp, now: datetime) -> float | None:
    readings = list(_readings(follow_up, "mood", now - LOOK_BACK, now))
    return fmean(readings) if readings else None


def _readings(follow_up: FollowUp, question: str, since: datetime, until: datetime) -> Any:
    return (
        Answer.objects.filter(
            patient_id=follow_up.patient_id,
            question=question,
            kind="value",
            late=False,
            superseded_at__isnull=True,
            answered_at__gte=since,
            answered_at__lt=until,
        )
        .exclude(follow_up=follow_up)
        .values_list("value", flat=True)
    )


def last_known_of(patient_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Each patient's latest numeric value by question, for noticing a jump (clinical content, Q1)."""
    rows = (
        Answer.objects.filter(
            patient_id__in=patient_ids, question__in=JUMPY, kind="value", late=False, superseded_at__isnull=True
        )
        .order_by("patient_id", "question", "-answered_at")
        .distinct("patient_id", "question")
    )
    known: dict[UUID, dict[str, Any]] = {}
    for patient_id, question, value in rows.values_list("patient_id", "question", "value"):
        known.setdefault(patient_id, {})[question] = value
    return known
