"""Deleting what need not be kept any longer: texts by each clinic's rule, receipts after 90 days; a hold beats both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction
from psycopg import sql

from clinics import audit
from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from messaging.operations import partitions
from messaging.operations.history import SHELVES
from messaging.operations.partitions import Month

RECEIPTS_KEPT = timedelta(days=90)
"""How long the provider's callbacks are kept as they came (clinical content, H-10); what they moved stays."""

BATCH = 5000
MOST_BATCHES = 200

# Readers go on; a text that would move in meanwhile waits, and finds the month gone or stays.
HOLD_STILL = "LOCK TABLE {partition} IN SHARE MODE"
COUNTS = "SELECT clinic_id, count(*) FROM {partition} GROUP BY clinic_id"
DELETE = """
DELETE FROM {partition} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM {partition} WHERE clinic_id = %(clinic)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
"""
DELETE_RECEIPTS = """
DELETE FROM messaging_deliveryreceipt WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM messaging_deliveryreceipt WHERE received_at < %(until)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
"""

Ends = dict[UUID, Month]
"""The first month that each clinic still keeps; one that keeps all, or is under a legal hold, is not among them."""

log = structlog.get_logger(__name__)


def delete_expired(*, now: datetime) -> int:
    """Delete texts and receipts whose time is over; return how many texts that were.

    A month is dropped as a whole when every clinic with texts in it may part with them, else thinned clinic by clinic.
    Their keys stay known; answers, opt-outs and the audit log stand in other tables and stay as they are. As long as
    any clinic is under a legal hold all receipts stay: they do not say whose they are.
    """
    ends = _ends(now)
    deleted = sum(_expire(shelf.parent, month, ends, now) for shelf in SHELVES for month in _over(shelf.parent, ends))
    if not Clinic.objects.filter(legal_hold=True).exists():
        _repeat(DELETE_RECEIPTS, {"until": now - RECEIPTS_KEPT})
    if deleted:
        log.info("texts_deleted_by_retention", count=deleted)
    return deleted


def _ends(now: datetime) -> Ends:
    ruled = Clinic.objects.filter(texts_kept_months__isnull=False, legal_hold=False)
    kept = ruled.values_list("pk", "texts_kept_months")
    return {pk: Month.of(now).plus(-months) for pk, months in kept if months is not None}


def _over(parent: str, ends: Ends) -> list[Month]:
    """The months that some clinic need not keep any longer."""
    latest = max(ends.values(), default=None)
    return [month for month in partitions.existing(parent) if latest is not None and month < latest]


def _expire(parent: str, month: Month, ends: Ends, now: datetime) -> int:
    try:
        dropped = _drop(parent, month, ends, now)
    except OperationalError:  # somebody reads it for long: the next sweep drops it
        log.warning("month_is_being_read", table=month.table(parent))
        return 0
    if dropped is not None:
        return dropped
    return sum(_thin(parent, month, clinic_id, now) for clinic_id, end in ends.items() if month < end)


@transaction.atomic
def _drop(parent: str, month: Month, ends: Ends, now: datetime) -> int | None:
    """Drop the month's table and say how many texts that were; None when a clinic keeps some of them."""
    with connection.cursor() as cursor:
        cursor.execute(partitions.ONE_AT_A_TIME)
        if month not in partitions.existing(parent):
            return 0
        cursor.execute(_about(HOLD_STILL, parent, month))
        cursor.execute(_about(COUNTS, parent, month))
        counts = dict(cursor.fetchall())
    if any(clinic_id not in ends or month >= ends[clinic_id] for clinic_id in counts):
        return None
    partitions.drop(parent, month)
    for clinic_id, count in counts.items():
        _record(clinic_id, month.table(parent), count, now)
    return sum(counts.values())


def _thin(parent: str, month: Month, clinic_id: UUID, now: datetime) -> int:
    """Delete one clinic's texts of a month that others keep."""
    deleted = _repeat(_about(DELETE, parent, month), {"clinic": clinic_id})
    if deleted:
        _record(clinic_id, month.table(parent), deleted, now)
    return deleted


def _repeat(statement: str, parameters: dict[str, Any]) -> int:
    """Run a statement that deletes up to BATCH rows until there are no more, each time in its own transaction."""
    deleted = 0
    for _ in range(MOST_BATCHES):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters | {"limit": BATCH})
            deleted += cursor.rowcount
            if cursor.rowcount < BATCH:
                break
    return deleted


def _about(template: str, parent: str, month: Month) -> str:
    return sql.SQL(template).format(partition=sql.Identifier(month.table(parent))).as_string(None)


def _record(clinic_id: UUID, table: str, count: int, now: datetime) -> None:
    """Let the clinic's audit log say what retention took."""
    audit.record(
        clinic_id=clinic_id,
        by=SYSTEM,
        action="text.retire",
        object_type="text",
        object_id=table,
        detail={"count": count},
        now=now,
    )
