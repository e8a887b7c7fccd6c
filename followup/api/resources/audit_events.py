"""`audit-events`: who did or saw what."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from clinics import queries
from clinics.core.roles import Permission
from followup.api.bodies import Row
from followup.api.filters import since, until
from followup.api.views import ClinicView

ACTORS = ["staff", "token", "patient", "system"]


class AuditEventRow(Row):
    """One thing that somebody did or saw. It holds ids and field names, no personal text."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor_kind = serializers.ChoiceField(choices=ACTORS)
    actor_id = serializers.CharField(help_text="Id of the member of staff, token or patient, or a fixed word")
    action = serializers.CharField(help_text="What was done, like `patient.read`, `patient.update`, `patient.refuse`")
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    patient = serializers.UUIDField(source="patient_id", allow_null=True)
    detail = serializers.DictField(help_text="Ids, counts, field names and fixed words")
    ip = serializers.IPAddressField(allow_null=True)
    request_id = serializers.CharField()
    position = serializers.IntegerField(
        allow_null=True, help_text="Place in the clinic's hash chain; null: not sealed yet, which takes seconds"
    )
    hash = serializers.CharField(allow_null=True)


class AuditEventFilters(filters.FilterSet):
    """Filters of the audit log."""

    since, until = since("at"), until("at")
    actor_kind = filters.ChoiceFilter(choices=[(kind, kind) for kind in ACTORS])
    actor_id = filters.CharFilter()
    action = filters.CharFilter(label="Exactly this action, like patient.read")
    object_type = filters.CharFilter()
    object_id = filters.CharFilter()
    patient = filters.UUIDFilter(field_name="patient_id")


@extend_schema_view(
    list=extend_schema(summary="List audit events"), retrieve=extend_schema(summary="Show an audit event")
)
class AuditEventView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """The clinic's audit log. Reading it is audited as well."""

    resource = "audit_event"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_AUDIT)
    serializer_class = AuditEventRow
    filterset_class = AuditEventFilters
    page_field = "at"
    lookup_value_converter = "bigint"

    def get_queryset(self) -> Any:
        return queries.audit_events(self.clinic)

    def patient_of(self, data: dict[str, Any]) -> None:
        """Reading the log is about the log, not about the patients in it."""
