"""How many follow-ups are asked and answered, by step of the plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce

from followup.core.lifecycle import FollowUpStatus
from followup.core.parties import ClinicFacts
from followup.models import FollowUp


@dataclass(frozen=True, slots=True)
class StepCounts:
    """What became of the follow-ups of one step that were due in a period; of a rule's follow-ons, under "rules"."""

    plan: str
    step: str
    survey: str
    asked: int
    completed: int
    partial: int
    expired: int
    unasked: int

    @property
    def answered_share(self) -> float | None:
        """Completed or partly answered, of those asked and over; 0 to 1, None while there are none."""
        over = self.completed + self.partial + self.expired
        return (self.completed + self.partial) / over if over else None


def counts(clinic: ClinicFacts, *, since: datetime, until: datetime) -> list[StepCounts]:
    """Every step with follow-ups due from `since` until before `until`, by plan and step."""
    is_unasked = Q(status__in=[FollowUpStatus.CANCELLED, FollowUpStatus.SKIPPED, FollowUpStatus.UNREACHABLE])
    rows = (
        FollowUp.objects.filter(clinic_id=clinic.id, due_at__gte=since, due_at__lt=until)
        .values_list(
            Coalesce("plan_step__plan__key", Value("rules")), Coalesce("plan_step__key", "raised_by__rule"), "survey"
        )
        .annotate(
            asked=Count("id", filter=Q(opened_at__isnull=False)),
            completed=Count("id", filter=Q(status=FollowUpStatus.COMPLETED)),
            partial=Count("id", filter=Q(status=FollowUpStatus.PARTIAL)),
            expired=Count("id", filter=Q(status=FollowUpStatus.EXPIRED)),
            unasked=Count("id", filter=is_unasked),
        )
        .order_by("plan_step__plan__key", "plan_step__key", "raised_by__rule", "survey")
    )
    return [StepCounts(*row) for row in rows]


def unasked_by_reason(clinic: ClinicFacts, *, since: datetime, until: datetime) -> dict[str, int]:
    """Why follow-ups due in a period were not asked."""
    rows = (
        FollowUp.objects.filter(clinic_id=clinic.id, due_at__gte=since, due_at__lt=until, opened_at__isnull=True)
        .exclude(reason="")
        .exclude(status=FollowUpStatus.SCHEDULED)
        .values_list("reason")
        .annotate(count=Count("id"))
        .order_by("-count", "reason")
    )
    return dict(rows)
