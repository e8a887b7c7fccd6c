"""`staff/shifts`: who is on call when."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics import operations, queries
from clinics.core.roles import Permission
from clinics.core.roster import MOST_WEEKS, Place
from followup.api.bodies import Body, Row
from followup.api.filters import FlagFilter
from followup.api.views import ClinicView


class ShiftRow(Row):
    """A stretch of time for which somebody is on call."""

    id = serializers.UUIDField()
    staff = serializers.UUIDField(source="person_id")
    place = serializers.ChoiceField(choices=[place.value for place in Place])
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="Not included")
    created_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Mondays for a quarter",
            {
                "staff": "019ab3c4-6f00-7000-8000-000000000001",
                "place": "first",
                "starts_at": "2026-11-30T14:00:00Z",
                "ends_at": "2026-12-01T14:00:00Z",
                "weeks": 13,
            },
            request_only=True,
        )
    ]
)
class ShiftCreate(Body):
    """A shift, and the same one in the weeks after it."""

    staff = serializers.UUIDField(help_text="Who is on call: an active admin or clinician with a phone")
    place = serializers.ChoiceField(
        choices=[place.value for place in Place],
        default=Place.FIRST.value,
        help_text="second: alerted when the first does not answer",
    )
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="At most 7 days after the start")
    weeks = serializers.IntegerField(
        default=1,
        min_value=1,
        max_value=MOST_WEEKS,
        help_text="In how many weeks in all, at the same wall time of the clinic",
    )


class ShiftFilters(filters.FilterSet):
    """Filters of the roster."""

    staff = filters.UUIDFilter(field_name="person_id")
    place = filters.ChoiceFilter(choices=[(place.value, place.value) for place in Place])
    over = FlagFilter(method="by_end", label="Whether the shift has ended")

    def by_end(self, shifts: Any, name: str, value: Any) -> Any:
        """Shifts that have ended, or those that have not."""
        return shifts.filter(**{"ends_at__lte" if value else "ends_at__gt": timezone.now()})


@extend_schema_view(list=extend_schema(summary="List shifts"), retrieve=extend_schema(summary="Show a shift"))
class ShiftView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """The clinic's on-call roster. Questions about self-harm are asked only while it covers the next four hours."""

    resource = "shift"
    body_names_rows = True
    permissions = dict.fromkeys(["list", "retrieve", "create", "destroy"], Permission.MANAGE_STAFF)
    serializer_class = ShiftRow
    filterset_class = ShiftFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return queries.shifts(self.clinic)

    @extend_schema(summary="Put somebody on call", request=ShiftCreate, responses={201: ShiftRow(many=True)})
    def create(self, request: Request) -> Response:
        """Add a shift, also weekly. Answers with the shifts that are new; those that were there already are left."""
        body = self.read_body(ShiftCreate)
        person = self.own(queries.staff(self.clinic), body.pop("staff"), "staff")
        shifts = operations.add_shifts(person=person, by=self.actor, now=self.now, **body)
        return Response(ShiftRow(shifts, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Take a shift off the roster")
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a shift off the roster at once."""
        operations.remove_shift(shift=self.get_object(), by=self.actor, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)
