"""`follow-ups`: one asking of one survey."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Empty, Row
from followup.api.filters import MomentFilter, since, until
from followup.api.views import ClinicView
from followup.core.lifecycle import FollowUpStatus, Reason
from followup.operations import bring_forward, form_links
from followup.queries import rows
from followup.tasks import open_due
from messaging.tasks import dispatch_outbox

STATUSES = [status.value for status in FollowUpStatus]


class FollowUpRow(Row):
    """A follow-up."""

    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    care_session = serializers.UUIDField(source="care_session_id")
    plan = serializers.UUIDField(source="plan_step.plan_id", default=None, allow_null=True)
    step = serializers.CharField(
        source="plan_step.key", default=None, allow_null=True, help_text="Null: a signal asked for it, not a plan"
    )
    raised_by = serializers.UUIDField(
        source="raised_by_id", allow_null=True, help_text="The signal that asked for it, if it comes from no plan"
    )
    survey = serializers.CharField(help_text="What is asked; once it is open, what its pinned version is of")
    survey_version = serializers.IntegerField(
        source="survey_version.number", default=None, allow_null=True, help_text="Pinned when it was asked"
    )
    channel = serializers.CharField(
        source="conversation.channel", default=None, allow_null=True, help_text="How it is being asked: sms, or web"
    )
    status = serializers.ChoiceField(choices=STATUSES)
    reason = serializers.ChoiceField(
        choices=[reason.value for reason in Reason], help_text="Why it was not asked, or not finished"
    )
    due_at = serializers.DateTimeField(help_text="When it is planned; later tries do not change it")
    opens_at = serializers.DateTimeField(allow_null=True, help_text="When it is tried next, while scheduled")
    opened_at = serializers.DateTimeField(allow_null=True, help_text="When the first text was queued")
    closes_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reminders_sent = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FollowUpFilters(filters.FilterSet):
    """Filters of the list of follow-ups."""

    since, until = since(), until()
    patient = filters.UUIDFilter(field_name="patient_id")
    care_session = filters.UUIDFilter(field_name="care_session_id")
    survey = filters.CharFilter(field_name="survey")
    status = filters.ChoiceFilter(choices=[(status, status) for status in STATUSES])
    due_since = MomentFilter(field_name="due_at", lookup_expr="gte")
    due_until = MomentFilter(field_name="due_at", lookup_expr="lt")


@extend_schema_view(list=extend_schema(summary="List follow-ups"), retrieve=extend_schema(summary="Show a follow-up"))
class FollowUpView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Follow-ups of the clinic."""

    resource = "follow_up"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_PATIENTS) | dict.fromkeys(
        ["send_now", "send_link"], Permission.EDIT_PATIENTS
    )
    serializer_class = FollowUpRow
    filterset_class = FollowUpFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.follow_ups(self.clinic)

    @extend_schema(summary="Ask now", request=Empty, responses=FollowUpRow)
    @action(detail=True, methods=["post"], url_path="send-now")
    def send_now(self, request: Request, pk: str) -> Response:
        """Bring a scheduled follow-up forward to now; consent, opt-out and send window still hold."""
        self.read_body(Empty)
        follow_up = self.get_object()
        bring_forward.bring_forward(follow_up=follow_up, by=self.actor, now=self.now)
        transaction.on_commit(open_due.delay)
        return self.shown(follow_up)

    @extend_schema(summary="Send a link", request=Empty, responses=FollowUpRow)
    @action(detail=True, methods=["post"], url_path="link")
    def send_link(self, request: Request, pk: str) -> Response:
        """Text the patient of an open follow-up a new link to the web form; links that went out before are void."""
        self.read_body(Empty)
        follow_up = self.get_object()
        form_links.send_link(follow_up=follow_up, by=self.actor, now=self.now)
        transaction.on_commit(dispatch_outbox.delay)
        return self.shown(follow_up)
