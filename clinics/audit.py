"""The record of who did or saw what: rows are added inside the caller's transaction and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from clinics.core.actor import Actor
from clinics.models import AuditEvent

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that somebody did or saw. `action` reads like patient.read; nothing in it is personal text."""

    clinic_id: UUID
    by: Actor
    action: str
    object_type: str
    object_id: UUID | str = ""
    patient_id: UUID | None = None
    detail: Detail = field(default_factory=dict)
    now: datetime


def record(
    *,
    clinic_id: UUID,
    by: Actor,
    action: str,
    object_type: str,
    object_id: UUID | str = "",
    patient_id: UUID | None = None,
    detail: Detail | None = None,
    now: datetime,
) -> None:
    """Add one row. `detail` may hold counts, ids, field names and fixed words, never what they contain."""
    entry = Entry(
        clinic_id=clinic_id,
        by=by,
        action=action,
        object_type=object_type,
        object_id=object_id,
        patient_id=patient_id,
        detail=detail or {},
        now=now,
    )
    record_many([entry])


def record_many(entries: Iterable[Entry]) -> None:
    """Add one row for each entry, in one statement."""
    AuditEvent.objects.bulk_create([_row(entry) for entry in entries])


def _row(entry: Entry) -> AuditEvent:
    return AuditEvent(
        clinic_id=entry.clinic_id,
        at=entry.now,
        actor_kind=entry.by.kind,
        actor_id=entry.by.id,
        action=entry.action,
        object_type=entry.object_type,
        object_id=str(entry.object_id),
        patient_id=entry.patient_id,
        detail=dict(entry.detail),
        ip=entry.by.ip,
        request_id=entry.by.request_id or "",
    )
