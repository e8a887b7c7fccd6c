"""A turn in the worker, from the stored text to the next question, against its own statements, bare."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction

from bench import asked, turns_bare
from bench.measure import Row, pages_touched, rate, ratio
from followup.operations.open_due import open_due
from messaging.operations import handle_inbound, store_inbound
from tests.factories import NOW, make_clinic, make_plan

TURNS, ROUNDS, WAYS = 60, 5, 3
Statement = tuple[str, Any]


def waiting(count: int) -> list[UUID]:
    """As many stored answers to a question that waits."""
    clinic = make_clinic("turns")
    numbers = [f"+1618556{place:04}" for place in range(count)]
    asked.due(clinic, make_plan(clinic).steps.get(), numbers, now=NOW)
    assert open_due(now=NOW, limit=count) == count
    return [stored(clinic.pk, number, place) for place, number in enumerate(numbers)]


def stored(clinic_id: UUID, number: str, place: int) -> UUID:
    """One answer as the webhook keeps it."""
    pk = store_inbound(
        clinic_id=clinic_id, provider_id=f"SM-turn-{place}", number=number, sender="", body="about a 7", received_at=NOW
    )
    assert pk is not None
    return pk


def statements(pk: UUID) -> list[Statement]:
    """What a turn says to the database, all of it undone."""
    said: list[Statement] = []

    def heard(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: dict[str, Any]) -> Any:
        if "SAVEPOINT" not in sql:
            said.append((sql, values))
        return execute(sql, values, many, context)

    with transaction.atomic(), connection.execute_wrapper(heard):
        assert handle_inbound(pk, now=NOW)
        transaction.set_rollback(True)
    return said


def one_trip(said: list[Statement]) -> str:
    """The same statements as one text for the server, which runs it as one transaction."""
    with psycopg.ClientCursor(connection.connection) as cursor:
        return ";\n".join(cursor.mogrify(sql, values) if values else sql for sql, values in said)


def rows() -> list[Row]:
    """Turns a second, the three ways alternating; every turn is committed."""
    texts = waiting(WAYS * TURNS * (ROUNDS + 1) + 2)
    told = statements(texts[0])
    pages = pages_touched(lambda: handle_inbound(texts[1], now=NOW))
    rounds = [one_round(number, texts[2 + number * WAYS * TURNS :]) for number in range(ROUNDS + 1)]
    ours, orm, bare = ([each[name] for each in rounds[1:]] for name in ("ours", "orm", "bare"))
    return [
        ratio("a turn: stored text to next question, against its statements in bare ORM", ours, orm, 0.6),
        ratio("a turn: stored text to next question, against its statements in one round trip", ours, bare, 0.7),
        rate("a turn", ours, "turns/s"),
        Row("a turn: statements, and pages they touch", len(told), "statements", spread=f"{pages} pages"),
    ]


def one_round(number: int, texts: list[UUID]) -> dict[str, float]:
    """Turns a second by way; each way has texts of its own, and every second round begins with the other end."""
    trips = [one_trip(statements(pk)) for pk in texts[2 * TURNS : 3 * TURNS]]
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: [handle_inbound(pk, now=NOW) for pk in texts[:TURNS]],
        "orm": lambda: [turns_bare.turn(pk, now=NOW) for pk in texts[TURNS : 2 * TURNS]],
        "bare": lambda: [connection.connection.execute(trip) for trip in trips],
    }
    figures = {}
    for name in sorted(ways, reverse=number % 2 == 1):
        begun = time.perf_counter()
        ways[name]()
        figures[name] = TURNS / (time.perf_counter() - begun)
    return figures
