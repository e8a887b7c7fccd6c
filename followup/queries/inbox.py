"""Texts that a person must read: the worklist's items of that kind, with the text itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from followup.core.lifecycle import ReviewStatus
from followup.core.parties import ClinicFacts
from followup.models import ReviewItem
from followup.models.review import ReviewKind
from followup.queries.pages import Page
from followup.queries.worklist import WorklistFilters, WorklistRow, worklist


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A line of the worklist and the text it is about; `text` is messaging's row."""

    line: WorklistRow
    text: Any


def inbox(
    clinic: ClinicFacts, *, closed: bool = False, after: str | None = None, size: int = 50, now: datetime
) -> Page[InboxRow]:
    """A page of texts that wait, most urgent first, or of those dealt with, latest first. Raises BadCursor."""
    filters = WorklistFilters(kind=ReviewKind.MESSAGE, status=ReviewStatus.CLOSED if closed else None)
    found = worklist(clinic, filters=filters, after=after, size=size, now=now)
    items = ReviewItem.objects.select_related("message").in_bulk([line.id for line in found.items])
    return Page(items=[InboxRow(line, items[line.id].message) for line in found.items], next=found.next)
