"""`responses`: the answers of a follow-up, and what they amount to."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from clinics.core.roles import Permission
from followup.api.bodies import RevealedField, Row
from followup.api.filters import MomentFilter, since, until
from followup.api.views import ClinicView
from followup.queries import rows


class AnswerRow(Row):
    """An answer beside the exact question. A correction is a new answer; the old one stays, superseded."""

    id = serializers.UUIDField()
    question = serializers.CharField(help_text="Key of the question in the pinned version")
    prompt = serializers.CharField(help_text="The question exactly as it was sent")
    kind = serializers.ChoiceField(choices=["value", "text", "skipped"])
    value = serializers.JSONField(
        allow_null=True, help_text="Number, true or false, code, or list of codes; null: skipped, or in raw_text"
    )
    raw_text = RevealedField(allow_null=True, help_text="What the patient wrote")
    language = serializers.CharField()
    reader_version = serializers.CharField(help_text="Which reader understood it")
    source = serializers.CharField(help_text="patient or staff")  # type: ignore[assignment]  # a field of this name
    channel = serializers.CharField(help_text="sms, web or phone")
    message = serializers.UUIDField(source="message_id", allow_null=True, help_text="The inbound text it came in")
    late = serializers.BooleanField(help_text="True: came after the follow-up had closed")
    answered_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True, help_text="Null: this answer counts")


class ResponseRow(Row):
    """A response."""

    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    follow_up = serializers.UUIDField(source="follow_up_id")
    care_session = serializers.UUIDField(source="follow_up.care_session_id")
    survey = serializers.CharField()
    survey_version = serializers.IntegerField(source="follow_up.survey_version.number")
    status = serializers.CharField(help_text="in_progress, completed, or how it stopped")
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    answers = AnswerRow(source="follow_up.answers.all", many=True)
    scores = serializers.DictField(help_text="By score key, as the survey's version defines them")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(help_text="Rises with every answer and correction")


class ResponseFilters(filters.FilterSet):
    """Filters of the list of responses."""

    since, until = since(), until()
    patient = filters.UUIDFilter(field_name="patient_id")
    follow_up = filters.UUIDFilter(field_name="follow_up_id")
    survey = filters.CharFilter()
    updated_since = MomentFilter(
        field_name="updated_at", lookup_expr="gte", label="Only those with an answer or correction from this time on"
    )


@extend_schema_view(list=extend_schema(summary="List responses"), retrieve=extend_schema(summary="Show a response"))
class ResponseView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Responses of the clinic's patients."""

    resource = "response"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_ANSWERS)
    serializer_class = ResponseRow
    filterset_class = ResponseFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.responses(self.clinic)
