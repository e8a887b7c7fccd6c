"""Everything about one patient in order of time, and the curves of pain and mood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, Literal
from uuid import UUID

from followup.core.lifecycle import SessionStatus
from followup.core.parties import ClinicFacts
from followup.models import Answer, CareSession, FollowUp, Patient, ReviewItem, Signal
from messaging.queries import Texted, thread

CURVES: Final = {"pain": "pain_avg24", "mood": "mood"}
MOST_TEXTS: Final = 200
Kind = Literal["care_session", "follow_up", "text", "signal", "review"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened or is planned. `row` is the row itself; for a text, messaging's `Texted`."""

    at: datetime
    kind: Kind
    row: Any
    answers: Sequence[Answer] = field(default=())
    """For a follow-up: its answers in order of time, superseded ones included."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A patient's entries, oldest first."""

    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of a curve."""

    at: datetime
    value: float
    late: bool
    follow_up_id: UUID


@dataclass(frozen=True, slots=True)
class Series:
    """Curves of one patient over the care sessions that ended."""

    pain: Sequence[Point]
    mood: Sequence[Point]
    sessions: Sequence[datetime]


def timeline(clinic: ClinicFacts, patient: Patient) -> Timeline:
    """The patient's whole story with the last MOST_TEXTS texts of the present number, in a fixed number of queries."""
    of = {"clinic_id": clinic.id, "patient": patient}
    answers = _answers_by_follow_up(of)
    texts = thread(clinic.id, patient.phone_hash, limit=MOST_TEXTS)
    entries = [
        *(Entry(row.ended_at or row.booked_for or row.created_at, "care_session", row) for row in _sessions(of)),
        *(
            Entry(row.opened_at or row.due_at, "follow_up", row, answers[row.id])
            for row in FollowUp.objects.filter(**of)
            .select_related("plan_step", "raised_by", "response", "conversation")
            .prefetch_related("links")
        ),
        *(Entry(text.at, "text", text) for text in texts),
        *(Entry(row.raised_at, "signal", row) for row in Signal.objects.filter(**of)),
        *(
            Entry(row.opened_at, "review", row)
            for row in ReviewItem.objects.filter(**of).select_related("claimed_by", "closed_by")
        ),
    ]
    return Timeline(entries=sorted(entries, key=attrgetter("at")))


def _sessions(of: dict[str, Any]) -> Iterable[CareSession]:
    return CareSession.objects.filter(**of)


def _answers_by_follow_up(of: dict[str, Any]) -> dict[UUID, list[Answer]]:
    grouped: dict[UUID, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(**of).order_by("answered_at", "id"):
        grouped[answer.follow_up_id].append(answer)
    return grouped


def series(clinic: ClinicFacts, patient: Patient) -> Series:
    """Pain (average of 24 h) and mood, 0-10 each, with the ends of care sessions. Two queries."""
    points: dict[str, list[Point]] = defaultdict(list)
    answers = Answer.objects.filter(
        clinic_id=clinic.id,
        patient=patient,
        question__in=CURVES.values(),
        kind="value",
        superseded_at__isnull=True,
    ).order_by("answered_at", "id")
    for question, at, value, late, follow_up_id in answers.values_list(
        "question", "answered_at", "value", "late", "follow_up_id"
    ):
        if value is not None:
            points[question].append(Point(at, value, late, follow_up_id))
    ended = CareSession.objects.filter(clinic_id=clinic.id, patient=patient, status=SessionStatus.ENDED)
    return Series(
        pain=points[CURVES["pain"]],
        mood=points[CURVES["mood"]],
        sessions=[at for at in ended.order_by("ended_at").values_list("ended_at", flat=True) if at is not None],
    )


__all__ = ["CURVES", "Entry", "Point", "Series", "Texted", "Timeline", "series", "timeline"]
