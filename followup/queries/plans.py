"""Plans of a clinic, also as the documents they are written in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from followup.core.parties import ClinicFacts
from followup.models import Plan, PlanStep


def plans(clinic: ClinicFacts) -> QuerySet[Plan]:
    """Every version of every plan of the clinic, newest first within a key."""
    return Plan.objects.filter(clinic_id=clinic.id).order_by("key", "-version")


def live_plan(clinic: ClinicFacts, key: str) -> Plan | None:
    """The published version of a plan."""
    return plans(clinic).filter(key=key, status="published").first()


def document_of(plan: Plan) -> dict[str, Any]:
    """The plan as it can be posted or loaded again."""
    return {
        "key": plan.key,
        "name": plan.name,
        "session_kind": plan.session_kind,
        "steps": [_step(step) for step in plan.steps.all()],
    }


def _step(step: PlanStep) -> dict[str, Any]:
    return {
        "key": step.key,
        "survey": step.survey,
        "anchor": step.anchor,
        "offset": step.offset,
        "local_time": step.local_time.isoformat("minutes") if step.local_time else None,
        "outside_window": step.outside_window,
        "shift_limit": step.shift_limit or None,
        "weekdays_only": step.weekdays_only,
        "reminders": step.reminders,
        "closes_after": step.closes_after,
        "durable": step.durable,
    }
