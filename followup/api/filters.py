"""What the filters of lists share."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters


def since(column: str = "created_at") -> Any:
    """`since`: only rows whose `column`, the one that the list is ordered by, is at this time or later."""
    label = "Only rows from this time on, like 2026-11-24T00:00:00Z"
    return filters.IsoDateTimeFilter(field_name=column, lookup_expr="gte", label=label)


def until(column: str = "created_at") -> Any:
    """`until`: only rows whose `column` is before this time."""
    return filters.IsoDateTimeFilter(field_name=column, lookup_expr="lt", label="Only rows before this time")
