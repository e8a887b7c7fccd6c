"""`webhooks` and `webhook-deliveries`: a clinic's own systems are told of events, and what became of each telling."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, Empty, RevealedField, Row, checked_below
from followup.api.filters import since, until
from followup.api.views import ClinicView
from followup.core.webhooks import SUBSCRIBABLE, Event
from followup.operations import webhooks
from followup.queries import rows

EVENTS = [event.value for event in SUBSCRIBABLE]
ALL_EVENTS = [event.value for event in Event]
STATUSES = ["pending", "delivered", "given_up"]
STATUS = {
    "pending": Q(next_try_at__isnull=False),
    "delivered": Q(delivered_at__isnull=False),
    "given_up": Q(given_up_at__isnull=False),
}

UrlField = checked_below(maxLength=1000, format="uri")
URL_HELP = "https, without name and password; inner networks only where the installation allows them"


class WebhookRow(Row):
    """A webhook; its secret cannot be read again."""

    id = serializers.UUIDField()
    url = RevealedField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS))
    is_active = serializers.BooleanField(help_text="False: nothing is sent; what is owed waits for up to 30 days")
    failing_since = serializers.DateTimeField(allow_null=True, help_text="No delivery has arrived since")
    disabled_at = serializers.DateTimeField(allow_null=True, help_text="Switched off by itself, after three days")
    created_at = serializers.DateTimeField()


class WebhookMade(WebhookRow):
    """A webhook at the one time its secret can be read."""

    secret = serializers.CharField(
        source="shown_secret",
        allow_null=True,
        help_text="Keep it now. Null when the answer is a repeated one (Idempotent-Replayed: true)",
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "For the practice system",
            {"url": "https://practice.example.org/followup", "events": ["follow_up.completed", "signal.raised"]},
            request_only=True,
        )
    ]
)
class WebhookCreate(Body):
    """A new webhook."""

    url = UrlField(max_length=1000, help_text=URL_HELP)
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS), help_text="What it is told of")


class WebhookChange(Body):
    """What may change about a webhook."""

    url = UrlField(max_length=1000, required=False, help_text=URL_HELP)
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS), required=False)
    is_active = serializers.BooleanField(required=False, help_text="True also forgives what failed before")


class WebhookDeliveryRow(Row):
    """One event that is or was owed to one webhook."""

    id = serializers.UUIDField(help_text="Also in the body and in Followup-Delivery; a replay keeps it")
    webhook = serializers.UUIDField(source="webhook_id")
    event = serializers.ChoiceField(choices=ALL_EVENTS)
    object_id = serializers.UUIDField(help_text="The row that the event is about")
    status = serializers.ChoiceField(choices=STATUSES)
    occurred_at = serializers.DateTimeField()
    attempts = serializers.IntegerField(help_text="Since the event, or since the last replay")
    next_try_at = serializers.DateTimeField(allow_null=True)
    last_attempt_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True, help_text="HTTP status of the last answer")
    problem = serializers.CharField(help_text="Why the last try failed, as a fixed word; blank: it did not")
    delivered_at = serializers.DateTimeField(allow_null=True)
    given_up_at = serializers.DateTimeField(allow_null=True)


@extend_schema_view(list=extend_schema(summary="List webhooks"), retrieve=extend_schema(summary="Show a webhook"))
class WebhookView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Webhooks of the clinic."""

    resource = "webhook"
    permissions = dict.fromkeys(
        ["list", "retrieve", "create", "partial_update", "destroy", "test"], Permission.MANAGE_STAFF
    )
    serializer_class = WebhookRow
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.webhooks(self.clinic)

    @extend_schema(summary="Make a webhook", request=WebhookCreate, responses={201: WebhookMade})
    def create(self, request: Request) -> Response:
        """Tell an address of events from now on. The secret that signs every request is shown this once."""
        body = self.read_body(WebhookCreate)
        webhook, secret = webhooks.create_webhook(clinic=self.clinic, by=self.actor, now=self.now, **body)
        webhook.shown_secret = secret  # type: ignore[attr-defined]  # lives for this answer only
        return Response(WebhookMade(webhook).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change a webhook", request=WebhookChange, responses=WebhookRow)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the address or the events, switch it off, or on again after it was disabled."""
        body = self.read_body(WebhookChange)
        webhook = webhooks.change_webhook(webhook=self.get_object(), by=self.actor, now=self.now, **body)
        return Response(WebhookRow(webhook).data)

    @extend_schema(summary="Remove a webhook")
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove it, and what is owed to it."""
        webhooks.remove_webhook(webhook=self.get_object(), by=self.actor, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Try a webhook", request=Empty, responses={202: WebhookDeliveryRow})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Send the event `webhook.test`, about the webhook itself; the delivery shows what became of it."""
        self.read_body(Empty)
        delivery = webhooks.try_webhook(webhook=self.get_object(), by=self.actor, now=self.now)
        return Response(WebhookDeliveryRow(delivery).data, status=status.HTTP_202_ACCEPTED)

    def kept_data(self, data: Any) -> Any:
        return data | {"secret": None} if "secret" in data else data


class WebhookDeliveryFilters(filters.FilterSet):
    """Filters of the list of deliveries."""

    since, until = since("occurred_at"), until("occurred_at")
    webhook = filters.UUIDFilter(field_name="webhook_id")
    event = filters.ChoiceFilter(choices=[(event, event) for event in ALL_EVENTS])
    status = filters.ChoiceFilter(choices=[(status, status) for status in STATUSES], method="of_status")

    def of_status(self, deliveries: Any, name: str, value: str) -> Any:
        """Deliveries that stand so."""
        return deliveries.filter(STATUS[value])


@extend_schema_view(list=extend_schema(summary="List deliveries"), retrieve=extend_schema(summary="Show a delivery"))
class WebhookDeliveryView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """What the clinic's webhooks were told of, or are owed; kept for 30 days."""

    resource = "webhook_delivery"
    permissions = dict.fromkeys(["list", "retrieve", "replay"], Permission.MANAGE_STAFF)
    serializer_class = WebhookDeliveryRow
    filterset_class = WebhookDeliveryFilters
    page_field = "occurred_at"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.webhook_deliveries(self.clinic)

    @extend_schema(summary="Replay a delivery", request=Empty, responses=WebhookDeliveryRow)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Send it once more, with the same id, whether it arrived or was given up."""
        self.read_body(Empty)
        delivery = self.get_object()
        webhooks.replay(delivery_id=delivery.pk, clinic_id=self.clinic.pk, by=self.actor, now=self.now)
        return self.shown(delivery)
