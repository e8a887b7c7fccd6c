"""Review items: opened for a person, joined by what belongs to them, their clock restarted when it gets worse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from followup.core.deadlines import due_by
from followup.core.findings import CALL_PATIENT
from followup.core.lifecycle import RANK, Level, ReviewStatus
from followup.core.parties import ClinicFacts
from followup.models import FollowUp, Patient, ReviewItem
from followup.models.review import ReviewKind

SERIOUS = RANK[Level.URGENT]
UNSEEN = "safety-text-unseen"
"""Tag of an item whose patient may not have seen the safety text (N5)."""
MAY_NOT_HAVE_SEEN = "The patient may not have seen the safety text."
CALLING = ("status", "claimed_at", "claimed_by", "call_at", "call_rung", "call_round", "called_since")
"""What `call_anew` changes."""


def for_follow_up(
    follow_up: FollowUp,
    clinic: ClinicFacts,
    level: Level,
    *,
    kind: ReviewKind = ReviewKind.RESPONSE,
    tags: Iterable[str] = (),
    now: datetime,
) -> ReviewItem:
    """The open item of a follow-up, raised to `level` if it was lower, or a new one."""
    item = _open().filter(follow_up=follow_up).first()
    if item is not None:
        return join(item, clinic, level, tags=tags, now=now)
    return _create(clinic, level, kind, tags, now, patient_id=follow_up.patient_id, follow_up_id=follow_up.id)


def for_text(
    clinic: ClinicFacts,
    *,
    patient: Patient | None,
    message_id: UUID | None,
    level: Level,
    kind: ReviewKind = ReviewKind.MESSAGE,
    tags: Iterable[str] = (),
    now: datetime,
) -> ReviewItem:
    """An item for a text. One that is serious joins the patient's open serious item instead (section 3.1)."""
    if patient is not None and RANK[level] <= SERIOUS:
        known = _open().filter(patient=patient, rank__lte=SERIOUS).order_by("rank", "opened_at").first()
        if known is not None:
            return join(known, clinic, level, tags=tags, now=now)
    return _create(clinic, level, kind, tags, now, patient_id=patient.id if patient else None, message_id=message_id)


def join(item: ReviewItem, clinic: ClinicFacts, level: Level, *, tags: Iterable[str] = (), now: datetime) -> ReviewItem:
    """Add to an open item; the clock starts again when it gets worse. Whoever looks at the old state is told so.

    An item that becomes serious, or an emergency, must be claimed anew: whoever claimed it knew less.
    """
    if RANK[level] < item.rank:
        item.rank = RANK[level]
        item.due_by = item.open_due_by = due_by(level, now, clinic.time_zone)
        call_anew(item, now=now)
    item.tags = sorted({*item.tags, *tags})
    item.revision += 1
    item.save(update_fields=["rank", "due_by", "open_due_by", "tags", "revision", *CALLING])
    return item


def call_anew(item: ReviewItem, *, now: datetime) -> None:
    """Begin a round of call-outs for a serious item, from the first on call; the caller saves it (CALLING)."""
    if item.rank > SERIOUS:
        return
    if item.claimed_at is not None:
        item.status, item.claimed_at, item.claimed_by = ReviewStatus.OPEN, None, None
    item.call_at = item.called_since = now
    item.call_rung, item.call_round = 0, item.call_round + 1


def waits_for_claim(item: ReviewItem) -> bool:
    """Whether a serious item is open and nobody has claimed it."""
    return item.rank <= SERIOUS and item.open_due_by is not None and item.claimed_at is None


def mark_unseen(item: ReviewItem, *, now: datetime) -> None:
    """N5: say beside its signals that the patient may not have seen the safety text, and that the call is due now."""
    if UNSEEN in item.tags:
        return
    for signal in item.signals.exclude(safety_text=""):
        signal.annotations = [*signal.annotations, {"at": now.isoformat(), "note": MAY_NOT_HAVE_SEEN}]
        signal.save(update_fields=["annotations"])
    item.tags = sorted({*item.tags, UNSEEN, CALL_PATIENT})
    item.revision += 1
    if item.open_due_by is not None:
        item.due_by = item.open_due_by = min(item.due_by, now)
    item.save(update_fields=["tags", "revision", "due_by", "open_due_by"])


def hurry(item: ReviewItem, within: timedelta, *, now: datetime) -> None:
    """Bring forward by when a person should have looked at an open item; it is never put off."""
    if item.due_by > now + within:
        item.due_by = item.open_due_by = now + within
        item.save(update_fields=["due_by", "open_due_by"])


def _create(
    clinic: ClinicFacts, level: Level, kind: ReviewKind, tags: Iterable[str], now: datetime, **about: UUID | None
) -> ReviewItem:
    deadline = due_by(level, now, clinic.time_zone)
    item = ReviewItem(
        clinic_id=clinic.id,
        kind=kind,
        rank=RANK[level],
        status=ReviewStatus.OPEN,
        tags=sorted(set(tags)),
        opened_at=now,
        due_by=deadline,
        open_due_by=deadline,
        **about,
    )
    call_anew(item, now=now)
    item.save(force_insert=True)
    return item


def _open() -> QuerySet[ReviewItem]:
    return ReviewItem.objects.select_for_update(of=("self",)).filter(open_due_by__isnull=False)


def serious_open(patient: Patient) -> QuerySet[ReviewItem]:
    """The patient's emergency and urgent items that nobody has closed."""
    return ReviewItem.objects.filter(patient=patient, open_due_by__isnull=False, rank__lte=SERIOUS)
