"""How flat the outbox is: what a dispatched text, a reply and a reader cost with little and with much history."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from uuid import UUID

from django.db import connection, transaction

from bench.measure import Row, cost, pages_touched, settled
from bench.messaging import NOW, drafts, the_clinic
from clinics.models import Clinic
from messaging import queries
from messaging.gateways.base import Taken
from messaging.models import OutboundHistory
from messaging.operations import enqueue, move_to_history, store_inbound
from messaging.operations.claim import claim
from messaging.operations.history import KEPT_LIVE
from messaging.operations.outcomes import Outcome, record
from messaging.operations.partitions import Month, make

FEW, MANY = 10_000, int(os.environ.get("BENCH_HISTORY", "5000000"))
MONTHS = 36
BATCH = 500
ROUNDS = 5
MOVED = 20_000
QUEUED, CLAIMED = f"{BATCH} texts queued", f"{BATCH} texts claimed and recorded"
DISPATCHED = f"{BATCH} texts queued, claimed and recorded"
NUMBER = "c4ca4238a0b923820dcc509a6f75849b"
"""The hash that GROW gives to the number of every 50,000th text."""
_places = count()

# As the sweeps leave them: finished, tidied, in the month they were queued in.
GROW = """
INSERT INTO messaging_outboundhistory (id, clinic_id, dedupe_key, number, number_hash, body, language, purpose,
    priority, status, reason, attempts, send_number, window_zone, expires_at, claimed_at, provider_id, error_code,
    error_kind, segments, queued_at, sender, sent_at, finished_at)
SELECT lpad(to_hex(place), 32, '0')::uuid, one.clinic_id, 'history-' || place, one.number,
    md5((place %% 50000)::text), one.body, 'en', 'question', 3, 'delivered', '', 1, 1, '',
    at + interval '1 day', at, 'SM' || place, '', '', 1, at, '', at, at
FROM (SELECT place, %(first)s::timestamptz + random() * interval '28 days' AS at
      FROM generate_series(%(from)s::int, %(to)s::int) AS place) AS past,
     (SELECT * FROM messaging_outboundmessage LIMIT 1) AS one
"""
KNOW = """
INSERT INTO messaging_knownkey (key, since)
SELECT lpad(to_hex(place), 32, '0')::uuid, now() FROM generate_series(%s::int, %s::int) AS place
"""
DONE_WITH = """
UPDATE messaging_outboundmessage SET status = 'cancelled', next_attempt_at = NULL, check_at = NULL, queued_at = %(at)s,
    finished_at = %(at)s
"""


def grow(have: int, size: int) -> None:
    """Let the history hold `size` texts where it holds `have`, spread over MONTHS months."""
    this_month = Month.of(NOW)
    months = [this_month.plus(-back) for back in range(2, MONTHS + 2)]
    make(OutboundHistory._meta.db_table, months)
    step = (size - have) // MONTHS
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign keys to check: the rows are ours
        for place, month in enumerate(months):
            first = have + place * step + 1
            cursor.execute(GROW, {"first": month.begins, "from": first, "to": first + step - 1})
        cursor.execute(KNOW, [have + 1, size])
        cursor.execute("RESET session_replication_role")
    settled("messaging_outboundhistory", "messaging_knownkey", "messaging_outboundmessage")


def dispatched() -> None:
    """A batch claimed and its outcomes recorded."""
    texts = claim(now=NOW, limit=BATCH, lane=BATCH, under_way={})
    assert len(texts) == BATCH
    record([Outcome(text, Taken(f"SM{text.message_id.hex}")) for text in texts], now=NOW)


def queued(clinic: Clinic) -> None:
    """A batch of new texts."""
    assert len(enqueue(drafts(clinic, BATCH, key=f"flat-{next(_places)}"), now=NOW)) == BATCH


def stored(clinic: Clinic) -> None:
    """One text from a patient, as the webhook keeps it."""
    pk = store_inbound(
        clinic_id=clinic.pk, provider_id=f"SM-flat-{next(_places)}", number="+16185550123", sender="", body="7",
        received_at=NOW,
    )  # fmt: skip
    assert isinstance(pk, UUID)


def measured(clinic: Clinic) -> dict[str, tuple[int, float]]:
    """Pages and milliseconds of each action, medians."""
    actions: dict[str, Callable[[], object]] = {
        CLAIMED: dispatched,
        QUEUED: lambda: queued(clinic),
        "a reply stored": lambda: stored(clinic),
        "a thread of 100 texts": lambda: queries.thread(clinic.pk, NUMBER, limit=100),
        "the newest 50 texts of a clinic": lambda: list(queries.outbound(clinic).order_by("-queued_at", "-id")[:50]),
    }
    found = {name: (pages(action), milliseconds(action)) for name, action in actions.items()}
    whole = [found[QUEUED], found[CLAIMED]]
    return {DISPATCHED: (sum(touched for touched, _ in whole), sum(taken for _, taken in whole))} | found


def pages(action: Callable[[], object]) -> int:
    """Pages touched, the median of a few."""
    return int(statistics.median(pages_touched(action) for _ in range(3)))


def milliseconds(action: Callable[[], object]) -> float:
    """Wall time with everything undone afterwards, the median."""
    taken = []
    for _ in range(ROUNDS):
        with transaction.atomic():
            with cost() as spent:
                action()
            taken.append(spent.seconds * 1000)
            transaction.set_rollback(True)
    return statistics.median(taken)


def moving(clinic: Clinic) -> Row:
    """Texts a second that the sweep moves."""
    enqueue(drafts(clinic, MOVED, key="moving"), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(DONE_WITH, {"at": NOW})
    settled("messaging_outboundmessage")
    much_later = NOW + 2 * KEPT_LIVE
    move_to_history(now=much_later)
    with cost() as taken:
        moved = move_to_history(now=much_later + timedelta(hours=1))
    assert moved >= MOVED
    return Row("history: texts that the sweep moves", round(moved / taken.seconds), "texts/s")


def rows() -> list[Row]:
    """Flatness and moving."""
    clinic = the_clinic()
    enqueue(drafts(clinic, 3 * BATCH, key="flat"), now=NOW)
    grow(0, FEW)
    few = measured(clinic)
    grow(FEW, MANY)
    many = measured(clinic)
    found = [row(name, few[name], many[name]) for name in few] + [moving(clinic)]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE messaging_outboundhistory, messaging_knownkey, messaging_outboundmessage CASCADE")
    return found


def row(name: str, few: tuple[float, float], many: tuple[float, float]) -> Row:
    """Pages with much history against pages with little; only what a dispatched text costs has a goal."""
    growth = many[0] / few[0]
    spread = f"{few[0]} -> {many[0]} pages, {few[1]:.1f} -> {many[1]:.1f} ms"
    has_goal = name == DISPATCHED
    met = growth <= 1.1 if has_goal else None
    goal = "<= 1.1" if has_goal else ""
    return Row(f"history of {MANY:,}: {name}", round(growth, 3), "times the pages", goal, met, spread)
