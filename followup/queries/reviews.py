"""One review item with everything that its reader decides by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from followup.core.parties import ClinicFacts
from followup.models import Answer, ReviewItem, Signal


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """An item with its signals, latest last, and the answers of its follow-up in the order they were given."""

    item: ReviewItem
    signals: Sequence[Signal]
    answers: Sequence[Answer]


def review_file(clinic: ClinicFacts, review_id: UUID) -> ReviewFile | None:
    """The item, or None when the clinic has no such item. Three queries."""
    item = (
        ReviewItem.objects.filter(clinic_id=clinic.id, pk=review_id)
        .select_related(
            "patient",
            "message",
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
    signals = Signal.objects.filter(review=item).select_related("message").order_by("raised_at", "id")
    answers = Answer.objects.filter(follow_up_id=item.follow_up_id).order_by("answered_at", "id")
    return ReviewFile(item=item, signals=list(signals), answers=list(answers) if item.follow_up_id else [])
