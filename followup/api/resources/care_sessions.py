"""`care-sessions`: the visits that follow-ups are counted from."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, Row, checked_below
from followup.api.filters import since, until
from followup.api.views import ClinicView
from followup.core.lifecycle import SessionStatus
from followup.operations import care_sessions
from followup.queries import rows
from followup.tasks import open_due

KindField = checked_below(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$")
STATUSES = [status.value for status in SessionStatus]


class CareSessionRow(Row):
    """A care session."""

    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    external_reference = serializers.CharField(help_text="Your own number for the visit")
    kind = serializers.CharField(help_text="What was given, like ketamine-iv: the live plan of this kind is followed")
    status = serializers.ChoiceField(choices=STATUSES)
    booked_for = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Ended",
            {
                "patient": "019ab3c4-6f00-7000-8000-000000000001",
                "external_reference": "INF-77",
                "kind": "ketamine-iv",
                "booked_for": None,
                "ended_at": "2026-11-22T15:00:00Z",
            },
            request_only=True,
        )
    ]
)
class CareSessionCreate(Body):
    """A visit: booked, or ended."""

    patient = serializers.UUIDField()
    external_reference = serializers.CharField(max_length=64, help_text="Your own number for it, once a patient")
    kind = KindField(help_text="What was given, like ketamine-iv")
    booked_for = serializers.DateTimeField(allow_null=True, default=None)
    ended_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="Not in the future, not before the consent; null: not ended yet"
    )


class CareSessionChange(Body):
    """One change: its end, or another time, or that it is cancelled."""

    ended_at = serializers.DateTimeField(required=False, help_text="When it ended, or the correction of that")
    booked_for = serializers.DateTimeField(required=False, help_text="The time it is moved to")
    status = serializers.ChoiceField(choices=["cancelled"], required=False, help_text="Also for a no-show")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give exactly one of ended_at, booked_for and status.")
        return attrs


class CareSessionFilters(filters.FilterSet):
    """Filters of the list of care sessions."""

    since, until = since(), until()
    patient = filters.UUIDFilter(field_name="patient_id")
    external_reference = filters.CharFilter()
    kind = filters.CharFilter()
    status = filters.ChoiceFilter(choices=[(status, status) for status in STATUSES])


@extend_schema_view(
    list=extend_schema(summary="List care sessions"), retrieve=extend_schema(summary="Show a care session")
)
class CareSessionView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Care sessions of the clinic."""

    resource = "care_session"
    body_names_rows = True
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_PATIENTS) | dict.fromkeys(
        ["create", "partial_update"], Permission.EDIT_PATIENTS
    )
    serializer_class = CareSessionRow
    filterset_class = CareSessionFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.care_sessions(self.clinic)

    @extend_schema(
        summary="Record a care session",
        request=CareSessionCreate,
        responses={
            201: CareSessionRow,
            200: OpenApiResponse(CareSessionRow, "The patient has such a session already, all alike"),
        },
    )
    def create(self, request: Request) -> Response:
        """Record a visit. When it has ended, what the live plan of its kind asks for is scheduled."""
        body = self.read_body(CareSessionCreate)
        patient = self.own(rows.patients(self.clinic), body.pop("patient"), "patient")
        session, created = care_sessions.record(patient=patient, by=self.actor, now=self.now, **body)
        transaction.on_commit(open_due.delay)
        return self.shown(session, status.HTTP_201_CREATED) if created else self.repeated(self.shown(session))

    @extend_schema(summary="End, move or cancel a care session", request=CareSessionChange, responses=CareSessionRow)
    def partial_update(self, request: Request, pk: str) -> Response:
        """End it (or correct when), move a booked one, or cancel it; what is not yet asked follows."""
        body = self.read_body(CareSessionChange)
        session = self.get_object()
        if "ended_at" in body:
            care_sessions.end(session=session, ended_at=body["ended_at"], by=self.actor, now=self.now)
        elif "booked_for" in body:
            care_sessions.move(session=session, booked_for=body["booked_for"], by=self.actor, now=self.now)
        else:
            care_sessions.cancel(session=session, by=self.actor, now=self.now)
        transaction.on_commit(open_due.delay)
        return self.shown(session)
