"""Taking texts out of the queue: one statement that looks at everything once more before a text may leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from messaging.core.senders import STRAY_SECONDS
from messaging.models import OutboundMessage
from messaging.operations.senders import shared_address
from privacy.fields import reveal
from privacy.sensitive import Sensitive

MARGIN = timedelta(seconds=30)
"""A window or a usefulness that ends sooner than this counts as ended: the text must also arrive before it does."""

ANSWER_DUE = timedelta(seconds=60)
"""A claimed text whose outcome is not known after this was lost with its worker, whose call ends in a third of it."""

# Which sender each clinic's texts leave by now: its first that is not stopped. Where one before it only waits for a
# limit to end, nothing but safety texts go round it. Senders with a pace are locked, so that all workers keep it
# together: one that another worker is taking from is left to it. Then one clinic after the other, so that none starves
# the rest; within a clinic the most urgent first. A number has one text under way at a time, so that texts arrive in
# order: the first that is due goes, the others wait for its outcome. A safety text, or one that calls
# staff out, waits for nobody, nor for a pace.
# Only the confirmation of an opt-out goes to a number that opted out. Clinics take turns, and a lot decides between
# those whose turn it is. The chosen rows are locked, so their places stand, and the update needs no second look by key.
CLAIM = """
WITH paced AS MATERIALIZED (
    SELECT sender.address, greatest(sender.free_at, %(now)s) AS free_at
    FROM messaging_sender sender
    WHERE coalesce(sender.segments_per_second, %(pace)s) > 0
    ORDER BY sender.address
    FOR UPDATE SKIP LOCKED
), named AS (
    SELECT id AS clinic_id, coalesce(nullif(sender, ''), %(shared)s) AS address, 0 AS rank FROM clinics_clinic
    UNION ALL SELECT clinic_id, address, rank FROM messaging_sender WHERE rank > 0
), usable AS (
    SELECT named.*, coalesce(sender.segments_per_second, %(pace)s) AS pace,
        coalesce(bool_or(stop.waits), false) AS waits
    FROM named
    LEFT JOIN messaging_sender sender ON sender.address = named.address
    LEFT JOIN messaging_senderstop stop
        ON stop.clinic_id = named.clinic_id AND stop.sender IN ('', named.address)
        AND stop.ended_at IS NULL AND stop.until > %(now)s
    GROUP BY named.clinic_id, named.address, named.rank, sender.segments_per_second
    HAVING bool_and(coalesce(stop.waits, true))
), ranked AS (
    SELECT *, bool_or(waits) OVER (PARTITION BY clinic_id ORDER BY rank) AS safety_only FROM usable
), lane AS MATERIALIZED (
    SELECT DISTINCT ON (ranked.clinic_id) ranked.clinic_id, ranked.address, random() AS lot,
        coalesce(taken.texts, 0) AS taken, ranked.safety_only,
        extract(epoch FROM %(now)s - paced.free_at + %(stray)s) * ranked.pace AS room
    FROM ranked
    LEFT JOIN paced ON paced.address = ranked.address
    LEFT JOIN unnest(%(busy)s::uuid[], %(counts)s::int[]) AS taken(clinic_id, texts)
        ON taken.clinic_id = ranked.clinic_id
    WHERE NOT ranked.waits AND (ranked.pace = 0 OR paced.address IS NOT NULL)
    ORDER BY ranked.clinic_id, ranked.rank
), picked AS (
    SELECT lane.clinic_id, lane.address, lane.lot, lane.room, due.*
    FROM lane
    CROSS JOIN LATERAL (
        SELECT due.ctid AS place, due.priority, due.next_attempt_at, due.segments
        FROM messaging_outboundmessage due
        WHERE due.clinic_id = lane.clinic_id AND due.next_attempt_at <= %(now)s
          AND due.priority <= CASE WHEN lane.safety_only OR lane.room < 0 THEN 0 ELSE 100 END
          AND due.expires_at > %(latest)s
          AND (due.window_closes_at IS NULL OR due.window_closes_at > %(latest)s)
          AND (due.purpose = 'control' OR NOT EXISTS (
              SELECT 1 FROM messaging_optout gone
              WHERE gone.clinic_id = due.clinic_id AND gone.number_hash = due.number_hash AND gone.ended_at IS NULL))
          AND (due.purpose IN ('safety', 'staff') OR NOT EXISTS (
              SELECT 1 FROM messaging_outboundmessage other
              WHERE other.number_hash = due.number_hash AND other.clinic_id = due.clinic_id
                AND other.finished_at IS NULL AND other.id <> due.id
                AND (other.status IN ('sending', 'uncertain')
                     OR (other.next_attempt_at <= %(now)s
                         AND (other.priority, other.next_attempt_at, other.id)
                             < (due.priority, due.next_attempt_at, due.id)))))
        ORDER BY due.priority, due.next_attempt_at
        LIMIT greatest(0, least(%(limit)s, %(lane)s - lane.taken,
                                CASE WHEN lane.room >= 0 THEN floor(lane.room) + 1 ELSE %(limit)s END))
        FOR UPDATE OF due SKIP LOCKED
    ) due
), gate AS MATERIALIZED (
    SELECT count(*) <= %(limit)s AND count(room) = 0 AS all_fit FROM picked
), turned AS (
    SELECT *, row_number() OVER (PARTITION BY clinic_id ORDER BY priority, next_attempt_at) AS turn
    FROM picked WHERE NOT (SELECT all_fit FROM gate)
), chosen AS MATERIALIZED (
    SELECT place, clinic_id, address, segments FROM picked WHERE (SELECT all_fit FROM gate)
    UNION ALL
    (SELECT place, clinic_id, address, segments
     FROM (SELECT *, sum(segments) OVER (PARTITION BY address ORDER BY priority, turn, lot, place) - segments AS before
           FROM turned) AS queue
     WHERE room IS NULL OR priority = 0 OR before <= room
     ORDER BY priority, turn, lot
     LIMIT %(limit)s)
), advanced AS (
    UPDATE messaging_sender sender
    SET free_at = greatest(sender.free_at, %(now)s)
        + used.segments / coalesce(sender.segments_per_second, %(pace)s) * interval '1 second'
    FROM (SELECT address, sum(segments) AS segments FROM chosen
          WHERE address IN (SELECT address FROM paced) GROUP BY address) AS used
    WHERE sender.address = used.address
), senders AS MATERIALIZED (
    SELECT jsonb_object_agg(clinic_id, address) AS by_clinic FROM lane WHERE clinic_id IN (SELECT clinic_id FROM chosen)
)
UPDATE messaging_outboundmessage message
SET status = 'sending', attempts = message.attempts + 1, claimed_at = %(now)s, check_at = %(check)s,
    next_attempt_at = NULL, reason = '',
    sender = coalesce(nullif(message.sender, ''), (SELECT by_clinic FROM senders) ->> message.clinic_id::text)
WHERE message.ctid = ANY (ARRAY(SELECT place FROM chosen))
RETURNING message.id, message.clinic_id, message.number_hash, message.number, message.body, message.attempts,
    message.priority, least(message.expires_at, message.window_closes_at), message.sender
"""

NO_JIT = "SET LOCAL jit = off; "
"""Compiling the statement would take longer than running it, and its cost is guessed high where clinics are many."""


class Claimed(NamedTuple):
    """A text that is being sent, as it was committed before the provider is called; sealed until it is.

    `useful_until`: when it must have arrived. A plain tuple, because a burst makes many thousands.
    """

    message_id: UUID
    clinic_id: UUID
    number_hash: str
    sealed_number: bytes
    sealed_body: bytes
    attempt: int
    priority: int
    useful_until: datetime
    sender: str
    claimed_at: datetime

    @property
    def number(self) -> Sensitive:
        """The number, opened."""
        return self._opened("number", self.sealed_number)

    @property
    def body(self) -> Sensitive:
        """The words, opened."""
        return self._opened("body", self.sealed_body)

    def _opened(self, name: str, sealed: bytes) -> Sensitive:
        return reveal(OutboundMessage, name, self.message_id, sealed) or Sensitive("")


def claim(*, now: datetime, limit: int, lane: int, under_way: Mapping[UUID, int]) -> list[Claimed]:
    """Move up to `limit` due texts to SENDING and commit that; most urgent first.

    A clinic gets at most `lane` texts under way, counting those that `under_way` names. What leaves by a sender with
    a pace is counted in segments, over all workers and machines.
    """
    values = parameters(now=now, limit=limit, lane=lane, under_way=under_way)
    with connection.cursor() as cursor:  # one trip: statements that are sent together are one transaction
        cursor.execute(NO_JIT + CLAIM, values)
        cursor.nextset()
        rows = cursor.fetchall()
    # Ids are in the order of queueing; compared as numbers, because comparing UUIDs takes as long as making the rows.
    return sorted((Claimed._make((*row, now)) for row in rows), key=lambda text: (text.priority, text.message_id.int))


def parameters(*, now: datetime, limit: int, lane: int, under_way: Mapping[UUID, int]) -> dict[str, Any]:
    """What CLAIM is executed with."""
    return {
        "now": now,
        "latest": now + MARGIN,
        "check": now + ANSWER_DUE,
        "limit": limit,
        "lane": lane,
        "busy": list(under_way),
        "counts": list(under_way.values()),
        "shared": shared_address(),
        "pace": settings.SENDER_RATE,
        "stray": timedelta(seconds=STRAY_SECONDS),
    }
