"""Follow-ups of a clinic."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from followup.core.parties import ClinicFacts
from followup.models import FollowUp
from followup.queries.pages import Page, encode, moment_and_id


def follow_ups(clinic: ClinicFacts) -> QuerySet[FollowUp]:
    """Every follow-up of the clinic, with its step or signal."""
    return FollowUp.objects.filter(clinic_id=clinic.id).select_related("plan_step", "raised_by")


def listing(
    clinic: ClinicFacts,
    *,
    patient_id: UUID | None = None,
    status: str = "",
    after: str | None = None,
    size: int = 50,
) -> Page[FollowUp]:
    """Follow-ups, latest first. Raises BadCursor."""
    found = follow_ups(clinic).order_by("-created_at", "-id")
    if patient_id is not None:
        found = found.filter(patient_id=patient_id)
    if status:
        found = found.filter(status=status)
    if after is not None:
        at, key = moment_and_id(after)
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=key))
    rows = list(found[: size + 1])
    shown = rows[:size]
    return Page(items=shown, next=encode(shown[-1].created_at, shown[-1].id) if len(rows) > size else None)
