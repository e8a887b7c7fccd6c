"""One review item with everything that its reader decides by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from followup.core.parties import ClinicFacts
from followup.models import Answer, ReviewItem, Signal
from messaging.queries import inbound_by_id


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """An item with its signals, latest last, and the answers of its follow-up in the order they were given."""

    item: ReviewItem
    signals: Sequence[Signal]
    answers: Sequence[Answer]
    texts: Sequence[Any]
    """What a person must read here: messaging's rows in order of time, without those that stand beside an answer."""


def review_file(clinic: ClinicFacts, review_id: UUID) -> ReviewFile | None:
    """The item, or None when the clinic has no such item. Four queries."""
    item = (
        ReviewItem.objects.filter(clinic_id=clinic.id, pk=review_id)
        .select_related(
            "patient",
            "claimed_by",
            "closed_by",
            "follow_up__plan_step",
            "follow_up__raised_by",
            "follow_up__care_session",
        )
        .first()
    )
    if item is None:
        return None
    signals = list(Signal.objects.filter(review=item).order_by("raised_at", "id"))
    answers = list(Answer.objects.filter(follow_up_id=item.follow_up_id).order_by("answered_at", "id"))
    if item.follow_up_id is None:
        answers = []
    return ReviewFile(item=item, signals=signals, answers=answers, texts=_texts(item, signals, answers))


def _texts(item: ReviewItem, signals: Sequence[Signal], answers: Sequence[Answer]) -> list[Any]:
    answered = {answer.message_id for answer in answers if answer.raw_text}
    about = {item.message_id, *(signal.message_id for signal in signals)} - answered
    found = inbound_by_id(item.clinic_id, {text for text in about if text is not None})
    return sorted(found.values(), key=attrgetter("received_at", "id"))


def latest_review_of(follow_up_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The review item of each of these follow-ups that was opened last; those without one are missing."""
    rows = ReviewItem.objects.filter(follow_up_id__in=follow_up_ids).order_by("opened_at", "id")
    return dict(rows.values_list("follow_up_id", "id"))
