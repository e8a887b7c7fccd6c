"""What makes it matter that a follow-up had no answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from followup.core.facts import whole
from followup.core.lifecycle import FollowUpStatus, Level, Reason, SessionStatus
from followup.core.rules.silence import RECENT_DAYS, Silence
from followup.models import Answer, CareSession, FollowUp, Response, Signal

OVER = (FollowUpStatus.COMPLETED, FollowUpStatus.PARTIAL, FollowUpStatus.EXPIRED)


def silence_of(follow_up: FollowUp, *, now: datetime) -> Silence:
    """The facts about a follow-up that ended without an answer. Five queries."""
    session, patient_id = follow_up.care_session, follow_up.patient_id
    ended = CareSession.objects.filter(patient_id=patient_id, status=SessionStatus.ENDED)
    earlier = ended.filter(ended_at__lt=session.ended_at) if session.ended_at else ended
    levels = Signal.objects.filter(follow_up__care_session=session).values_list("level", flat=True)
    before = FollowUp.objects.filter(patient_id=patient_id, status__in=OVER, opened_at__lt=follow_up.opened_at)
    last = before.exclude(pk=follow_up.pk).order_by("-opened_at", "-id").values_list("status", "reason").first()
    return Silence(
        due_hours=None if session.ended_at is None else (follow_up.due_at - session.ended_at).total_seconds() / 3600,
        is_first_session=session.ended_at is not None and not earlier.exists(),
        raised=frozenset(Level(level) for level in levels),
        missed_before=last == (FollowUpStatus.EXPIRED, Reason.NO_REPLY),
        worst_phq9=_worst_phq9(follow_up, now),
        worst_item9=_worst_item9(follow_up, now),
    )


def _worst_phq9(follow_up: FollowUp, now: datetime) -> float | None:
    recent = Response.objects.filter(
        patient_id=follow_up.patient_id,
        created_at__gte=now - timedelta(days=RECENT_DAYS),
        scores__phq9__value__isnull=False,
    )
    totals = [scores["phq9"]["value"] for scores in recent.values_list("scores", flat=True)]
    return max((total for total in totals if total is not None), default=None)


def _worst_item9(follow_up: FollowUp, now: datetime) -> int | None:
    recent = Answer.objects.filter(
        patient_id=follow_up.patient_id,
        question="phq_9",
        kind="value",
        superseded_at__isnull=True,
        answered_at__gte=now - timedelta(days=RECENT_DAYS),
    )
    return max((whole(value) for value in recent.values_list("value", flat=True)), default=None)
