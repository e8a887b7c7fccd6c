"""What the filters of lists share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field


class MomentField(IsoDateTimeField):
    """A time with a zone, as UTC: PostgreSQL knows no offsets beyond sixteen hours, Python does."""

    def clean(self, value: Any) -> datetime | None:
        moment = super().clean(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError as error:
            raise forms.ValidationError("This time lies beyond the calendar.", code="invalid") from error


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(filters.Filter):
    """A filter by time."""

    field_class = MomentField


def since(column: str = "created_at") -> Any:
    """`since`: only rows whose `column`, the one that the list is ordered by, is at this time or later."""
    label = "Only rows from this time on, like 2026-11-24T00:00:00Z"
    return MomentFilter(field_name=column, lookup_expr="gte", label=label)


def until(column: str = "created_at") -> Any:
    """`until`: only rows whose `column` is before this time."""
    return MomentFilter(field_name=column, lookup_expr="lt", label="Only rows before this time")


class TrueOrFalse(forms.CharField):
    """`true` or `false`; anything else is refused, where Django's own field would take it for no filter at all."""

    def clean(self, value: Any) -> Any:
        written = {None: None, "": None, "true": True, "false": False}
        lowered = value.lower() if isinstance(value, str) else value
        if lowered not in written:
            raise forms.ValidationError("Write true or false.", code="invalid")
        return written[lowered]


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(filters.Filter):
    """A filter that is true or false."""

    field_class = TrueOrFalse
