"""Sealing of the audit log: a sweep gives each new row its place and hash in the clinic's chain."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from clinics.core.chain import GENESIS, link
from clinics.models import AuditEvent

SEAL = """
    UPDATE clinics_auditevent AS event SET position = sealed.position, hash = sealed.hash
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS sealed (id, position, hash)
    WHERE event.id = sealed.id
"""


def seal_audit(*, now: datetime, limit: int = 1000) -> int:
    """Seal up to `limit` rows of each clinic that were written by `now`, and say how many were sealed.

    One transaction and one lock for each clinic: a clinic that another sweep is sealing is left to that one. Rows get
    their place in the order in which they are found, because a transaction may commit after one that began later.
    """
    waiting = AuditEvent.objects.filter(position=None, at__lte=now).order_by()
    clinic_ids = list(waiting.values_list("clinic_id", flat=True).distinct())
    return sum(_seal_clinic(clinic_id, now, limit) for clinic_id in clinic_ids)


@transaction.atomic
def _seal_clinic(clinic_id: UUID, now: datetime, limit: int) -> int:
    if not _lock(clinic_id):
        return 0
    waiting = AuditEvent.objects.filter(clinic_id=clinic_id, position=None, at__lte=now)
    events = list(waiting.order_by("id")[:limit])
    position, previous = _head(clinic_id)
    places: list[tuple[int, int, str]] = []
    for event in events:
        position += 1
        previous = link(previous, position, event.sealed_content())
        places.append((event.id, position, previous))
    if places:
        with connection.cursor() as cursor:
            cursor.execute(SEAL, [list(column) for column in zip(*places, strict=True)])
    return len(places)


def _lock(clinic_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{clinic_id}"])
        row = cursor.fetchone()
    return bool(row and row[0])


def _head(clinic_id: UUID) -> tuple[int, str]:
    """Place and hash of the last sealed row."""
    sealed = AuditEvent.objects.filter(clinic_id=clinic_id, position__isnull=False).order_by("-position")
    head = sealed.values_list("position", "hash").first()
    return (head[0] or 0, head[1] or GENESIS) if head else (0, GENESIS)
