"""`exports`: answers as one table, for statistics and for leaving."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import StreamingHttpResponse
from django_filters import rest_framework as filters
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from clinics.core.roles import Permission
from followup.api.bodies import Row
from followup.api.filters import since, until
from followup.api.views import ClinicView
from followup.models import Answer
from followup.queries import rows

CHUNK = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""


class ExportRow(Row):
    """One answer."""

    answer = serializers.UUIDField(source="id")
    patient = serializers.UUIDField(source="patient_id")
    reference = serializers.CharField(source="patient.reference", help_text="Your own number for the patient")
    care_session = serializers.UUIDField(source="follow_up.care_session_id")
    external_reference = serializers.CharField(source="follow_up.care_session.external_reference")
    session_ended_at = serializers.DateTimeField(source="follow_up.care_session.ended_at", allow_null=True)
    follow_up = serializers.UUIDField(source="follow_up_id")
    step = serializers.CharField(source="follow_up.plan_step.key", default=None, allow_null=True)
    due_at = serializers.DateTimeField(source="follow_up.due_at")
    survey = serializers.CharField(source="follow_up.survey")
    survey_version = serializers.IntegerField(source="follow_up.survey_version.number")
    question = serializers.CharField()
    prompt = serializers.CharField()
    kind = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    raw_text = serializers.SerializerMethodField()
    language = serializers.CharField()
    reader_version = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    channel = serializers.CharField()
    late = serializers.BooleanField()
    answered_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True, help_text="Null: this answer counts")

    def get_raw_text(self, answer: Answer) -> str | None:
        """What the patient wrote."""
        return answer.raw_text.reveal() if answer.raw_text is not None else None


class ExportFilters(filters.FilterSet):
    """What an export can be narrowed to."""

    since, until = since("answered_at"), until("answered_at")
    patient = filters.UUIDFilter(field_name="patient_id")
    survey = filters.CharFilter(field_name="follow_up__survey")
    question = filters.CharFilter()
    form = filters.ChoiceFilter(choices=[("csv", "csv"), ("json", "json")], method="as_it_is")

    def as_it_is(self, answers: Any, name: str, value: Any) -> Any:
        """The form of the file changes nothing about its rows."""
        return answers


class ExportView(ClinicView):
    """Files of the clinic's data."""

    resource = "answer"
    permissions = {"responses": Permission.SEE_ANSWERS}
    serializer_class = ExportRow
    filterset_class = ExportFilters

    def get_queryset(self) -> Any:
        return rows.answers(self.clinic)

    @extend_schema(
        summary="Export answers",
        filters=True,
        parameters=[
            OpenApiParameter(
                "form", str, enum=["csv", "json"], default="csv", description="csv, or json: one array of objects"
            )
        ],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A header, then one line an answer"),
            (200, "application/json"): ExportRow(many=True),
        },
    )
    @action(detail=False, methods=["get"])
    def responses(self, request: Request) -> StreamingHttpResponse:
        """Every answer with its question and follow-up, superseded ones too, oldest first, streamed.

        In CSV a text that a spreadsheet would take for a formula begins with an apostrophe.
        """
        wanted = ExportFilters(request.query_params, self.get_queryset())
        if not wanted.is_valid():
            raise translate_validation(wanted.errors)
        answers = wanted.qs.order_by("answered_at", "id").iterator(chunk_size=CHUNK)
        found = (ExportRow(answer).data for answer in answers)
        if wanted.form.cleaned_data["form"] == "json":
            return StreamingHttpResponse(as_json(found), content_type="application/json")
        file = {"Content-Disposition": 'attachment; filename="answers.csv"'}
        return StreamingHttpResponse(as_csv(found), content_type="text/csv; charset=utf-8", headers=file)

    def _parameters(self) -> set[str]:
        return set(ExportFilters.base_filters)

    def _verb(self, response: Any) -> str | None:
        return "export" if response.status_code == 200 else super()._verb(response)


def as_json(found: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The rows as one JSON array, a piece at a time."""
    yield "["
    for number, row in enumerate(found):
        yield (",\n" if number else "\n") + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
    yield "\n]\n"


def as_csv(found: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The rows as CSV lines with a header."""
    writer = csv.DictWriter(_Echo(), list(ExportRow().fields))
    yield writer.writer.writerow(writer.fieldnames)
    for row in found:
        yield writer.writerow({name: _cell(value) for name, value in row.items()})


class _Echo:
    """A file that gives back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _cell(value: Any) -> Any:
    """A value as a cell: nothing in it is run, and lists stay readable by machines."""
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
