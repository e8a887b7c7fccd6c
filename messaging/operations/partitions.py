"""The monthly tables of the history: made before they are needed, dropped when nothing in them must be kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection, transaction
from psycopg import sql

AHEAD_MONTHS = 3
"""How many months after this one have their tables already, should the sweep that makes them rest for weeks."""

LOCK_TIMEOUT = "3s"
"""A table is taken out of the history only while nobody reads it for longer; else the next sweep tries again."""

# One sweep at a time makes and drops tables, however many schedulers there are.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('messaging_history'))"

EXISTING = """
SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = %s::regclass ORDER BY child.relname
"""

# Made apart and attached then: creating it in place would lock out every reader of the history.
MAKE = """
CREATE TABLE {partition} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
ALTER TABLE {parent} ATTACH PARTITION {partition} FOR VALUES FROM ({first}) TO ({end});
"""

DROP = "ALTER TABLE {parent} DETACH PARTITION {partition}; DROP TABLE {partition};"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month in UTC, by its first day."""

    first: date

    @classmethod
    def of(cls, moment: datetime) -> Month:
        """The month that `moment` lies in."""
        return cls(moment.astimezone(UTC).date().replace(day=1))

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.first.year, self.first.month, 1, tzinfo=UTC)

    def plus(self, months: int) -> Month:
        """The month so many later; negative ones are earlier."""
        years, month = divmod(self.first.month - 1 + months, 12)
        return Month(date(self.first.year + years, month + 1, 1))

    def table(self, parent: str) -> str:
        """The name of this month's table of `parent`."""
        return f"{parent}_{self.first:%Y_%m}"


def existing(parent: str) -> list[Month]:
    """The months that have a table, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(EXISTING, [parent])
        names = [name.removeprefix(f"{parent}_") for (name,) in cursor.fetchall()]
    return [Month(date(int(name[:4]), int(name[5:]), 1)) for name in names]


@transaction.atomic
def make(parent: str, months: Collection[Month]) -> None:
    """Make the tables of these months, those that are missing."""
    if set(months) <= set(existing(parent)):
        return
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        for month in sorted(set(months) - set(existing(parent))):
            cursor.execute(_statement(MAKE, parent, month))


def make_ahead(parent: str, *, now: datetime) -> None:
    """Make the tables of this month and the next AHEAD_MONTHS."""
    make(parent, [Month.of(now).plus(later) for later in range(AHEAD_MONTHS + 1)])


def drop(parent: str, month: Month) -> None:
    """Drop a month's table with all that is in it, in the caller's transaction.

    Raises OperationalError when readers keep it for longer than LOCK_TIMEOUT.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        cursor.execute(_statement(DROP, parent, month))


def _statement(template: str, parent: str, month: Month) -> str:
    named = sql.SQL(template).format(
        parent=sql.Identifier(parent),
        partition=sql.Identifier(month.table(parent)),
        first=sql.Literal(month.begins.isoformat()),
        end=sql.Literal(month.plus(1).begins.isoformat()),
    )
    return named.as_string(None)
