"""The end of a follow-up: its conversation over, its answers scored, the result before a clinician."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from followup.core.lifecycle import FOLLOW_UP_MOVES, FollowUpStatus, Level, Reason
from followup.core.webhooks import Event
from followup.models import Answer, Conversation, FollowUp, Patient, Response
from followup.models.review import ReviewKind
from followup.operations import items
from followup.operations.announce import announce
from followup.operations.signals import raise_for_ending
from followup.queries.history import CurrentAnswer, current_answers
from messaging.core.lifecycle import Purpose
from messaging.operations import cancel_queued
from surveys.core.definition import SurveyDefinition
from surveys.core.scoring import score
from surveys.queries import definition_of

ROUTINE = (Purpose.QUESTION, Purpose.CONVERSATION, Purpose.REMINDER)
RESPONSE_STATUS = {FollowUpStatus.COMPLETED: "completed", FollowUpStatus.OPEN: "in_progress"}


class IllegalMove(Exception):
    """The follow-up's status does not allow this."""


def close(
    follow_up: FollowUp, status: FollowUpStatus, reason: Reason = Reason.NONE, *, now: datetime, review: bool = True
) -> None:
    """End an open follow-up. What is queued for it is cancelled unless it is complete; its answers go to a clinician.

    Raises IllegalMove when it is closed already.
    """
    if status not in FOLLOW_UP_MOVES[FollowUpStatus(follow_up.status)]:
        raise IllegalMove(f"{follow_up.id}: {follow_up.status} to {status}")
    follow_up.status, follow_up.reason, follow_up.timer_at = status, reason, None
    follow_up.closed_at = follow_up.updated_at = now
    follow_up.save(update_fields=["status", "reason", "timer_at", "closed_at", "updated_at"])
    Conversation.objects.filter(follow_up=follow_up, ended_at__isnull=True).update(
        ended_at=now, waiting_since=None, held_since=None
    )
    if status is not FollowUpStatus.COMPLETED:
        cancel_queued(
            clinic_id=follow_up.clinic_id,
            context_id=follow_up.id,
            purposes=ROUTINE,
            reason=reason or status,
            now=now,
        )
    if status in {FollowUpStatus.COMPLETED, FollowUpStatus.PARTIAL}:
        keep_response(follow_up, current_answers(follow_up.id), now=now)
        if review:
            items.for_follow_up(follow_up, follow_up.clinic, Level.INFO, kind=ReviewKind.RESPONSE, now=now)
    event = Event.FOLLOW_UP_COMPLETED if status is FollowUpStatus.COMPLETED else Event.FOLLOW_UP_ENDED
    announce(event, [follow_up.id], clinic_id=follow_up.clinic_id, now=now)
    wake_waiting(follow_up, now=now)


def close_unfinished(follow_up: FollowUp, reason: Reason, *, now: datetime) -> None:
    """End an open follow-up as PARTIAL or, without any answer, as EXPIRED."""
    answered = Answer.objects.filter(follow_up=follow_up, superseded_at__isnull=True).exists()
    close(follow_up, FollowUpStatus.PARTIAL if answered else FollowUpStatus.EXPIRED, reason, now=now)


def end_asking(patient: Patient, reason: Reason = Reason.BY_STAFF, *, now: datetime) -> int:
    """End whatever is open with a patient; returns how many follow-ups."""
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("clinic")
    ended = list(rows.filter(patient=patient, status=FollowUpStatus.OPEN))
    for follow_up in ended:
        close_unfinished(follow_up, reason, now=now)
        raise_for_ending(follow_up, now=now)
    return len(ended)


def wake_waiting(follow_up: FollowUp, *, now: datetime) -> None:
    """Follow-ups that waited for this phone to be free are looked at again at once."""
    FollowUp.objects.filter(
        clinic_id=follow_up.clinic_id,
        patient__phone_hash=follow_up.patient.phone_hash,
        status=FollowUpStatus.SCHEDULED,
        reason=Reason.PHONE_BUSY,
    ).update(opens_at=now)


def keep_response(follow_up: FollowUp, answers: Sequence[CurrentAnswer], *, now: datetime) -> None:
    """Compute the response from its current answers; it may be computed any number of times.

    Late answers are kept at their own time point and do not score (clinical content, section 3.2).
    """
    in_time = [answer for answer in answers if not answer.late]
    complete = follow_up.status == FollowUpStatus.COMPLETED
    is_open = follow_up.status == FollowUpStatus.OPEN
    version = definition_of(follow_up.survey_version_id) if follow_up.survey_version_id else None
    response = Response(
        clinic_id=follow_up.clinic_id,
        patient_id=follow_up.patient_id,
        follow_up=follow_up,
        survey=follow_up.survey,
        status=RESPONSE_STATUS.get(FollowUpStatus(follow_up.status), "stopped"),
        answered=sum(answer.kind != "skipped" for answer in in_time),
        asked=len(in_time) + (not complete),
        scores={} if is_open or version is None else _scores(version, in_time),
        created_at=now,
        updated_at=now,
    )
    Response.objects.bulk_create(
        [response],
        update_conflicts=True,
        unique_fields=["follow_up"],
        update_fields=["status", "answered", "asked", "scores", "updated_at"],
    )


def _scores(survey: SurveyDefinition, answers: Sequence[CurrentAnswer]) -> dict[str, Any]:
    values = {answer.question: answer.value for answer in answers if answer.kind == "value"}
    return {key: value.as_json() for key, value in score(survey, values).items()}
