"""What waits for a person, most urgent first."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from followup.core.lifecycle import RANK, Level, ReviewStatus
from followup.core.parties import ClinicFacts
from followup.core.words import rule_words
from followup.models import Answer, Patient, ReviewItem, Signal
from followup.queries.pages import BadCursor, Page, decode, encode
from privacy.fields import reveal
from privacy.sensitive import Sensitive

LEVELS: Final = {rank: level for level, rank in RANK.items()}
CAP: Final = 500
"""Counts and the version look at this many open items of a level; more is shown as CAP+."""
KEY_ANSWERS: Final = {"pain_avg24": "Pain", "pain_now": "Pain now", "mood": "Mood", "se_gate": "Side effects"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistFilters:
    """What to show; without `status` everything that is not closed. `mine` is the id of a member of staff."""

    rank: int | None = None
    kind: str | None = None
    status: str | None = None
    mine: UUID | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistRow:
    """One line. `rules` are ids, `summary` what they and the main answers say in words."""

    id: UUID
    revision: int
    patient_id: UUID | None
    name: Sensitive | None
    reference: str | None
    level: Level
    rank: int
    kind: str
    status: str
    tags: Sequence[str]
    opened_at: datetime
    due_by: datetime
    is_overdue: bool
    claimed_by_id: UUID | None
    claimed_by: str | None
    follow_up_id: UUID | None
    message_id: UUID | None
    survey: str | None
    step: str | None
    rules: Sequence[str]
    summary: Sequence[str]


_COLUMNS = (
    "id",
    "revision",
    "patient_id",
    "patient__name",
    "patient__reference",
    "rank",
    "kind",
    "status",
    "tags",
    "opened_at",
    "due_by",
    "claimed_by_id",
    "claimed_by__name",
    "follow_up_id",
    "message_id",
    "follow_up__survey",
    "follow_up__plan_step__key",
)


def worklist(
    clinic: ClinicFacts, *, filters: WorklistFilters, after: str | None = None, size: int = 50, now: datetime
) -> Page[WorklistRow]:
    """A page of items: open ones most urgent first, closed ones latest first. Raises BadCursor."""
    closed = filters.status == ReviewStatus.CLOSED
    items = _filtered(clinic, filters)
    items = _latest_first(items, after) if closed else _urgent_first(items, after)
    found = list(items.values(*_COLUMNS)[: size + 1])
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    place = None
    if last is not None:
        place = encode(last["opened_at"], last["id"]) if closed else encode(last["rank"], last["due_by"], last["id"])
    return Page(items=_rows(shown, now), next=place)


def _filtered(clinic: ClinicFacts, filters: WorklistFilters) -> QuerySet[ReviewItem]:
    items = ReviewItem.objects.filter(clinic_id=clinic.id)
    if filters.status:
        items = items.filter(status=filters.status)
    if filters.status != ReviewStatus.CLOSED:
        items = items.filter(open_due_by__isnull=False)
    chosen = {"rank": filters.rank, "kind": filters.kind, "claimed_by_id": filters.mine}
    items = items.filter(**{name: value for name, value in chosen.items() if value is not None})
    return items.filter(tags__contains=[filters.tag]) if filters.tag else items


def _urgent_first(items: QuerySet[ReviewItem], after: str | None) -> QuerySet[ReviewItem]:
    items = items.order_by("rank", "open_due_by", "id")
    if after is None:
        return items
    try:
        rank, due_by, key = decode(after)
        due, place = datetime.fromisoformat(str(due_by)), UUID(str(key))
    except ValueError as error:
        raise BadCursor("This is not a cursor of a page.") from error
    later = Q(rank__gt=rank) | Q(rank=rank, open_due_by__gt=due) | Q(rank=rank, open_due_by=due, id__gt=place)
    return items.filter(later, rank__gte=rank)


def _latest_first(items: QuerySet[ReviewItem], after: str | None) -> QuerySet[ReviewItem]:
    items = items.order_by("-opened_at", "-id")
    if after is None:
        return items
    try:
        moment, key = decode(after)
        at, place = datetime.fromisoformat(str(moment)), UUID(str(key))
    except ValueError as error:
        raise BadCursor("This is not a cursor of a page.") from error
    return items.filter(Q(opened_at__lt=at) | Q(opened_at=at, id__lt=place))


def _rows(found: Sequence[dict[str, Any]], now: datetime) -> list[WorklistRow]:
    rules = _rules([row["id"] for row in found])
    answers = _main_answers([row["follow_up_id"] for row in found if row["follow_up_id"]])
    return [_row(row, rules[row["id"]], answers[row["follow_up_id"]], now) for row in found]


def _row(row: dict[str, Any], rules: Sequence[str], answers: Sequence[str], now: datetime) -> WorklistRow:
    name = reveal(Patient, "name", row["patient_id"], row["patient__name"])
    return WorklistRow(
        id=row["id"],
        revision=row["revision"],
        patient_id=row["patient_id"],
        name=name,
        reference=row["patient__reference"],
        level=LEVELS[row["rank"]],
        rank=row["rank"],
        kind=row["kind"],
        status=row["status"],
        tags=row["tags"],
        opened_at=row["opened_at"],
        due_by=row["due_by"],
        is_overdue=row["status"] != ReviewStatus.CLOSED and row["due_by"] < now,
        claimed_by_id=row["claimed_by_id"],
        claimed_by=row["claimed_by__name"],
        follow_up_id=row["follow_up_id"],
        message_id=row["message_id"],
        survey=row["follow_up__survey"],
        step=row["follow_up__plan_step__key"],
        rules=rules,
        summary=[*map(rule_words, rules), *answers],
    )


def _rules(item_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Rule ids by item, each once, in the order in which they were raised."""
    rules: dict[UUID, list[str]] = defaultdict(list)
    raised = Signal.objects.filter(review_id__in=list(item_ids)).order_by("raised_at", "id")
    for item_id, rule in raised.values_list("review_id", "rule"):
        if rule not in rules[item_id]:
            rules[item_id].append(rule)
    return rules


def _main_answers(follow_up_ids: Sequence[UUID]) -> dict[UUID | None, list[str]]:
    """The few answers that a clinician looks at first, by follow-up."""
    lines: dict[UUID | None, list[str]] = defaultdict(list)
    answers = Answer.objects.filter(
        follow_up_id__in=follow_up_ids, question__in=KEY_ANSWERS, kind="value", superseded_at__isnull=True
    ).order_by("answered_at", "id")
    for follow_up_id, question, value in answers.values_list("follow_up_id", "question", "value"):
        lines[follow_up_id].append(f"{KEY_ANSWERS[question]} {value}")
    return lines


_COUNTS = """
SELECT rank, (SELECT count(*) FROM (
    SELECT FROM followup_reviewitem i
    WHERE i.clinic_id = %s AND i.rank = ranks.rank AND i.open_due_by IS NOT NULL LIMIT %s) AS capped)
FROM unnest(%s::int[]) AS ranks (rank)
"""


def counts(clinic: ClinicFacts) -> dict[Level, int]:
    """How many items are open at each level; CAP + 1 stands for more than CAP."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [clinic.id, CAP + 1, list(LEVELS)])
        return {LEVELS[rank]: count for rank, count in cursor.fetchall()}


def version(clinic: ClinicFacts) -> str:
    """A mark that changes whenever one of the CAP most urgent open items changes: the page asks again only then."""
    open_items = ReviewItem.objects.filter(clinic_id=clinic.id, open_due_by__isnull=False)
    marks = open_items.order_by("rank", "open_due_by", "id").values_list("id", "revision")[:CAP]
    digest = hashlib.sha256()
    for key, revision in marks:
        digest.update(key.bytes + revision.to_bytes(4, "big"))
    return digest.hexdigest()[:32]
