"""Taking texts out of the queue: one statement that looks at everything once more before a text may leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from messaging.models import OutboundMessage
from privacy.fields import reveal
from privacy.sensitive import Sensitive

MARGIN = timedelta(seconds=30)
"""A window or a usefulness that ends sooner than this counts as ended: the text must also arrive before it does."""

ANSWER_DUE = timedelta(seconds=60)
"""A claimed text whose outcome is not known after this was lost with its worker, whose call ends in a third of it."""

# One clinic after the other, so that none starves the rest; within a clinic the most urgent first. A number has one
# text under way at a time, so that texts arrive in order: the first that is due goes, the others wait for its outcome.
# A safety text waits for nobody. Only the confirmation of an opt-out goes to a number that opted out. The chosen rows
# are locked, so their places stand, and the update needs no second look by key.
CLAIM = """
WITH chosen AS MATERIALIZED (
    SELECT picked.place
    FROM clinics_clinic clinic
    LEFT JOIN unnest(%(busy)s::uuid[], %(counts)s::int[]) AS lane(clinic_id, taken) ON lane.clinic_id = clinic.id
    CROSS JOIN LATERAL (
        SELECT due.ctid AS place, due.priority, due.next_attempt_at
        FROM messaging_outboundmessage due
        WHERE due.clinic_id = clinic.id AND due.next_attempt_at <= %(now)s
          AND due.expires_at > %(latest)s
          AND (due.window_closes_at IS NULL OR due.window_closes_at > %(latest)s)
          AND (due.purpose = 'control' OR NOT EXISTS (
              SELECT 1 FROM messaging_optout gone
              WHERE gone.clinic_id = due.clinic_id AND gone.number_hash = due.number_hash AND gone.ended_at IS NULL))
          AND (due.purpose = 'safety' OR NOT EXISTS (
              SELECT 1 FROM messaging_outboundmessage other
              WHERE other.number_hash = due.number_hash AND other.clinic_id = due.clinic_id
                AND other.finished_at IS NULL AND other.id <> due.id
                AND (other.status IN ('sending', 'uncertain')
                     OR (other.next_attempt_at <= %(now)s
                         AND (other.priority, other.next_attempt_at, other.id)
                             < (due.priority, due.next_attempt_at, due.id)))))
        ORDER BY due.priority, due.next_attempt_at
        LIMIT greatest(least(%(limit)s, %(lane)s - coalesce(lane.taken, 0)), 0)
        FOR UPDATE OF due SKIP LOCKED
    ) picked
    WHERE NOT EXISTS (
        SELECT 1 FROM messaging_senderstop stop
        WHERE stop.clinic_id = clinic.id AND stop.ended_at IS NULL AND stop.until > %(now)s)
    ORDER BY picked.priority, picked.next_attempt_at
    LIMIT %(limit)s
)
UPDATE messaging_outboundmessage message
SET status = 'sending', attempts = message.attempts + 1, claimed_at = %(now)s, check_at = %(check)s,
    next_attempt_at = NULL, reason = ''
FROM chosen
WHERE message.ctid = chosen.place
RETURNING message.id, message.clinic_id, message.number_hash, message.number, message.body, message.attempts,
    message.priority, message.queued_at, message.expires_at, message.window_closes_at
"""

RETURNED = (
    "message_id",
    "clinic_id",
    "number_hash",
    "sealed_number",
    "sealed_body",
    "attempt",
    "priority",
    "queued_at",
    "expires_at",
    "window_closes_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A text that is being sent, as it was committed before the provider is called; sealed until it is."""

    message_id: UUID
    clinic_id: UUID
    number_hash: str
    sealed_number: bytes
    sealed_body: bytes
    attempt: int
    priority: int
    queued_at: datetime
    expires_at: datetime
    window_closes_at: datetime | None
    claimed_at: datetime

    @property
    def number(self) -> Sensitive:
        """The number, opened."""
        return self._opened("number", self.sealed_number)

    @property
    def body(self) -> Sensitive:
        """The words, opened."""
        return self._opened("body", self.sealed_body)

    @property
    def useful_until(self) -> datetime:
        """When the text must have arrived."""
        return min(self.expires_at, self.window_closes_at or self.expires_at)

    def _opened(self, name: str, sealed: bytes) -> Sensitive:
        return reveal(OutboundMessage, name, self.message_id, sealed) or Sensitive("")


def claim(*, now: datetime, limit: int, lane: int, under_way: Mapping[UUID, int]) -> list[Claimed]:
    """Move up to `limit` due texts to SENDING and commit that; most urgent first.

    A clinic gets at most `lane` texts under way, counting those that `under_way` names.
    """
    parameters: dict[str, Any] = {
        "now": now,
        "latest": now + MARGIN,
        "check": now + ANSWER_DUE,
        "limit": limit,
        "lane": lane,
        "busy": list(under_way),
        "counts": list(under_way.values()),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, parameters)
        rows = cursor.fetchall()
    claimed = [_claimed(row, now) for row in rows]
    return sorted(claimed, key=lambda text: (text.priority, text.queued_at))


def _claimed(row: tuple[Any, ...], now: datetime) -> Claimed:
    return Claimed(**dict(zip(RETURNED, row, strict=True)), claimed_at=now)
