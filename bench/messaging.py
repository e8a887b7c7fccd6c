"""Claiming from the outbox, against the same work written bare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection

from bench.measure import Row, cost, rate, ratio
from clinics.models import Clinic
from messaging.core.lifecycle import Purpose
from messaging.models import OutboundMessage
from messaging.operations import TextDraft, enqueue
from messaging.operations.claim import CLAIM, claim, parameters
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
WAITING = 3000
BATCH = 500
ROUNDS = 5
HISTORY = (10_000, 1_000_000)

RAW_CLAIM = """
UPDATE messaging_outboundmessage
SET status = 'sending', attempts = attempts + 1, claimed_at = %(now)s, check_at = %(check)s, next_attempt_at = NULL
WHERE id IN (
    SELECT id FROM messaging_outboundmessage
    WHERE clinic_id = %(clinic)s AND next_attempt_at <= %(now)s
    ORDER BY priority, next_attempt_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, clinic_id, number_hash, number, body, attempts, purpose, context_id, expires_at, window_closes_at
"""
PUT_BACK = """
UPDATE messaging_outboundmessage SET status = 'queued', attempts = 0, next_attempt_at = %s, check_at = NULL
WHERE status = 'sending'
"""
GROW = """
INSERT INTO messaging_outboundmessage (id, clinic_id, dedupe_key, number, number_hash, body, language, purpose,
    priority, status, reason, attempts, send_number, window_zone, expires_at, claimed_at, provider_id, error_code,
    error_kind, segments, queued_at, sent_at, finished_at)
SELECT gen_random_uuid(), clinic_id, 'history-' || place, number, md5((place %% 50000)::text), body, language, purpose,
    priority, 'delivered', '', 1, 1, '', expires_at, queued_at, 'SM' || place, '', '', 1,
    queued_at, queued_at, queued_at
FROM generate_series(%s, %s) AS place, (SELECT * FROM messaging_outboundmessage WHERE status = 'queued' LIMIT 1) AS one
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
    """Begin and end with tables that autovacuum has been through."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) messaging_outboundmessage")
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


def buffers_of_a_claim() -> int:
    """Pages touched by one claim of a batch, rolled back."""
    values = parameters(now=NOW, limit=BATCH, lane=BATCH, under_way={})
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + CLAIM, values)
        plan = cursor.fetchone()[0][0]["Plan"]
        cursor.execute("ROLLBACK")
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def flatness() -> Row:
    """How much more a claim touches with a hundred times the history."""
    touched, have = [], 0
    for size in HISTORY:
        with connection.cursor() as cursor:
            cursor.execute(GROW, [have + 1, size])
            have = size
            cursor.execute("VACUUM (ANALYZE) messaging_outboundmessage")
        touched.append(sorted(buffers_of_a_claim() for _ in range(3))[1])
    growth = touched[1] / touched[0]
    name = f"outbox: pages a claim touches, {HISTORY[1]:,} against {HISTORY[0]:,} rows of history"
    return Row(name, round(growth, 3), "times", "<= 1.15", growth <= 1.15, f"{touched[0]} -> {touched[1]}")


def rows() -> list[Row]:
    """Claiming."""
    clinic = the_clinic()
    enqueue(drafts(clinic, WAITING, key="claim"), now=NOW)
    ours, raw = claims(clinic)
    found = [
        ratio(f"outbox: claim of {BATCH} with every check, against raw one statement", ours, raw, 0.8),
        rate("outbox: claim", ours, "texts/s"),
        flatness(),
    ]
    OutboundMessage.objects.all().delete()
    return found
