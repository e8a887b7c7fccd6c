"""Plans: what is asked when, relative to a care session."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.periods import parse_period
from followup.core.plan import Anchor, OutsideWindow, StepRule
from privacy.ids import new_id


class PlanStatus(models.TextChoices):
    """Life of a plan version; a published one never changes, a new version replaces it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Plan(models.Model):
    """One version of a clinic's schedule for a kind of care session."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    key = models.SlugField(max_length=50)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    session_kind = models.SlugField(max_length=50)
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key", "version"], name="plan_version_once"),
            models.UniqueConstraint(fields=["clinic", "key"], condition=Q(status="draft"), name="plan_one_draft"),
            models.UniqueConstraint(
                fields=["clinic", "session_kind"], condition=Q(status="published"), name="plan_one_live_a_session_kind"
            ),
            models.UniqueConstraint(fields=["clinic", "key"], condition=Q(status="published"), name="plan_one_live"),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True, retired_at__isnull=True)
                | Q(status="published", published_at__isnull=False, retired_at__isnull=True)
                | Q(status="retired", published_at__isnull=False, retired_at__isnull=False),
                name="plan_times_match_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class PlanStep(models.Model):
    """One survey at one time. Durations are ISO 8601 down to seconds, like PT24H."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=50)
    survey = models.SlugField(max_length=50, help_text="Key of the survey; its live version is pinned on opening")
    anchor = models.CharField(max_length=8, help_text="ended or booked")
    offset = models.CharField(max_length=24)
    local_time = models.TimeField(null=True, help_text="Wall time in the patient's zone instead of anchor plus offset")
    outside_window = models.CharField(max_length=5, help_text="shift to the next opening, or skip")
    shift_limit = models.CharField(
        max_length=24, blank=True, help_text="Period after the anchor beyond which it is skipped, not shifted"
    )
    weekdays_only = models.BooleanField(default=False, help_text="Monday to Friday in the patient's zone")
    reminders = models.JSONField(default=list, help_text="Periods after the opening, each before closing")
    closes_after = models.CharField(max_length=24, help_text="Period after the opening")
    durable = models.BooleanField(default=False, help_text="Stays when a new care session starts a new plan")

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plan_step_key_once"),
            models.UniqueConstraint(fields=["plan", "position"], name="plan_step_position_once"),
            models.CheckConstraint(condition=Q(anchor__in=["ended", "booked"]), name="plan_step_anchor_known"),
            models.CheckConstraint(
                condition=Q(outside_window__in=["shift", "skip"]), name="plan_step_outside_window_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def rule(self) -> StepRule:
        """The step as the pure rules know it."""
        return StepRule(
            key=self.key,
            survey=self.survey,
            anchor=Anchor(self.anchor),
            offset=parse_period(self.offset),
            local_time=self.local_time,
            outside_window=OutsideWindow(self.outside_window),
            shift_limit=parse_period(self.shift_limit) if self.shift_limit else None,
            weekdays_only=self.weekdays_only,
            reminders=tuple(parse_period(reminder) for reminder in self.reminders),
            closes_after=parse_period(self.closes_after),
            durable=self.durable,
        )
