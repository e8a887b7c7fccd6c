"""Texts that are due but may not leave: each gets its reason, and what is still useful its next opening."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from messaging.core.lifecycle import Outbound, Purpose
from messaging.models import OptOut, OutboundMessage
from messaging.operations.claim import MARGIN
from messaging.operations.moves import expire, move, put_back

BATCH = 500


@transaction.atomic
def clear_unsendable(*, now: datetime, clinic_id: UUID | None = None) -> int:
    """Cancel, expire or put back up to BATCH due texts that no claim takes, of one clinic or all; return how many."""
    latest = now + MARGIN
    silent = OptOut.objects.filter(clinic=OuterRef("clinic"), number_hash=OuterRef("number_hash"), ended_at=None)
    stuck = (
        OutboundMessage.objects.filter(next_attempt_at__lte=now)
        .annotate(opted_out=Exists(silent))
        .filter(
            Q(expires_at__lte=latest) | Q(window_closes_at__lte=latest) | Q(~Q(purpose=Purpose.CONTROL), opted_out=True)
        )
    )
    if clinic_id is not None:
        stuck = stuck.filter(clinic_id=clinic_id)
    rows = list(stuck.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    for row in rows:
        _clear(row, now)
    return len(rows)


def _clear(row: OutboundMessage, now: datetime) -> None:
    queued = [Outbound.QUEUED]
    if getattr(row, "opted_out", False) and row.purpose != Purpose.CONTROL:
        move(row, Outbound.CANCELLED, before=queued, now=now, reason="opted_out")
    elif row.expires_at <= now + MARGIN:
        expire(row, before=queued, now=now)
    else:
        put_back(row, at=max(now, row.window_closes_at or now), reason="window_closed", before=queued, now=now)
