"""Every error of the API as problem details (RFC 9457), with all that is wrong named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.response import Response

from clinics.operations import KeyInFlight, KeyReused
from clinics.operations.errors import InvalidInput
from followup.operations.errors import Conflict, Refused
from surveys.core.definition import InvalidSurvey
from surveys.operations import SurveyConflict

CONTENT_TYPE = "application/problem+json"
INDEX = re.compile(r"\[(\d+)\]")


class Conflicting(APIException):
    """What is stored says otherwise."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "What is stored says otherwise."


class Unknown(APIException):
    """A field of the body names something that the caller's clinic does not have."""

    status_code = status.HTTP_404_NOT_FOUND
    default_code = "not_found"

    def __init__(self, attr: str) -> None:
        super().__init__()
        self.detail = {attr: [ErrorDetail("Your clinic has nothing with this id.", self.default_code)]}


class TooLarge(APIException):
    """The body is longer than anything that is asked for here."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The body is too large: five megabytes at most."


class InFlight(APIException):
    """The first request with this key has not ended."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "key_in_flight"
    default_detail = "The first request with this Idempotency-Key is still at work: ask again in a moment."


class Reused(APIException):
    """The key belongs to another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"
    default_detail = "This Idempotency-Key came with another request before: use a fresh key for each request."


class ProblemHandler(ExceptionHandler):
    """Translates what the rooms below raise; anything it does not know is a fault of ours and answers 500."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, RequestDataTooBig):
            return TooLarge()
        if isinstance(exc, KeyInFlight):
            return InFlight()
        if isinstance(exc, KeyReused):
            return Reused()
        if isinstance(exc, InvalidSurvey):
            return ValidationError(
                _by_field({f"document.{each.path}": each.message for each in exc.problems}, "invalid")
            )
        if isinstance(exc, Conflict | SurveyConflict):
            return Conflicting(_by_field(exc.problems, "conflict"))
        if isinstance(exc, InvalidInput | Refused):
            return ValidationError(_by_field(exc.problems, "invalid"))
        return super().convert_known_exceptions(exc)

    def get_response(self, exc: APIException, data: dict[str, Any]) -> Response:
        response = super().get_response(exc, data)
        response.content_type = CONTENT_TYPE
        return response


def _by_field(problems: Mapping[str, str], code: str) -> dict[str, list[ErrorDetail]]:
    """Problems as REST framework holds them; places inside lists are written `steps.0.offset`, as its own are."""
    return {INDEX.sub(r".\1", place) or "body": [ErrorDetail(text, code)] for place, text in problems.items()}


class ProblemFormatter(ExceptionFormatter):
    """The members that RFC 9457 names, and `errors` and `request_id` beside them."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        errors = [{"code": e.code, "detail": e.detail, "attr": e.attr} for e in error_response.errors]
        return problem(self.exc.status_code, self._code(), errors)

    def _code(self) -> str:
        if isinstance(self.exc, ValidationError):
            return "invalid"
        return "malformed" if isinstance(self.exc, ParseError) else str(self.exc.default_code)


def problem(status_code: int, code: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of an error; `code` ends its type, which is a name and leads nowhere."""
    return {
        "type": f"urn:followup:problem:{code.replace('_', '-')}",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "detail": " ".join(f"{e['attr']}: {e['detail']}" if e["attr"] else e["detail"] for e in errors),
        "errors": errors,
        "request_id": structlog.contextvars.get_contextvars().get("request_id"),
    }


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="Fixed word for machines, like `required` or `unique`")
    detail = serializers.CharField(help_text="What is wrong and what to do, for people")
    attr = serializers.CharField(
        allow_null=True, help_text="The field, dotted into nested ones like `steps.0.offset`; null: the whole request"
    )


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField(help_text="Name of the kind of problem, like `urn:followup:problem:invalid`")
    title = serializers.CharField(help_text="The HTTP status in words")
    status = serializers.IntegerField(help_text="The HTTP status")
    detail = serializers.CharField(help_text="All errors in one line")
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # a field, not the property of this name
    request_id = serializers.CharField(
        allow_null=True, help_text="Also in the header X-Request-Id and in the service's log lines"
    )
