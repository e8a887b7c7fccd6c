"""How a benchmark is measured: the limit and our path alternate, at least three rounds, median and spread."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `goal` is a condition in words; `met` is None where there is only something to know."""

    name: str
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None
    spread: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row as it stands in bench/results.json."""
        return asdict(self)


@dataclass(slots=True)
class Cost:
    """What a block took: wall seconds and CPU seconds of this process."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def cost() -> Iterator[Cost]:
    """Measure the block."""
    taken = Cost()
    wall, cpu = time.perf_counter(), time.process_time()
    yield taken
    taken.seconds, taken.cpu = time.perf_counter() - wall, time.process_time() - cpu


def alternate(ways: dict[str, Callable[[], int]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Units per second of each way, one figure a round. Each way does its own preparation and returns how many units
    it did; the ways take turns so that a slow moment of the machine falls on all of them."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        order = list(ways) if number % 2 == 0 else list(reversed(ways))
        for name in order:
            with cost() as taken:
                units = ways[name]()
            rates[name].append(units / taken.seconds)
    return rates


def ratio(name: str, ours: Sequence[float], limit: Sequence[float], at_least: float) -> Row:
    """Our rate as a share of the limit's, round by round; the median is what counts."""
    shares = sorted(our / other for our, other in zip(ours, limit, strict=True))
    value = statistics.median(shares)
    return Row(
        name=name,
        value=round(value, 3),
        unit="of the limit",
        goal=f">= {at_least}",
        met=value >= at_least,
        spread=f"{shares[0]:.2f}-{shares[-1]:.2f}",
    )


def rate(name: str, figures: Sequence[float], unit: str) -> Row:
    """A rate for orientation; absolute figures move between machines, so they carry no goal."""
    return Row(name, round(statistics.median(figures), 1), unit, spread=f"{min(figures):.0f}-{max(figures):.0f}")


def pages_touched(action: Callable[[], object]) -> int:
    """The pages of shared memory that the statements of `action` touch; whatever it does is undone.

    Each statement is run twice, the first time explained and undone, so that `action` goes on with its real result.
    """
    touched = 0

    def explained(execute: Any, sql: str, values: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal touched
        if sql.lstrip().split(None, 1)[0].upper() in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}:
            execute("SAVEPOINT looked", None, False, context)
            execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql, values, False, context)
            plan = context["cursor"].fetchone()[0][0]["Plan"]
            touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            execute("ROLLBACK TO SAVEPOINT looked", None, False, context)
        return execute(sql, values, many, context)

    with transaction.atomic(), connection.execute_wrapper(explained):
        action()
        transaction.set_rollback(True)
    return touched


def settled(*tables: str) -> None:
    """Let these tables be as autovacuum leaves them."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure below which `share` (0-1) of all lie."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def resident_megabytes() -> float:
    """Greatest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
