"""Rows that may be there already: written in one statement that says which of them are new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, models

ROWS_AT_ONCE = 1000
"""A statement takes at most 65,535 parameters."""


def insert_new(rows: Sequence[models.Model]) -> set[UUID]:
    """Insert rows of one model, leaving out those that a unique constraint forbids; return the keys of the new ones.

    Django's bulk_create leaves them out too, but does not say which, and a savepoint for each would cost three trips.
    """
    chunks = (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
    return {pk for chunk in chunks for pk in _insert(chunk)}


def _insert(rows: Sequence[models.Model]) -> Iterable[UUID]:
    meta = rows[0]._meta
    fields = meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(rows))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
    table, key = quote(meta.db_table), quote(str(meta.pk.column))
    sql = f"INSERT INTO {table} ({columns}) VALUES {marks} ON CONFLICT DO NOTHING RETURNING {key}"  # noqa: S608  # names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [pk for (pk,) in cursor.fetchall()]
