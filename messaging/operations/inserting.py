"""Rows that may be there already: written in one statement that says which of them are new."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models


def insert_new(rows: Sequence[models.Model], *, where: str = "TRUE") -> set[UUID]:
    """Insert rows of one model, leaving out those that a unique constraint forbids; return the keys of the new ones.

    `where` is SQL of our own about a row called `new`; one that does not meet it is left out too.
    Django's bulk_create leaves them out too, but does not say which, and a savepoint for each would cost three trips.
    """
    return set(_insert(rows, where)) if rows else set()


def _insert(rows: Sequence[models.Model], where: str) -> Iterable[UUID]:
    """What is the same in all rows goes over once, the rest as one array a column: short, and parsed quickly."""
    columns = [_Column.of(field, rows) for field in rows[0]._meta.concrete_fields]
    values = [column.values[0] for column in columns if not column.varies]
    values += [column.values for column in columns if column.varies]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(rows[0]), tuple(column.varies for column in columns), where), values)
        return [pk for (pk,) in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class _Column:
    """One field of all rows, as the driver takes it; the key always varies, most others hardly ever do."""

    values: list[Any]
    varies: bool

    @classmethod
    def of(cls, field: models.Field[Any, Any], rows: Sequence[models.Model]) -> _Column:
        prepared: dict[Hashable, Any] = {}
        values = []
        for row in rows:
            value = field.pre_save(row, add=True)
            known = value if isinstance(value, Hashable) else ("the very object", id(value))
            if known not in prepared:
                prepared[known] = field.get_db_prep_save(value, connection)
            values.append(prepared[known])
        return cls(values, varies=field.primary_key or len(prepared) > 1)


@lru_cache(maxsize=256)
def _statement(model: type[models.Model], varies: tuple[bool, ...], where: str) -> str:
    """The statement for rows of which these fields vary: the same rows come again and again."""
    meta, quote = model._meta, connection.ops.quote_name
    columns = [
        (quote(str(field.column)), _base_type(field), each)
        for field, each in zip(meta.concrete_fields, varies, strict=True)
    ]
    names = ", ".join(name for name, _, _ in columns)
    chosen = ", ".join(f"many.{name}" if each else f"%s::{of_type} AS {name}" for name, of_type, each in columns)
    source = ", ".join(f"%s::{of_type}[]" for _, of_type, each in columns if each)
    aliases = ", ".join(name for name, _, each in columns if each)
    return (
        f"INSERT INTO {quote(meta.db_table)} ({names}) "  # noqa: S608  # names of our own columns
        f"SELECT * FROM (SELECT {chosen} FROM unnest({source}) AS many ({aliases})) AS new WHERE {where} "
        f"ON CONFLICT DO NOTHING RETURNING {quote(str(meta.pk.column))}"
    )


def _base_type(field: models.Field[Any, Any]) -> str:
    """The column's type without its length: a cast would cut what is too long, an insert refuses it."""
    return str(field.db_type(connection)).partition("(")[0]
