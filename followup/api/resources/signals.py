"""`signals`: what a rule noticed."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from clinics.core.roles import Permission
from followup.api.bodies import Row
from followup.api.filters import since, until
from followup.api.views import ClinicView
from followup.core.lifecycle import Level
from followup.queries import rows

LEVELS = [level.value for level in Level]


class SignalRow(Row):
    """A rule's finding. It is never erased: later remarks are appended."""

    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id", allow_null=True)
    follow_up = serializers.UUIDField(source="follow_up_id", allow_null=True)
    message = serializers.UUIDField(source="message_id", allow_null=True, help_text="The inbound text it was seen in")
    review = serializers.UUIDField(source="review_id")
    rule = serializers.CharField(help_text="Id of the rule, like E2")
    rule_version = serializers.CharField()
    level = serializers.ChoiceField(choices=LEVELS)
    inputs = serializers.DictField(help_text="The values the rule saw")
    thresholds = serializers.DictField()
    safety_text = serializers.CharField(help_text="Id of the text that was sent at once; blank: none")
    raised_at = serializers.DateTimeField()
    annotations = serializers.ListField(child=serializers.JSONField(), help_text="Later remarks, oldest first")


class SignalFilters(filters.FilterSet):
    """Filters of the list of signals."""

    since, until = since("raised_at"), until("raised_at")
    patient = filters.UUIDFilter(field_name="patient_id")
    follow_up = filters.UUIDFilter(field_name="follow_up_id")
    review = filters.UUIDFilter(field_name="review_id")
    rule = filters.CharFilter()
    level = filters.ChoiceFilter(choices=[(level, level) for level in LEVELS])


@extend_schema_view(list=extend_schema(summary="List signals"), retrieve=extend_schema(summary="Show a signal"))
class SignalView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Signals of the clinic."""

    resource = "signal"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_ANSWERS)
    serializer_class = SignalRow
    filterset_class = SignalFilters
    page_field = "raised_at"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.signals(self.clinic)
