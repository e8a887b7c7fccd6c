"""Texts that a person must read: the worklist's items of that kind, with the text itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from followup.core.lifecycle import ReviewStatus
from followup.core.parties import ClinicFacts
from followup.models.review import ReviewKind
from followup.queries.pages import Page
from followup.queries.worklist import WorklistFilters, WorklistRow, worklist
from messaging.queries import inbound_by_id


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A line of the worklist and the text it is about: messaging's row, or None when retention has deleted it."""

    line: WorklistRow
    text: Any


def inbox(
    clinic: ClinicFacts, *, closed: bool = False, after: str | None = None, size: int = 50, now: datetime
) -> Page[InboxRow]:
    """A page of texts that wait, most urgent first, or of those dealt with, latest first. Raises BadCursor."""
    filters = WorklistFilters(kind=ReviewKind.MESSAGE, status=ReviewStatus.CLOSED if closed else None)
    found = worklist(clinic, filters=filters, after=after, size=size, now=now)
    texts = inbound_by_id(clinic.id, [line.message_id for line in found.items if line.message_id])
    rows = [InboxRow(line, texts.get(line.message_id) if line.message_id else None) for line in found.items]
    return Page(items=rows, next=found.next)
