"""`messages`: every text, both ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import RevealedField, Row
from followup.api.filters import MomentFilter
from followup.api.pages import rows_at
from followup.api.resources.stuck_texts import PERMISSIONS, StuckTexts
from followup.queries import rows
from messaging import queries
from messaging.core.lifecycle import Outbound, Purpose
from privacy.redaction import without_tokens
from privacy.sensitive import Sensitive

OUT, IN = "outbound", "inbound"
INBOUND_STATUSES = ["pending", "handled", "set_aside"]
STATUSES = [*(status.value for status in Outbound), *INBOUND_STATUSES]
STATUS_HELP = (
    "Outbound: as the text's life goes. Inbound: pending, handled, or set_aside after five failures, for a person"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of either table, as both are shown."""

    id: UUID
    direction: str
    status: str
    number: Sensitive
    body: Sensitive
    provider_id: str | None
    created_at: datetime
    finished_at: datetime | None
    reason: str = ""
    purpose: str | None = None
    follow_up: UUID | None = None
    control: str = ""
    media: list[str] = field(default_factory=list)
    attempts: int | None = None
    segments: int | None = None
    price: Decimal | None = None
    error_code: str = ""
    error_kind: str = ""
    queued_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None

    @property
    def pk(self) -> UUID:
        """The id, by the name that pages use."""
        return self.id


def from_outbound(row: Any) -> Text:
    """A text to a patient."""
    return Text(
        id=row.id,
        direction=OUT,
        status=row.status,
        number=row.number,
        body=row.body,
        provider_id=row.provider_id,
        created_at=row.queued_at,
        finished_at=row.finished_at,
        reason=row.reason,
        purpose=row.purpose,
        follow_up=row.context_id,
        attempts=row.attempts,
        segments=row.segments,
        price=row.price,
        error_code=row.error_code,
        error_kind=row.error_kind,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
    )


def from_inbound(row: Any) -> Text:
    """A text from a patient."""
    return Text(
        id=row.id,
        direction=IN,
        status="set_aside" if row.set_aside_at else "handled" if row.handled_at else "pending",
        number=row.number,
        body=row.body,
        provider_id=row.provider_id,
        created_at=row.received_at,
        finished_at=row.handled_at or row.set_aside_at,
        control=row.control,
        media=row.media,
        received_at=row.received_at,
    )


class MessageRow(Row):
    """A text. What only one direction has is null or blank in the other."""

    id = serializers.UUIDField()
    direction = serializers.ChoiceField(choices=[OUT, IN])
    status = serializers.ChoiceField(choices=STATUSES, help_text=STATUS_HELP)
    reason = serializers.CharField(help_text="Why it was cancelled, expired, failed or put back")
    number = RevealedField(help_text="The patient's number")
    body = serializers.SerializerMethodField(help_text="Null unless you have see_answers; tokens of links are left out")
    purpose = serializers.ChoiceField(choices=[purpose.value for purpose in Purpose], allow_null=True)
    follow_up = serializers.UUIDField(allow_null=True, help_text="Outbound: the follow-up it belongs to")
    provider_sid = serializers.CharField(source="provider_id", allow_null=True)
    control = serializers.CharField(help_text="Inbound: stop, start or help, when the whole text says so")
    media = serializers.ListField(child=serializers.CharField(), help_text="Inbound: kinds of attached pictures")
    attempts = serializers.IntegerField(allow_null=True)
    segments = serializers.IntegerField(allow_null=True)
    price = serializers.DecimalField(10, 5, allow_null=True, help_text="As the provider charged it")
    error_code = serializers.CharField(help_text="The provider's, like 30005; blank: none")
    error_kind = serializers.CharField()
    created_at = serializers.DateTimeField(help_text="Queued, or received")
    queued_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True, help_text="When the provider took it")
    received_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True, help_text="Final, or handled")

    def get_body(self, text: Any) -> str | None:
        """The text itself, which may say how a patient is."""
        return without_tokens(text.body.reveal()) if self.context["may_read"] else None


class MessageFilters(filters.FilterSet):
    """What the list can be narrowed by. The view applies it, because the two directions stand in two tables."""

    patient = filters.UUIDFilter(label="Texts to and from the patient's number, which patients may share")
    follow_up = filters.UUIDFilter(label="Outbound texts of this follow-up")
    direction = filters.ChoiceFilter(choices=[(OUT, OUT), (IN, IN)])
    status = filters.ChoiceFilter(choices=[(status, status) for status in STATUSES])
    since = MomentFilter(label="Queued or received from this time on, like 2026-11-24T00:00:00Z")
    until = MomentFilter(label="Queued or received before this time")


INBOUND_STATUS = {
    "pending": Q(pending_since__isnull=False),
    "handled": Q(handled_at__isnull=False),
    "set_aside": Q(set_aside_at__isnull=False),
}


@extend_schema_view(list=extend_schema(summary="List messages"), retrieve=extend_schema(summary="Show a message"))
class MessageView(ListModelMixin, RetrieveModelMixin, StuckTexts):
    """Texts of the clinic, both ways, newest first."""

    resource = "message"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_PATIENTS) | PERMISSIONS
    serializer_class = MessageRow
    filterset_class = MessageFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return queries.outbound(self.clinic)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "may_read": Permission.SEE_ANSWERS in self.rights}

    def list(self, request: Request) -> Response:
        """Texts both ways, newest first."""
        wanted = MessageFilters(request.query_params, self.get_queryset())
        if not wanted.is_valid():
            raise translate_validation(wanted.errors)
        size, place = self.paginator.asked(request, self.get_queryset().model)
        sent, came = self._both(wanted.form.cleaned_data)
        texts = [from_outbound(row) for row in rows_at(sent, "queued_at", place, size + 1)]
        texts += [from_inbound(row) for row in rows_at(came, "received_at", place, size + 1)]
        texts.sort(key=attrgetter("created_at", "id"), reverse=not (place and place.newer))
        self.paginator.turn(request, texts[: size + 1], field="created_at", place=place, size=size)
        return self.get_paginated_response(self.get_serializer(self.paginator.page, many=True).data)

    def get_object(self) -> Text:
        """The text with the id in the address, from either table."""
        pk = self.kwargs["pk"]
        sent = queries.outbound(self.clinic).filter(pk=pk).first()
        if sent is not None:
            return from_outbound(sent)
        came = queries.inbound(self.clinic).filter(pk=pk).first()
        if came is None:
            raise Http404
        return from_inbound(came)

    def _both(self, wanted: dict[str, Any]) -> tuple[QuerySet[Any], QuerySet[Any]]:
        """Texts to and from patients, narrowed by what is wanted."""
        sent, came = queries.outbound(self.clinic), queries.inbound(self.clinic)
        if wanted["direction"]:
            sent, came = (sent, came.none()) if wanted["direction"] == OUT else (sent.none(), came)
        if wanted["status"]:
            sent = sent.filter(status=wanted["status"])
            came = came.filter(INBOUND_STATUS[wanted["status"]]) if wanted["status"] in INBOUND_STATUS else came.none()
        if wanted["follow_up"]:
            sent, came = sent.filter(context_id=wanted["follow_up"]), came.none()
        if wanted["since"]:
            sent, came = sent.filter(queued_at__gte=wanted["since"]), came.filter(received_at__gte=wanted["since"])
        if wanted["until"]:
            sent, came = sent.filter(queued_at__lt=wanted["until"]), came.filter(received_at__lt=wanted["until"])
        return self._of_patient(wanted["patient"], sent, came) if wanted["patient"] else (sent, came)

    def _of_patient(self, pk: UUID, sent: QuerySet[Any], came: QuerySet[Any]) -> tuple[QuerySet[Any], QuerySet[Any]]:
        patient = rows.patients(self.clinic).filter(pk=pk).first()
        if patient is None:
            return sent.none(), came.none()
        asked = list(rows.follow_ups(self.clinic).filter(patient_id=pk).values_list("pk", flat=True))
        # A patient whose number changed keeps the texts that were sent for their follow-ups.
        mine = Q(number_hash=patient.phone_hash) | Q(context_id__in=asked)
        return sent.filter(mine), came.filter(number_hash=patient.phone_hash)
