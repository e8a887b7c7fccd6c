"""How the asking gets on: follow-ups that should have been opened, timers that should have gone off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from clinics.core.figures import Figure
from followup.core.lifecycle import RANK, Level
from followup.models import FollowUp, Patient, ReviewItem, Webhook, WebhookDelivery


def figures(*, now: datetime) -> list[Figure]:
    """Every figure that is not nought, by clinic."""
    return [
        *_due("openings", FollowUp.objects.filter(opens_at__lte=now), "opens_at"),
        *_due("timers", FollowUp.objects.filter(timer_at__lte=now), "timer_at"),
        *_due("webhooks", _owed(now), "next_try_at"),
        *_failing(),
        *_due("call_outs", ReviewItem.objects.filter(call_at__lte=now), "call_at"),
        *_due("unseen", ReviewItem.objects.filter(unseen_check_at__lte=now), "unseen_check_at"),
        *_without_roster(),
    ]


def _due(queue: str, rows: QuerySet[Any], column: str) -> Iterator[Figure]:
    for clinic_id, count, oldest in rows.order_by().values_list("clinic_id").annotate(Count("pk"), Min(column)):
        yield Figure(name="queue", subject=queue, clinic_id=clinic_id, count=count, oldest=oldest)


def _owed(now: datetime) -> QuerySet[WebhookDelivery]:
    """Deliveries that nothing keeps from being made: their webhook is on and has not failed."""
    return WebhookDelivery.objects.filter(next_try_at__lte=now, webhook__is_active=True, webhook__failing_since=None)


def _failing() -> Iterator[Figure]:
    """Webhooks that do not get through, and those that were switched off for it."""
    for name, column in (("webhook_failing", "failing_since"), ("webhook_disabled", "disabled_at")):
        rows = Webhook.objects.filter(**{f"{column}__isnull": False}).exclude(is_active=name == "webhook_disabled")
        for clinic_id, count, oldest in rows.order_by().values_list("clinic_id").annotate(Count("pk"), Min(column)):
            yield Figure(name=name, clinic_id=clinic_id, count=count, oldest=oldest)


def _without_roster() -> Iterator[Figure]:
    """Serious items that came up while nobody was on call, and that nobody has claimed yet (clinical content, 3.1)."""
    rows = ReviewItem.objects.filter(
        rank__lte=RANK[Level.URGENT], open_due_by__isnull=False, claimed_at__isnull=True, tags__contains=["no-roster"]
    )
    for clinic_id, count, oldest in rows.order_by().values_list("clinic_id").annotate(Count("pk"), Min("opened_at")):
        yield Figure(name="no_roster", subject="", clinic_id=clinic_id, count=count, oldest=oldest)


def unreachable(clinic_id: Any) -> QuerySet[Patient]:
    """Patients of the clinic whose number cannot be texted, the latest first."""
    return Patient.objects.filter(clinic_id=clinic_id).exclude(phone_problem="").order_by("-updated_at", "id")
