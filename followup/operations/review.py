"""What staff do with review items: claim, release, escalate, sign off, undo. Answers never change by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core.lifecycle import RANK, REVIEW_MOVES, FollowUpStatus, Level, Reason, ReviewStatus
from followup.core.parties import StaffFacts
from followup.core.webhooks import Event
from followup.models import Conversation, FollowUp, ReviewItem
from followup.models.review import ReviewOutcome
from followup.operations.announce import announce
from followup.operations.errors import Conflict, refuse_if_any
from privacy.sensitive import Sensitive

UNDO_WITHIN: Final = timedelta(minutes=10)
"""How long a sign-off can be taken back (house choice)."""
SERIOUS: Final = RANK[Level.URGENT]
LONGEST_NOTE: Final = 4000


class StaleReview(Conflict):
    """Somebody else, or a new signal, changed the item since it was looked at; look again."""

    def __init__(self) -> None:
        super().__init__({"revision": "This item has changed since you opened it; look at it again."})


def claim(
    *, item: ReviewItem, by_user: StaffFacts, revision: int, now: datetime, by: Actor | None = None
) -> ReviewItem:
    """Take an item, also over from a colleague. `by` is the token that acts for `by_user`, if it is one.

    Raises StaleReview when `revision` is not the present one, Conflict when it is closed.
    """
    return _change(
        item,
        ReviewStatus.CLAIMED,
        {"claimed_at": now, "claimed_by_id": by_user.id, "call_at": None},
        "review.claim",
        revision=revision,
        by=by or _staff(by_user),
        now=now,
    )


def release(
    *, item: ReviewItem, by_user: StaffFacts, revision: int, now: datetime, by: Actor | None = None
) -> ReviewItem:
    """Put a claimed item back for anybody. Raises as `claim`."""
    return _change(
        item,
        ReviewStatus.OPEN,
        {"claimed_at": None, "claimed_by_id": None} | _calls(item, now),
        "review.release",
        revision=revision,
        by=by or _staff(by_user),
        now=now,
    )


def escalate(
    *, item: ReviewItem, by_user: StaffFacts, revision: int, now: datetime, by: Actor | None = None
) -> ReviewItem:
    """Hand an item on to the next in charge: free to be claimed, and urgent at least. Raises as `claim`."""
    fields: dict[str, Any] = {"claimed_at": None, "claimed_by_id": None}
    if item.rank > SERIOUS:
        deadline = now + timedelta(minutes=30)
        fields |= {"rank": SERIOUS, "due_by": deadline, "open_due_by": deadline}
    fields |= _calls(item, now, rung=1, is_serious=True)
    return _change(
        item, ReviewStatus.ESCALATED, fields, "review.escalate", revision=revision, by=by or _staff(by_user), now=now
    )


@transaction.atomic
def close(
    *,
    item: ReviewItem,
    by_user: StaffFacts,
    outcome: str,
    note: str,
    revision: int,
    now: datetime,
    by: Actor | None = None,
) -> ReviewItem:
    """Sign an item off. Urgent and emergency ones need a note and an outcome that says how it ended (section 3.1).

    Raises Refused with every problem, StaleReview, Conflict. The last serious item of a patient lets surveys go on.
    """
    note = note.strip()
    refuse_if_any(_closing_problems(item.rank, outcome, note))
    item = _change(
        item,
        ReviewStatus.CLOSED,
        {
            "open_due_by": None,
            "call_at": None,
            "unseen_check_at": None,
            "closed_at": now,
            "closed_by_id": by_user.id,
            "outcome": outcome,
            "note": Sensitive(note) if note else None,
        },
        "review.close",
        revision=revision,
        by=by or _staff(by_user),
        now=now,
    )
    announce(Event.REVIEW_CLOSED, [item.id], clinic_id=item.clinic_id, turn=item.revision, now=now)
    _let_go_on(item, now)
    return item


def _calls(item: ReviewItem, now: datetime, *, rung: int = 0, is_serious: bool = False) -> dict[str, Any]:
    """The fields with which a serious item that nobody has claimed calls people out, from a rung of the ladder on."""
    if item.rank > SERIOUS and not is_serious:
        return {}
    return {"call_at": now, "called_since": now, "call_rung": rung, "call_round": item.call_round + 1}


def _closing_problems(rank: int, outcome: str, note: str) -> dict[str, str | None]:
    problems: dict[str, str | None] = {}
    if outcome not in ReviewOutcome.values:
        problems["outcome"] = f"Choose one of {', '.join(ReviewOutcome.values)}."
    elif rank <= SERIOUS and outcome == ReviewOutcome.REVIEWED:
        problems["outcome"] = "An urgent item needs the outcome that says how it ended, not only reviewed."
    if rank <= SERIOUS and not note:
        problems["note"] = "An urgent item needs a note on what was done."
    if len(note) > LONGEST_NOTE or "\x00" in note:
        problems["note"] = f"At most {LONGEST_NOTE} characters, without NUL."
    return problems


@transaction.atomic
def reopen(
    *, item: ReviewItem, by_user: StaffFacts, revision: int, now: datetime, by: Actor | None = None
) -> ReviewItem:
    """Take a sign-off back within UNDO_WITHIN; later a new item is needed. Raises as `claim`."""
    item = _locked(item, revision)
    if item.closed_at is None or now - item.closed_at > UNDO_WITHIN:
        raise Conflict({"status": "A sign-off can be taken back for ten minutes only."})
    if (
        item.follow_up_id
        and ReviewItem.objects.filter(follow_up_id=item.follow_up_id, open_due_by__isnull=False).exists()
    ):
        raise Conflict({"status": "Something new about this follow-up is open already; go on there."})
    fields = {
        "open_due_by": item.due_by,
        "closed_at": None,
        "closed_by_id": None,
        "outcome": "",
        "note": None,
        "claimed_at": None,
        "claimed_by_id": None,
    } | _calls(item, now)
    return _apply(item, ReviewStatus.OPEN, fields, "review.reopen", by or _staff(by_user), now)


@transaction.atomic
def _change(
    item: ReviewItem,
    status: ReviewStatus,
    fields: dict[str, Any],
    action: str,
    *,
    revision: int,
    by: Actor,
    now: datetime,
) -> ReviewItem:
    item = _locked(item, revision)
    if item.status == ReviewStatus.CLOSED:
        raise Conflict({"status": "This item is closed."})
    if status != item.status and status not in REVIEW_MOVES[ReviewStatus(item.status)]:
        raise Conflict({"status": f"An item that is {item.status} cannot become {status.value}."})
    return _apply(item, status, fields, action, by, now)


def _locked(item: ReviewItem, revision: int) -> ReviewItem:
    item = ReviewItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if item.revision != revision:
        raise StaleReview
    return item


def _apply(
    item: ReviewItem, status: ReviewStatus, fields: dict[str, Any], action: str, by: Actor, now: datetime
) -> ReviewItem:
    for field, value in fields.items():
        setattr(item, field, value)
    item.status, item.revision = status, item.revision + 1
    item.save(update_fields=["status", "revision", *fields])
    audit.record(
        clinic_id=item.clinic_id,
        by=by,
        action=action,
        object_type="review",
        object_id=item.id,
        patient_id=item.patient_id,
        detail={"outcome": item.outcome} if item.outcome else {},
        now=now,
    )
    return item


def _staff(by_user: StaffFacts) -> Actor:
    return Actor("staff", str(by_user.id))


def _let_go_on(item: ReviewItem, now: datetime) -> None:
    """Once nothing serious is open, follow-ups held back for safety are looked at again at once."""
    if item.patient_id is None or item.rank > SERIOUS:
        return
    if ReviewItem.objects.filter(patient_id=item.patient_id, open_due_by__isnull=False, rank__lte=SERIOUS).exists():
        return
    FollowUp.objects.filter(
        patient_id=item.patient_id, status=FollowUpStatus.SCHEDULED, reason=Reason.SAFETY_HOLD
    ).update(opens_at=now)
    held = Conversation.objects.filter(patient_id=item.patient_id, held_since__isnull=False)
    FollowUp.objects.filter(conversation__in=held, status=FollowUpStatus.OPEN).update(timer_at=now)
    held.update(held_since=None)
