"""Follow-ups: one for each care session and plan step, and those that a signal asked for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.follow_on import FOLLOW_ON
from followup.core.lifecycle import FollowUpStatus
from followup.core.plan import StepRule
from privacy.ids import new_id

BEFORE_OPENING = [
    FollowUpStatus.SCHEDULED,
    FollowUpStatus.CANCELLED,
    FollowUpStatus.SKIPPED,
    FollowUpStatus.UNREACHABLE,
]


class FollowUp(models.Model):
    """One asking of one survey. `opens_at` is set exactly while scheduled, `timer_at` exactly while open.

    It comes from a step of a plan, or it is a follow-on: a signal asked for it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    patient = models.ForeignKey("followup.Patient", models.PROTECT, related_name="follow_ups")
    care_session = models.ForeignKey("followup.CareSession", models.PROTECT, related_name="follow_ups")
    plan_step = models.ForeignKey("followup.PlanStep", models.PROTECT, null=True, related_name="+")
    raised_by = models.ForeignKey("followup.Signal", models.PROTECT, null=True, related_name="follow_ons")
    survey = models.SlugField(max_length=50, help_text="Key of what is asked; of the pinned version once it is open")
    survey_version = models.ForeignKey("surveys.SurveyVersion", models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=12, choices=[(status.value, status.value) for status in FollowUpStatus])
    reason = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(help_text="When it is planned to be asked; does not change when it is tried later")
    opens_at = models.DateTimeField(null=True)
    timer_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    reminders_sent = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["care_session", "plan_step"], name="follow_up_once_a_step"),
            models.UniqueConstraint(fields=["raised_by", "survey"], name="follow_up_once_a_signal"),
            models.UniqueConstraint(
                fields=["patient", "survey"],
                condition=Q(raised_by__isnull=False, status__in=[FollowUpStatus.SCHEDULED, FollowUpStatus.OPEN]),
                name="follow_up_one_follow_on_a_survey",
            ),
            models.CheckConstraint(
                condition=Q(plan_step__isnull=False, raised_by__isnull=True)
                | Q(plan_step__isnull=True, raised_by__isnull=False),
                name="follow_up_has_one_origin",
            ),
            models.CheckConstraint(
                condition=Q(status=FollowUpStatus.SCHEDULED, opens_at__isnull=False)
                | Q(~Q(status=FollowUpStatus.SCHEDULED), opens_at__isnull=True),
                name="follow_up_scheduled_has_opens_at",
            ),
            models.CheckConstraint(
                condition=Q(status=FollowUpStatus.OPEN, timer_at__isnull=False)
                | Q(~Q(status=FollowUpStatus.OPEN), timer_at__isnull=True),
                name="follow_up_open_has_timer_at",
            ),
            models.CheckConstraint(
                condition=Q(status__in=BEFORE_OPENING)
                | Q(opened_at__isnull=False, survey_version__isnull=False, closes_at__isnull=False),
                name="follow_up_opened_has_version",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[FollowUpStatus.SCHEDULED, FollowUpStatus.OPEN], closed_at__isnull=True)
                | Q(~Q(status__in=[FollowUpStatus.SCHEDULED, FollowUpStatus.OPEN]), closed_at__isnull=False),
                name="follow_up_closed_has_closed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[FollowUpStatus.CANCELLED, FollowUpStatus.SKIPPED, FollowUpStatus.UNREACHABLE])
                | ~Q(reason=""),
                name="follow_up_unasked_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in FollowUpStatus]), name="follow_up_status_known"
            ),
        ]
        indexes = [
            # open_due: what has fallen due.
            models.Index(fields=["opens_at"], condition=Q(opens_at__isnull=False), name="follow_up_to_open"),
            # run_timers: reminders and closings.
            models.Index(fields=["timer_at"], condition=Q(timer_at__isnull=False), name="follow_up_timers"),
            models.Index(fields=["patient", "-due_at"], name="follow_up_by_patient"),
            models.Index(fields=["clinic", "-created_at", "-id"], name="follow_up_list"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def origin(self) -> str:
        """Where it comes from, for staff: the step of the plan, or the rule that asked for it."""
        if self.plan_step is not None:
            return f"step {self.plan_step.key}"
        return f"rule {self.raised_by.rule}" if self.raised_by is not None else ""

    def rule(self) -> StepRule:
        """How it is asked, as the pure rules know it."""
        return FOLLOW_ON if self.plan_step is None else self.plan_step.rule()
