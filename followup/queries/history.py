"""What the rules compare an answer with: earlier answers, totals and signals of the same patient."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from followup.core.facts import Facts, History, Reading, Total, whole
from followup.core.lifecycle import FollowUpStatus
from followup.core.rules.texts import CRISIS_RULES, WITHIN_HOURS, TextFacts
from followup.core.series import first_day_values, series_of
from followup.models import Answer, FollowUp, Patient, Response, Signal
from messaging.queries import last_left_at
from surveys.core.definition import SurveyDefinition
from surveys.core.scoring import score
from surveys.queries import definition_of

LOOK_BACK: Final = timedelta(days=14)
BASELINE_READINGS: Final = 3
JUMPY: Final = ("pain_now", "pain_avg24", "pain_worst24", "mood")
"""Questions whose answer is compared with the last one (clinical content, Q1)."""
SIDE_EFFECTS: Final = frozenset({"se_gate", "se_which", "se_trend"})
COMPARED: Final = frozenset({"pain_avg24", "mood", "rescue24", "relief_still"})
"""Questions whose rules look at earlier readings, sessions and signals."""
COMPARED_TOTALS: Final = frozenset({"peg", "phq9", "gad7"})
"""Scores whose rules look at earlier totals."""
READ_BACK: Final = ("pain_avg24", "peg_p", "mood", "rescue24")
IN_PROGRESS: Final = (FollowUpStatus.SCHEDULED, FollowUpStatus.OPEN)


# By hand, because nearly every turn makes them, and building a statement takes longer than the database does.
CURRENT: Final = """
SELECT question, value, kind, late, answered_at FROM followup_answer
WHERE follow_up_id = %s AND superseded_at IS NULL ORDER BY answered_at, id
"""
ENDS: Final = """
SELECT ended_at FROM followup_caresession
WHERE patient_id = %s AND ended_at IS NOT NULL AND cancelled_at IS NULL ORDER BY ended_at
"""
READINGS: Final = """
SELECT question, answered_at, value FROM followup_answer
WHERE patient_id = %(patient)s AND follow_up_id <> %(follow_up)s AND question = ANY(%(questions)s)
  AND kind = 'value' AND NOT late AND superseded_at IS NULL AND answered_at >= %(since)s AND answered_at < %(until)s
ORDER BY answered_at, id
"""


class CurrentAnswer(NamedTuple):
    """An answer that counts now, as far as scores and rules look at it."""

    question: str
    value: Any
    kind: str
    late: bool
    at: datetime


def current_answers(follow_up_id: UUID) -> list[CurrentAnswer]:
    """The answers of a follow-up that no other supersedes, in the order they were given."""
    return [CurrentAnswer(question, _value(value), *rest) for question, value, *rest in _rows(CURRENT, [follow_up_id])]


def _rows(sql: str, values: list[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _value(written: str | None) -> Any:
    """A value as Python has it; Django has the driver leave JSON as it is written."""
    return None if written is None else json.loads(written)


def facts(
    follow_up: FollowUp,
    current: Sequence[CurrentAnswer],
    raised: Iterable[Signal],
    *,
    now: datetime,
    late: bool = False,
) -> Facts:
    """The current answers of a follow-up and what the rules set beside them (clinical content, section 3.2).

    `raised` comes from `raised_for` and is looked at only where rules need it. With `late` the answers count that came
    after closing too. Hours and readings are those of the answers, so that the same answers mean the same at any later
    time. At most five queries, however long the history is.
    """
    given = [each for each in current if each.kind == "value" and (late or not each.late)]
    answers = {each.question: each.value for each in given}
    at = {each.question: each.at for each in given}
    effects_at = max((at[question] for question in SIDE_EFFECTS & at.keys()), default=now)
    readings_at = at.get("pain_avg24") or at.get("rescue24") or now
    survey = definition_of(follow_up.survey_version_id) if follow_up.survey_version_id else None
    is_over = follow_up.status not in IN_PROGRESS
    ended_at, left_at = follow_up.care_session.ended_at, last_left_at(follow_up.id)
    scores = _totals(survey, answers, is_over=is_over) if survey else {}
    return Facts(
        answers=answers,
        given=tuple(each.value for each in given),
        asks=survey.keys if survey else frozenset(),
        is_over=is_over,
        scores=scores,
        hours=None if ended_at is None else (effects_at - ended_at).total_seconds() / 3600,
        now=_reading(readings_at, answers.get("pain_avg24"), follow_up.patient),
        hypertension=follow_up.patient.has_hypertension,
        reply_seconds=None if left_at is None or is_over else (now - left_at).total_seconds(),
        history=_history(follow_up, answers, scores, raised, readings_at, now),
    )


def _totals(survey: SurveyDefinition, answers: Mapping[str, Any], *, is_over: bool) -> dict[str, Total]:
    """The scores that count: while questions are still to come, only those with every item answered."""
    lines = {rule.key: rule.flag_from for rule in survey.scores}
    return {
        key: Total(each.value, each.flagged, lines[key])
        for key, each in score(survey, answers).items()
        if each.value is not None and (is_over or not each.prorated)
    }


def _history(
    follow_up: FollowUp,
    answers: Mapping[str, Any],
    scores: Mapping[str, Total],
    raised: Iterable[Signal],
    readings_at: datetime,
    now: datetime,
) -> History:
    """Only what the answers at hand are compared with is looked up."""
    past = _Past.of(follow_up, now) if COMPARED & answers.keys() else None
    known = [(signal.rule, signal.raised_at) for signal in raised] if past or "phq_9" in answers else []
    ended_at = follow_up.care_session.ended_at
    return History(
        baseline_pain=past.baseline("pain_avg24", "peg_p") if past else None,
        pain=past.since_session("pain_avg24") if past else (),
        first_days=past.first_days(_reading(readings_at, answers.get("pain_avg24"), follow_up.patient)) if past else (),
        rescue_base=past.baseline("rescue24") if past else None,
        rescue=past.since_session("rescue24") if past else (),
        mood_mean=past.mean("mood", since=now - LOOK_BACK) if past else None,
        earlier=_earlier(follow_up) if COMPARED_TOTALS & scores.keys() else {},
        raised=frozenset(rule for rule, at in known if ended_at is not None and at >= ended_at),
        crisis_text=any(rule in CRISIS_RULES and at >= now - timedelta(hours=WITHIN_HOURS) for rule, at in known),
        newer_session=past is not None and past.newer_session,
    )


def _reading(at: datetime, value: float | None, patient: Patient) -> Reading:
    return Reading(at, at.astimezone(ZoneInfo(patient.time_zone)).date(), 0 if value is None else value)


@dataclass(frozen=True, slots=True)
class _Past:
    """A patient's earlier readings by question, oldest first, and the ends of their care sessions."""

    readings: Mapping[str, Sequence[Reading]]
    ends: Sequence[datetime]
    ended_at: datetime | None

    @classmethod
    def of(cls, follow_up: FollowUp, now: datetime) -> _Past:
        """Two queries: the sessions, and the readings since the 14 days before their series."""
        ends = [at for (at,) in _rows(ENDS, [follow_up.patient_id])]
        ended_at = follow_up.care_session.ended_at
        series = series_of(ends, ended_at)
        since = min([now - LOOK_BACK, *(at - LOOK_BACK for at in series[:1])])
        return cls(_readings(follow_up, since, now), ends, ended_at)

    @property
    def newer_session(self) -> bool:
        """Whether another session has ended after the one that this follow-up is about."""
        return self.ended_at is not None and bool(self.ends) and self.ends[-1] > self.ended_at

    def baseline(self, *questions: str) -> float | None:
        """The mean of up to three latest readings in the 14 days before the series, of the first question with any."""
        series = series_of(self.ends, self.ended_at)
        if not series:
            return None
        for question in questions:
            before = [
                each.value for each in self.readings.get(question, ()) if series[0] - LOOK_BACK <= each.at < series[0]
            ]
            if before:
                return fmean(before[-BASELINE_READINGS:])
        return None

    def since_session(self, question: str) -> tuple[Reading, ...]:
        """The readings since the end of the session."""
        if self.ended_at is None:
            return ()
        return tuple(each for each in self.readings.get(question, ()) if each.at >= self.ended_at)

    def mean(self, question: str, *, since: datetime) -> float | None:
        """The patient's own mean."""
        values = [each.value for each in self.readings.get(question, ()) if each.at >= since]
        return fmean(values) if values else None

    def first_days(self, current: Reading) -> tuple[float | None, ...]:
        """The pain a day after each session of the series, this reading's among them."""
        return first_day_values(series_of(self.ends, self.ended_at), [*self.readings.get("pain_avg24", ()), current])


def _readings(follow_up: FollowUp, since: datetime, until: datetime) -> dict[str, list[Reading]]:
    """The patient's readings of other follow-ups that count, oldest first."""
    values = {
        "patient": follow_up.patient_id,
        "follow_up": follow_up.id,
        "questions": list(READ_BACK),
        "since": since,
        "until": until,
    }
    found: dict[str, list[Reading]] = defaultdict(list)
    for question, at, value in _rows(READINGS, values):
        found[question].append(_reading(at, _value(value), follow_up.patient))
    return found


def raised_for(follow_up: FollowUp, *, now: datetime) -> QuerySet[Signal]:
    """The patient's signals since the session ended, of the last day, and of this follow-up; read when looked at."""
    ended_at = follow_up.care_session.ended_at or now
    since = min(ended_at, now - timedelta(hours=WITHIN_HOURS))
    lately = Q(patient_id=follow_up.patient_id, raised_at__gte=since)
    return Signal.objects.filter(lately | Q(follow_up=follow_up))


def _earlier(follow_up: FollowUp) -> dict[str, tuple[float, ...]]:
    """The totals of the patient's earlier surveys by score, oldest first."""
    rows = Response.objects.filter(patient_id=follow_up.patient_id).exclude(follow_up=follow_up).exclude(scores={})
    found: dict[str, list[float]] = defaultdict(list)
    for scores in rows.order_by("created_at", "id").values_list("scores", flat=True):
        for key, each in scores.items():
            if each["value"] is not None:
                found[key].append(each["value"])
    return {key: tuple(values) for key, values in found.items()}


def text_facts(
    patient: Patient | None, *, pressure: tuple[int, int] | None, is_sped_up: bool, now: datetime
) -> TextFacts:
    """What the rules about a text look at besides its words: the patient's answers of the last day. One query."""
    answers = Answer.objects.filter(
        patient=patient,
        question__in=("se_which", "phq_9"),
        kind="value",
        superseded_at__isnull=True,
        answered_at__gt=now - timedelta(hours=WITHIN_HOURS),
    ).order_by("answered_at", "id")
    values = dict(answers.values_list("question", "value")) if patient is not None else {}
    return TextFacts(
        pressure=pressure,
        is_sped_up=is_sped_up,
        symptoms=frozenset(map(str, values.get("se_which") or ())),
        item9=whole(values.get("phq_9")),
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
