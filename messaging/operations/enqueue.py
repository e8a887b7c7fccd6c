"""Texts enter the outbox, once for each dedupe key, and leave it again when they are no longer wanted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from messaging.core import segments
from messaging.core.drafts import TextDraft
from messaging.core.lifecycle import IGNORES_WINDOW, PRIORITY, Outbound, Purpose
from messaging.core.send_window import window_closing, window_opening
from messaging.models import OutboundMessage
from messaging.operations.inserting import insert_new

NOT_SILENT = """
NOT EXISTS (SELECT FROM messaging_optout silent
            WHERE silent.clinic_id = new.clinic_id AND silent.number_hash = new.number_hash AND silent.ended_at IS NULL)
"""


def enqueue(drafts: Sequence[TextDraft], *, now: datetime) -> list[UUID]:
    """Queue texts, in the caller's transaction; return the ids of those that are new, in the order of the drafts.

    A dedupe key that is known already adds nothing. Numbers that opted out get nothing queued. A text whose window
    does not open before it expires is kept as EXPIRED, so that it is explained.
    """
    return _insert(drafts, now, where=NOT_SILENT)


def put(drafts: Sequence[TextDraft], *, now: datetime) -> list[UUID]:
    """Queue texts without asking whether the number opted out: only for the one confirmation of an opt-out."""
    return _insert(drafts, now)


@transaction.atomic
def cancel_queued(
    *,
    clinic_id: UUID,
    number_hash: str | None = None,
    context_id: UUID | None = None,
    purposes: Collection[Purpose] | None = None,
    reason: str,
    now: datetime,
) -> int:
    """Cancel what has not left yet, of a number or about a context; return how many texts that were.

    Raises ValueError when neither is given: nobody means the texts of a whole clinic.
    """
    if number_hash is None and context_id is None:
        raise ValueError("Name the number or the context whose texts are cancelled.")
    chosen: dict[str, Any] = {"number_hash": number_hash, "context_id": context_id}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    if purposes is not None:
        chosen["purpose__in"] = list(purposes)
    queued = OutboundMessage.objects.filter(
        clinic_id=clinic_id, status=Outbound.QUEUED, finished_at__isnull=True, **chosen
    )
    return queued.update(status=Outbound.CANCELLED, reason=reason, next_attempt_at=None, check_at=None, finished_at=now)


def _insert(drafts: Sequence[TextDraft], now: datetime, *, where: str = "TRUE") -> list[UUID]:
    rows = [_row(draft, now) for draft in drafts]
    stored = insert_new(rows, where=where)
    return [row.pk for row in rows if row.pk in stored]


def _row(draft: TextDraft, now: datetime) -> OutboundMessage:
    return OutboundMessage(
        clinic_id=draft.clinic_id,
        dedupe_key=draft.dedupe_key,
        number=draft.number,
        number_hash=draft.number_hash,
        body=draft.body,
        language=draft.language,
        purpose=draft.purpose,
        priority=PRIORITY[draft.purpose],
        context_id=draft.context_id,
        expires_at=draft.expires_at,
        segments=segments.count(draft.body).parts,
        queued_at=now,
        **_placed(draft, now),
    )


def _placed(draft: TextDraft, now: datetime) -> dict[str, Any]:
    """When the text may leave first: status, next attempt and the window around it."""
    earliest = max(now, draft.not_before or now)
    if draft.window is None or draft.purpose in IGNORES_WINDOW:
        opening, window = earliest, {}
    else:
        hours, zone = draft.window, draft.window_zone or "unknown"
        opening = window_opening(hours, zone, earliest) or draft.expires_at
        closing = window_closing(hours, zone, earliest) or draft.expires_at
        window = {"window": hours, "window_zone": zone, "window_closes_at": closing}
    if opening >= draft.expires_at:
        return window | {"status": Outbound.EXPIRED, "reason": "no_time_left", "finished_at": now}
    return window | {"status": Outbound.QUEUED, "next_attempt_at": opening}
