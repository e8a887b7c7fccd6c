"""What `messages` can do about a text that stands still, as the operations page does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, Empty, Row
from followup.api.problems import Conflicting
from followup.api.views import ClinicView
from messaging import operations, queries
from messaging.tasks import dispatch_outbox, nudge_inbound

PERMISSIONS = dict.fromkeys(["resolve", "retry", "give_up"], Permission.OPERATE)


class MessageState(Row):
    """Where a text stands after somebody decided about it."""

    id = serializers.UUIDField()
    status = serializers.CharField(help_text="As in the list of messages")
    reason = serializers.CharField(help_text="Why it stands there")


@extend_schema_serializer(
    examples=[
        OpenApiExample("It never left", {"left": False}, request_only=True),
        OpenApiExample(
            "It left", {"left": True, "provider_sid": "SM00000000000000000000000000000001"}, request_only=True
        ),
    ]
)
class ResolveBody(Body):
    """What a person found out about a text of unknown outcome."""

    left = serializers.BooleanField(help_text="True: the provider has it, and it is never sent again")
    provider_sid = serializers.CharField(
        max_length=34, allow_blank=True, default="", help_text="If it left: the provider's id, to follow it to its end"
    )


class StuckTexts(ClinicView):
    """The actions of a view on texts, which are rows of two tables."""

    @extend_schema(summary="Say whether a message left", request=ResolveBody, responses=MessageState)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: UUID) -> Response:
        """Decide about a message whose outcome is `uncertain`, once the provider has been asked for 15 minutes."""
        body = self.read_body(ResolveBody)
        try:
            done = operations.settle(
                left=body["left"], provider_id=body["provider_sid"] if body["left"] else "", **self._wish(pk)
            )
        except operations.NotByHand as refused:
            raise Conflicting(refused.problems) from refused
        return self._state(pk, done)

    @extend_schema(summary="Try a message again", request=Empty, responses=MessageState)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: UUID) -> Response:
        """Send a message that waits for its next try at once, or handle an inbound one that was set aside again."""
        self.read_body(Empty)
        wish = self._wish(pk)
        if operations.handle_again(**wish):
            transaction.on_commit(lambda: nudge_inbound(pk))
            return self._state(pk, True)
        return self._state(pk, operations.retry(**wish))

    @extend_schema(summary="Give a message up", request=Empty, responses=MessageState)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request: Request, pk: UUID) -> Response:
        """Cancel a message that has not left."""
        self.read_body(Empty)
        return self._state(pk, operations.give_up(**self._wish(pk)))

    def _wish(self, pk: UUID) -> dict[str, Any]:
        return {"message_id": pk, "clinic_id": self.clinic.pk, "by": self.actor, "now": self.now}

    def _state(self, pk: UUID, done: bool) -> Response:
        """Where the text stands now; 409 when there was nothing to decide, 404 when the clinic has no such text."""
        sent = queries.outbound(self.clinic).filter(pk=pk).values("id", "status", "reason").first()
        if sent is None and not queries.inbound(self.clinic).filter(pk=pk).exists():
            raise Http404
        if not done:
            raise Conflicting({"status": "There is nothing to decide about this message, or no longer."})
        transaction.on_commit(dispatch_outbox.delay)
        return Response(MessageState(sent or {"id": pk, "status": "pending", "reason": ""}).data)
