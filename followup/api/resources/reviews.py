"""`reviews`: what waits for a clinician, and its sign-off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, RevealedField, Row
from followup.api.filters import since, until
from followup.api.views import ClinicView
from followup.core.call_outs import Duty
from followup.core.lifecycle import RANK, Level, ReviewStatus
from followup.models import ReviewItem
from followup.models.review import ReviewKind, ReviewOutcome
from followup.operations import review
from followup.queries import rows

STATUSES = [status.value for status in ReviewStatus]
LEVEL = {rank: level.value for level, rank in RANK.items()}
LARGEST_REVISION = 2_147_483_647


class CallOutRow(Row):
    """A text that called a member of staff to the item."""

    staff = serializers.UUIDField(source="person_id")
    duty = serializers.ChoiceField(choices=[duty.value for duty in Duty])
    called_at = serializers.DateTimeField()
    problem = serializers.CharField(help_text="Why they were not notified; blank while nothing is known against it")


class ReviewRow(Row):
    """A review item."""

    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id", allow_null=True, help_text="Null: from an unknown number")
    follow_up = serializers.UUIDField(source="follow_up_id", allow_null=True)
    message = serializers.UUIDField(source="message_id", allow_null=True)
    kind = serializers.ChoiceField(choices=ReviewKind.choices)
    level = serializers.SerializerMethodField(help_text="emergency, urgent, watch or info")
    status = serializers.ChoiceField(choices=STATUSES)
    tags = serializers.ListField(child=serializers.CharField())
    signals = serializers.SerializerMethodField(help_text="Ids of the signals that it gathers")
    call_outs = CallOutRow(many=True, help_text="Who was called out, and when")
    call_at = serializers.DateTimeField(
        allow_null=True, help_text="When the next in line is called out, while nobody has claimed it"
    )
    opened_at = serializers.DateTimeField()
    due_by = serializers.DateTimeField()
    claimed_at = serializers.DateTimeField(allow_null=True)
    claimed_by = serializers.UUIDField(source="claimed_by_id", allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.UUIDField(source="closed_by_id", allow_null=True)
    outcome = serializers.CharField(help_text="How it ended; blank until it is closed")
    note = RevealedField(allow_null=True)
    revision = serializers.IntegerField(help_text="Rises with each change; send it back with every action")

    def get_signals(self, item: ReviewItem) -> list[UUID]:
        """The ids of its signals."""
        return [signal.pk for signal in item.signals.all()]

    def get_level(self, item: ReviewItem) -> str:
        """The rank in words."""
        return LEVEL[item.rank]


class RevisionBody(Body):
    """The state of the item that the caller has seen."""

    revision = serializers.IntegerField(
        min_value=0, max_value=LARGEST_REVISION, help_text="As last read; 409 if the item has changed since"
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "An urgent item",
            {"revision": 3, "outcome": "reached-safe", "note": "Phoned at 10:40, resting, no more nausea."},
            request_only=True,
        )
    ]
)
class CloseBody(RevisionBody):
    """A sign-off."""

    outcome = serializers.ChoiceField(
        choices=ReviewOutcome.choices, help_text="Urgent and emergency items need another than reviewed"
    )
    note = serializers.CharField(
        max_length=4000, allow_blank=True, default="", help_text="Needed for urgent and emergency items"
    )


class ReviewFilters(filters.FilterSet):
    """Filters of the list of reviews."""

    since, until = since("opened_at"), until("opened_at")
    patient = filters.UUIDFilter(field_name="patient_id")
    follow_up = filters.UUIDFilter(field_name="follow_up_id")
    kind = filters.ChoiceFilter(choices=ReviewKind.choices)
    status = filters.ChoiceFilter(choices=[(status, status) for status in STATUSES])
    level = filters.ChoiceFilter(choices=[(level.value, level.value) for level in RANK], method="of_level")

    def of_level(self, items: Any, name: str, value: str) -> Any:
        """Items whose rank is this level."""
        return items.filter(rank=RANK[Level(value)])


@extend_schema_view(list=extend_schema(summary="List reviews"), retrieve=extend_schema(summary="Show a review"))
class ReviewView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Review items of the clinic. Every action names the revision it has seen, so that two people never overwrite."""

    resource = "review"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_ANSWERS) | dict.fromkeys(
        ["claim", "release", "close", "escalate", "reopen"], Permission.REVIEW
    )
    serializer_class = ReviewRow
    filterset_class = ReviewFilters
    page_field = "opened_at"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.reviews(self.clinic)

    @extend_schema(summary="Claim a review", request=RevisionBody, responses=ReviewRow)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Take an item, also over from a colleague."""
        return self._do(review.claim, RevisionBody)

    @extend_schema(summary="Release a review", request=RevisionBody, responses=ReviewRow)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Put a claimed item back for anybody."""
        return self._do(review.release, RevisionBody)

    @extend_schema(summary="Sign a review off", request=CloseBody, responses=ReviewRow)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Sign an item off. It never alters an answer."""
        return self._do(review.close, CloseBody)

    @extend_schema(summary="Escalate a review", request=RevisionBody, responses=ReviewRow)
    @action(detail=True, methods=["post"])
    def escalate(self, request: Request, pk: str) -> Response:
        """Hand an item on to the next in charge; it counts as urgent at least."""
        return self._do(review.escalate, RevisionBody)

    @extend_schema(summary="Take a sign-off back", request=RevisionBody, responses=ReviewRow)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Open a closed item again, within ten minutes of its sign-off."""
        return self._do(review.reopen, RevisionBody)

    def _do(self, operation: Any, shape: type[RevisionBody]) -> Response:
        body = self.read_body(shape)
        item = operation(item=self.get_object(), by_user=self.request.user, by=self.actor, now=self.now, **body)
        return self.shown(item)
