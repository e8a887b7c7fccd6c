"""`plans`: what is asked when, relative to a care session."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, Empty, Row
from followup.api.filters import since, until
from followup.api.views import ClinicView
from followup.core.plan import Anchor, OutsideWindow
from followup.core.plan_document import MOST_REMINDERS, MOST_STEPS
from followup.models.plan import PlanStatus
from followup.operations import plans
from followup.queries import rows

SLUG = r"^[a-z0-9][a-z0-9_-]{0,49}$"
PERIOD = r"^-?P(?!$)(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,5}H)?(\d{1,6}M)?(\d{1,8}S)?)?$"
PERIOD_HELP = "ISO 8601 period down to seconds, like PT24H; days are the patient's calendar days"


class StepBody(Body):
    """One survey at one time."""

    key = serializers.RegexField(SLUG, help_text="Once in the plan")
    survey = serializers.RegexField(SLUG, help_text="Key of a survey; its live version is pinned when it is asked")
    anchor = serializers.ChoiceField(
        choices=[anchor.value for anchor in Anchor], default="ended", help_text="What `offset` counts from"
    )
    offset = serializers.RegexField(PERIOD, help_text=f"When it falls due after the anchor. {PERIOD_HELP}")
    local_time = serializers.RegexField(
        r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$",
        allow_null=True,
        default=None,
        help_text="Wall time in the patient's zone on the day that `offset` leads to, instead of the exact moment",
    )
    outside_window = serializers.ChoiceField(
        choices=[choice.value for choice in OutsideWindow],
        default="shift",
        help_text="Due outside the send window: shift to the next opening, or skip",
    )
    shift_limit = serializers.RegexField(
        PERIOD, allow_null=True, default=None, help_text=f"After the anchor, skip instead of shift. {PERIOD_HELP}"
    )
    weekdays_only = serializers.BooleanField(default=False, help_text="Monday to Friday in the patient's zone")
    reminders = serializers.ListField(
        child=serializers.RegexField(PERIOD),
        default=list,
        max_length=MOST_REMINDERS,
        help_text="Periods after the first text, rising, each shorter than `closes_after`",
    )
    closes_after = serializers.RegexField(PERIOD, help_text=f"How long it can be answered. {PERIOD_HELP}")
    durable = serializers.BooleanField(default=False, help_text="Stays when a later care session begins a new series")


STEP_EXAMPLE = {
    "key": "day-1",
    "survey": "post-session",
    "anchor": "ended",
    "offset": "PT24H",
    "local_time": None,
    "outside_window": "shift",
    "reminders": ["PT4H"],
    "closes_after": "PT20H",
    "durable": False,
}


class PlanDraft(Body):
    """What a draft says."""

    name = serializers.CharField(max_length=120)
    session_kind = serializers.RegexField(SLUG, help_text="Care sessions of this kind follow the plan")
    publish = serializers.BooleanField(default=False, help_text="True: put it live at once")
    steps = serializers.ListField(child=StepBody(), min_length=1, max_length=MOST_STEPS)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "One question a day later",
            {
                "key": "single-session",
                "name": "After a single session",
                "session_kind": "ketamine-iv",
                "publish": True,
                "steps": [STEP_EXAMPLE],
            },
            request_only=True,
        )
    ]
)
class PlanCreate(PlanDraft):
    """A new plan, or the next version of one."""

    key = serializers.RegexField(SLUG, help_text="The same key makes the next version of a plan")


class StepRow(Row):
    """A step as it is kept."""

    key = serializers.CharField()
    survey = serializers.CharField()
    anchor = serializers.ChoiceField(choices=[anchor.value for anchor in Anchor])
    offset = serializers.CharField()
    local_time = serializers.TimeField(allow_null=True)
    outside_window = serializers.ChoiceField(choices=[choice.value for choice in OutsideWindow])
    shift_limit = serializers.SerializerMethodField()
    weekdays_only = serializers.BooleanField()
    reminders = serializers.ListField(child=serializers.CharField())
    closes_after = serializers.CharField()
    durable = serializers.BooleanField()

    def get_shift_limit(self, step: Any) -> str | None:
        """The table keeps a blank where the API says null."""
        return step.shift_limit or None


class PlanRow(Row):
    """One version of a plan."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    session_kind = serializers.CharField()
    status = serializers.ChoiceField(choices=PlanStatus.choices)
    steps = StepRow(many=True)
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)


class PlanFilters(filters.FilterSet):
    """Filters of the plan list."""

    since, until = since(), until()
    key = filters.CharFilter()
    session_kind = filters.CharFilter()
    status = filters.ChoiceFilter(choices=PlanStatus.choices)


@extend_schema_view(
    list=extend_schema(summary="List plans"), retrieve=extend_schema(summary="Show a version of a plan")
)
class PlanView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Plans of the clinic, each version a row of its own. A published version never changes: make the next one."""

    resource = "plan"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_CONTENT) | dict.fromkeys(
        ["create", "partial_update", "publish", "retire"], Permission.EDIT_CONTENT
    )
    serializer_class = PlanRow
    filterset_class = PlanFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.plans(self.clinic)

    @extend_schema(summary="Create a plan or its next version", request=PlanCreate, responses={201: PlanRow})
    def create(self, request: Request) -> Response:
        """Write a plan as a draft or, with `publish`, put it live; then the version before it is retired."""
        plan = plans.create_plan(clinic=self.clinic, document=self._document(), by=self.actor, now=self.now)
        return self.shown(plan, status.HTTP_201_CREATED)

    @extend_schema(summary="Replace what a draft says", request=PlanDraft, responses=PlanRow)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Replace name, kind and steps of a draft as a whole."""
        plan = self.get_object()
        return self.shown(plans.save_draft(plan=plan, document=self._document(), by=self.actor, now=self.now))

    @extend_schema(summary="Publish a draft", request=Empty, responses=PlanRow)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Put a draft live: care sessions that end from now on follow it."""
        self.read_body(Empty)
        return self.shown(plans.publish(plan=self.get_object(), by=self.actor, now=self.now))

    @extend_schema(summary="Retire a plan", request=Empty, responses=PlanRow)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Take a live plan out of use. What it has scheduled is still asked."""
        self.read_body(Empty)
        return self.shown(plans.retire(plan=self.get_object(), by=self.actor, now=self.now))

    def _document(self) -> dict[str, Any]:
        """The body as it came: the operation checks it as a whole and names every problem at once."""
        if not isinstance(self.request.data, dict):
            raise ValidationError("A plan is an object with key, name, session_kind and steps.")
        return self.request.data
