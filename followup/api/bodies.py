"""What serializers share: unknown fields are refused, personal text is revealed here and nowhere below."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from privacy.sensitive import Sensitive


class Body(serializers.Serializer[Any]):
    """A request's body. A field it does not know is a mistake of the caller's: it is named, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        problems: dict[str, Any] = {
            name: [ErrorDetail("This field is unknown here.", code="unknown")] for name in unknown
        }
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError(
                error.detail | problems if isinstance(error.detail, dict) else error.detail
            ) from error
        if problems:
            raise ValidationError(problems)
        return value


class Row(serializers.Serializer[Any]):
    """A row as the API answers it: read only."""


class RevealedField(serializers.CharField):
    """Personal text, given in clear to those who may see it."""

    def to_representation(self, value: Any) -> str:
        text: Sensitive = value
        return text.reveal()


def checked_below(**schema: Any) -> type[serializers.CharField]:
    """A text whose form the document tells and the operation checks, which names every problem at once."""

    @extend_schema_field({"type": "string"} | schema)
    class CheckedBelow(serializers.CharField):
        """Takes any text."""

    return CheckedBelow


class Empty(Body):
    """No fields: the address says it all."""
