"""Texts that no machine waits for any more move out of the live tables into the history, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, models, transaction

from clinics.models import Clinic
from messaging.models import InboundHistory, InboundMessage, OutboundHistory, OutboundMessage
from messaging.operations import partitions
from messaging.operations.partitions import Month

KEPT_LIVE = timedelta(days=35)
"""How long a text stays live when all is done: callbacks come within days, the provider is asked about it for 24 hours
and its copy emptied for 7 days, a follow-up lasts at most days. What comes later still is known by key or token."""

REMEMBERED_BEFORE = timedelta(minutes=10)
"""How long its key must be known before a text moves. A writer that looked for the key just before it became known
has met the text itself by then, so that at no moment one of the two guards is blind."""

BATCH = 1000
MOST_BATCHES = 200
"""Of one clinic and direction in one sweep: an old installation moves in the course of a day, not in one go."""

REMEMBER = """
INSERT INTO messaging_knownkey (key, since)
SELECT messaging_key_digest(%(kind)s, live.{key}), %(now)s
FROM {live} live
WHERE live.clinic_id = %(clinic)s AND live.{at} < %(until)s AND {done}
  AND NOT EXISTS (SELECT FROM messaging_knownkey known WHERE known.key = messaging_key_digest(%(kind)s, live.{key}))
ORDER BY live.{at}
LIMIT %(limit)s
ON CONFLICT DO NOTHING
"""

CHOOSE = """
SELECT live.id, live.{at}
FROM {live} live JOIN messaging_knownkey known ON known.key = messaging_key_digest(%(kind)s, live.{key})
WHERE live.clinic_id = %(clinic)s AND live.{at} < %(until)s AND {done} AND known.since <= %(remembered)s
ORDER BY live.{at}
LIMIT %(limit)s
FOR UPDATE OF live SKIP LOCKED
"""

MOVE = """
WITH gone AS (DELETE FROM {live} WHERE id = ANY(%(ids)s) RETURNING {columns})
INSERT INTO {history} ({columns}) SELECT {columns} FROM gone
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A live table and its history: `key` is what must stay known, `at` the month's column, `done` when it may go."""

    kind: str
    live: type[models.Model]
    history: type[models.Model]
    key: str
    at: str
    done: str

    def statement(self, template: str) -> str:
        """One of the statements above, for this shelf."""
        columns = ", ".join(f'"{field.column}"' for field in self.live._meta.concrete_fields)
        names = {"live": self.live._meta.db_table, "history": self.parent, "columns": columns}
        return template.format(**names, key=self.key, at=self.at, done=self.done)

    @property
    def parent(self) -> str:
        """The table whose parts are the months."""
        return self.history._meta.db_table


SHELVES = (
    Shelf(
        kind="out",
        live=OutboundMessage,
        history=OutboundHistory,
        key="dedupe_key",
        at="queued_at",
        done=(
            "live.next_attempt_at IS NULL AND live.check_at IS NULL AND live.tidy_at IS NULL"
            " AND coalesce(live.finished_at, live.sent_at) < %(until)s"
        ),
    ),
    Shelf(
        kind="in",
        live=InboundMessage,
        history=InboundHistory,
        key="provider_id",
        at="received_at",
        done="live.handled_at < %(until)s",
    ),
)


def move_to_history(*, now: datetime, batch: int = BATCH, most_batches: int = MOST_BATCHES) -> int:
    """Move what has been done with for KEPT_LIVE; return how many texts moved.

    Each batch is one transaction, and rows that another sweep has in hand are left to it: it may be killed anywhere,
    run thrice at once and begin again.
    """
    moved = 0
    for shelf in SHELVES:
        partitions.make_ahead(shelf.parent, now=now)
        for clinic_id in Clinic.objects.order_by("pk").values_list("pk", flat=True):
            moved += _repeated(_move, shelf, clinic_id, now, batch, most_batches)
            _repeated(_remember, shelf, clinic_id, now, batch, most_batches)
    if moved:
        log.info("texts_moved_to_history", count=moved)
    return moved


def _repeated(step: Any, shelf: Shelf, clinic_id: UUID, now: datetime, batch: int, most: int) -> int:
    done = 0
    for _ in range(most):
        count = step(shelf, _parameters(shelf, clinic_id, now, batch))
        done += count
        if count < batch:
            break
    return done


def _parameters(shelf: Shelf, clinic_id: UUID, now: datetime, batch: int) -> dict[str, Any]:
    return {
        "kind": shelf.kind,
        "clinic": clinic_id,
        "now": now,
        "until": now - KEPT_LIVE,
        "remembered": now - REMEMBERED_BEFORE,
        "limit": batch,
    }


@transaction.atomic
def _remember(shelf: Shelf, parameters: dict[str, Any]) -> int:
    """Let the keys of the next texts be known for ever; committed long before the texts themselves move."""
    with connection.cursor() as cursor:
        cursor.execute(shelf.statement(REMEMBER), parameters)
        return int(cursor.rowcount)


@transaction.atomic
def _move(shelf: Shelf, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(shelf.statement(CHOOSE), parameters)
        chosen = cursor.fetchall()
        partitions.make(shelf.parent, {Month.of(at) for _, at in chosen})
        cursor.execute(shelf.statement(MOVE), {"ids": [pk for pk, _ in chosen]})
        return len(chosen)
