"""One review item with everything that its reader decides by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from followup.core.parties import ClinicFacts
from followup.models import Answer, CallOut, ReviewItem, Signal
from messaging.queries import inbound_by_id, outbound_of


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """An item with its signals and call-outs, latest last, and the answers of its follow-up as they were given."""

    item: ReviewItem
    signals: Sequence[Signal]
    answers: Sequence[Answer]
    called: Sequence[Called]
    texts: Sequence[Any]
    """What a person must read here: messaging's rows in order of time, without those that stand beside an answer."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call-out with what became of its text: a status of the outbox, or the problem that kept it from arriving."""

    row: CallOut
    state: str


def review_file(clinic: ClinicFacts, review_id: UUID) -> ReviewFile | None:
    """The item, or None when the clinic has no such item. Six queries."""
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
    texts = _texts(item, signals, answers)
    return ReviewFile(item=item, signals=signals, answers=answers, called=called(item), texts=texts)


def called(item: ReviewItem) -> list[Called]:
    """Who was called out to an item, oldest first, and whether the texts arrived. Two queries."""
    rows = list(CallOut.objects.filter(review=item).select_related("person").order_by("called_at", "id"))
    states = {text.context_id: text.status for text in outbound_of([row.id for row in rows])}
    return [Called(row, row.problem or states.get(row.id, "queued")) for row in rows]


def _texts(item: ReviewItem, signals: Sequence[Signal], answers: Sequence[Answer]) -> list[Any]:
    answered = {answer.message_id for answer in answers if answer.raw_text}
    about = {item.message_id, *(signal.message_id for signal in signals)} - answered
    found = inbound_by_id(item.clinic_id, {text for text in about if text is not None})
    return sorted(found.values(), key=attrgetter("received_at", "id"))


def latest_review_of(follow_up_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The review item of each of these follow-ups that was opened last; those without one are missing."""
    rows = ReviewItem.objects.filter(follow_up_id__in=follow_up_ids).order_by("opened_at", "id")
    return dict(rows.values_list("follow_up_id", "id"))
