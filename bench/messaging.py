"""Claiming from the outbox and recording outcomes, against the same work written bare."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection

from bench.measure import Row, cost, rate, ratio, settled
from clinics.models import Clinic
from messaging.core.lifecycle import Purpose
from messaging.gateways.base import Taken
from messaging.models import OutboundMessage
from messaging.operations import TextDraft, enqueue
from messaging.operations.claim import claim
from messaging.operations.outcomes import Outcome, record
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
WAITING = 3000
BATCH = 500
ROUNDS = 5

RAW_CLAIM = """
UPDATE messaging_outboundmessage
SET status = 'sending', attempts = attempts + 1, claimed_at = %(now)s, check_at = %(check)s, next_attempt_at = NULL
WHERE id IN (
    SELECT id FROM messaging_outboundmessage
    WHERE clinic_id = %(clinic)s AND next_attempt_at <= %(now)s
    ORDER BY priority, next_attempt_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, clinic_id, number_hash, number, body, attempts, purpose, context_id, expires_at, window_closes_at
"""
RAW_RECORD = """
UPDATE messaging_outboundmessage message
SET status = 'accepted', provider_id = answer.provider_id, sent_at = %s, check_at = %s
FROM unnest(%s::uuid[], %s::text[]) AS answer(id, provider_id) WHERE message.id = answer.id
"""
TAKE_BACK = "UPDATE messaging_outboundmessage SET status = 'sending', provider_id = NULL, sent_at = NULL"
PUT_BACK = """
UPDATE messaging_outboundmessage SET status = 'queued', attempts = 0, next_attempt_at = %s, check_at = NULL
WHERE status = 'sending'
"""


def the_clinic() -> Clinic:
    """The clinic of these benchmarks."""
    fields = {"name": "Bench", "short_name": "Bench Care", "phone": "618-555-0100", "time_zone": "UTC"}
    return Clinic.objects.get_or_create(key="bench", defaults={**fields, "created_at": NOW})[0]


def drafts(clinic: Clinic, count: int, *, key: str) -> list[TextDraft]:
    """Questions to as many numbers."""
    numbers = [f"+1618{5_000_000 + place}" for place in range(count)]
    return [
        TextDraft(
            clinic_id=clinic.pk,
            dedupe_key=f"{key}-{number}",
            number=Sensitive(number),
            number_hash=phone_hash(number),
            body="Bench Care: how is your pain, 0 (none) to 10 (worst you can imagine)?",
            language="en",
            purpose=Purpose.QUESTION,
            expires_at=NOW + timedelta(days=1),
        )
        for number in numbers
    ]


def raw_claim(clinic: Clinic) -> int:
    """Claim one batch with the barest statement there is."""
    parameters = {"now": NOW, "check": NOW, "clinic": clinic.pk, "limit": BATCH}
    raw = connection.connection
    rows = raw.execute(RAW_CLAIM, parameters).fetchall()
    return len(rows)


def our_claim(clinic: Clinic) -> int:
    """Claim one batch as the dispatcher does, everything checked once more."""
    return len(claim(now=NOW, limit=BATCH, lane=BATCH, under_way={}))


@contextmanager
def tables_settled() -> Iterator[None]:
    """Begin with tables that autovacuum has been through."""
    settled("messaging_outboundmessage")
    yield


def claims(clinic: Clinic) -> tuple[list[float], list[float]]:
    """Rows a second, ours and raw, the two alternating on the same rows."""
    figures: dict[str, list[float]] = {"ours": [], "raw": []}
    for number in range(2 * ROUNDS):
        for name, way in sorted({"ours": our_claim, "raw": raw_claim}.items(), reverse=number % 2 == 1):
            with tables_settled(), cost() as taken:
                done = sum(way(clinic) for _ in range(WAITING // BATCH))
            figures[name].append(done / taken.seconds)
            with connection.cursor() as cursor:
                cursor.execute(PUT_BACK, [NOW])
    return figures["ours"][2:], figures["raw"][2:]


def recordings(clinic: Clinic) -> tuple[list[float], list[float]]:
    """Outcomes a second, ours and the bare `UPDATE ... FROM unnest`, the two alternating on the same rows."""
    figures: dict[str, list[float]] = {"ours": [], "raw": []}
    claimed = [
        text for _ in range(WAITING // BATCH) for text in claim(now=NOW, limit=BATCH, lane=WAITING, under_way={})
    ]
    outcomes = [Outcome(text, Taken(f"SM{text.message_id.hex}")) for text in claimed]
    batches = [outcomes[start : start + BATCH] for start in range(0, len(outcomes), BATCH)]
    for number in range(2 * ROUNDS):
        for name, way in sorted({"ours": our_record, "raw": raw_record}.items(), reverse=number % 2 == 1):
            with tables_settled(), cost() as taken:
                deque(map(way, batches), maxlen=0)
            figures[name].append(len(outcomes) / taken.seconds)
            with connection.cursor() as cursor:
                cursor.execute(TAKE_BACK)
    return figures["ours"][2:], figures["raw"][2:]


def our_record(batch: list[Outcome]) -> None:
    """Record a batch as the dispatcher does."""
    record(batch, now=NOW)


def raw_record(batch: list[Outcome]) -> None:
    """Record a batch with the barest statement there is."""
    ids = [outcome.text.message_id for outcome in batch]
    connection.connection.execute(RAW_RECORD, [NOW, NOW, ids, [f"SM{pk.hex}" for pk in ids]])


def rows() -> list[Row]:
    """Claiming and recording."""
    clinic = the_clinic()
    enqueue(drafts(clinic, WAITING, key="claim"), now=NOW)
    ours, raw = claims(clinic)
    found = [
        ratio(f"outbox: claim of {BATCH} with every check, against raw one statement", ours, raw, 0.8),
        rate("outbox: claim", ours, "texts/s"),
    ]
    ours, raw = recordings(clinic)
    found += [
        ratio(f"outbox: recording {BATCH} outcomes, against one UPDATE from unnest", ours, raw, 0.5),
        rate("outbox: recording outcomes", ours, "texts/s"),
    ]
    OutboundMessage.objects.all().delete()
    return found
