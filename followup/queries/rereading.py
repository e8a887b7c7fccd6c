"""Answers read by another reader than today's, read anew beside what is kept. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from followup.core.parties import ClinicFacts
from followup.models import Answer
from surveys.core.definition import SurveyDefinition
from surveys.core.effects import AnswerKind
from surveys.core.replies.cases import value_from
from surveys.core.replies.reading import READER_VERSION, Previous
from surveys.core.rereading import Difference, Kept, reread
from surveys.queries import definition_of

LOOK_AT: Final = 400
"""Answers read anew at once: about half a second of reading, so that a page of the history answers promptly."""


@dataclass(frozen=True, slots=True)
class Differing:
    """An answer that counts, the survey that asked it, and what today's reader would have kept in its place."""

    answer: Answer
    survey: SurveyDefinition
    difference: Difference


@dataclass(frozen=True, slots=True)
class Look:
    """One stretch of the history, latest first. `next` is where the one before it begins, None at the beginning."""

    differing: Sequence[Differing]
    looked_at: int
    since: datetime | None
    next: UUID | None


def look(
    clinic: ClinicFacts,
    *,
    everything: bool = False,
    since: datetime | None = None,
    before: UUID | None = None,
    size: int = LOOK_AT,
) -> Look:
    """Read up to `size` answers anew that came in the patient's own words and still count.

    Only those that another version of the reader read, unless `everything`; only those given from `since` on; only
    those older than the answer `before`. Three statements, whatever the size.
    """
    rows = _in_own_words(clinic, everything=everything, since=since, before=before)[: size + 1]
    answers = list(rows.select_related("follow_up", "patient"))
    more, answers = len(answers) > size, answers[:size]
    others = _others(answers)
    return Look(
        differing=list(_differing(answers, others)),
        looked_at=len(answers),
        since=answers[-1].answered_at if answers else None,
        next=answers[-1].id if more else None,
    )


def _in_own_words(clinic: ClinicFacts, *, everything: bool, since: datetime | None, before: UUID | None) -> Any:
    rows = Answer.objects.filter(
        clinic_id=clinic.id, source="patient", channel="sms", raw_text__isnull=False, superseded_at__isnull=True
    )
    if not everything:
        rows = rows.exclude(reader_version=READER_VERSION)
    if since is not None:
        rows = rows.filter(answered_at__gte=since)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return rows.order_by("-id")


def _others(answers: Iterable[Answer]) -> dict[UUID, list[Answer]]:
    """All answers of the same follow-ups, superseded ones too, in the order in which they came."""
    wanted = {answer.follow_up_id for answer in answers}
    grouped: dict[UUID, list[Answer]] = {follow_up_id: [] for follow_up_id in wanted}
    rows = Answer.objects.filter(follow_up_id__in=wanted).defer("raw_text", "prompt").order_by("answered_at", "id")
    for row in rows:
        grouped[row.follow_up_id].append(row)
    return grouped


def _differing(answers: Iterable[Answer], others: Mapping[UUID, Sequence[Answer]]) -> Iterator[Differing]:
    for answer in answers:
        survey = _survey(answer)
        difference = reread(_kept(answer, survey, others[answer.follow_up_id]), answer.raw_text.reveal())
        if difference is not None:
            yield Differing(answer, survey, difference)


def _survey(answer: Answer) -> SurveyDefinition:
    """The version that was pinned when the question was asked."""
    version_id = answer.follow_up.survey_version_id
    if version_id is None:
        raise ValueError("A follow-up with an answer has a version.")
    return definition_of(version_id)


def _kept(answer: Answer, survey: SurveyDefinition, others: Sequence[Answer]) -> Kept:
    """The answer with its question from the pinned version and with what counted when its text came.

    `others` are all answers of its follow-up in the order in which they came. The patient's zone is today's: an earlier
    one is not kept.
    """
    before = [row for row in others if _counted_before(row, answer)]
    corrected = [row for row in others if row.superseded_by_id == answer.id and row.question == answer.question]
    beside = {row.question for row in others if _same_text(row, answer)}
    return Kept(
        question=survey.question(answer.question),
        language=answer.language,
        kind=cast("AnswerKind", answer.kind),
        value=value_from(answer.value),
        now=answer.answered_at.astimezone(ZoneInfo(answer.patient.time_zone)).replace(tzinfo=None),
        previous=_previous(survey, before[-1], answer.language) if before else None,
        corrects=_previous(survey, corrected[-1], answer.language) if corrected else None,
        beside=tuple(question for question in survey.questions if question.key in beside),
    )


def _counted_before(row: Answer, answer: Answer) -> bool:
    """Whether `row` was the answer to another question that counted when the text of `answer` came."""
    came_before = (row.answered_at, row.id) < (answer.answered_at, answer.id)
    counted = row.superseded_at is None or row.superseded_at >= answer.answered_at
    return came_before and counted and row.question != answer.question


def _same_text(row: Answer, answer: Answer) -> bool:
    return row.message_id is not None and row.message_id == answer.message_id and row.kind == "value"


def _previous(survey: SurveyDefinition, row: Answer, language: str) -> Previous:
    return Previous(survey.question(row.question).for_reader(language), value_from(row.value))
