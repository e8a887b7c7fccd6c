"""Plans: drafted, published, retired. A published plan never changes; a new version replaces it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from clinics import audit
from clinics.core.actor import Actor
from followup.core.parties import ClinicFacts
from followup.core.plan import StepRule
from followup.core.plan_document import InvalidPlan, PlanDocument, parse_plan
from followup.models import Plan, PlanStep
from followup.models.plan import PlanStatus
from followup.operations.errors import Conflict, Refused
from surveys.queries import live_versions


@transaction.atomic
def create_plan(*, clinic: ClinicFacts, document: dict[str, Any], by: Actor, now: datetime) -> Plan:
    """Make the next version of the plan `document["key"]`, as a draft or, with `publish`, live at once.

    Raises Refused with every problem, Conflict when there is a draft already or another plan serves the session kind.
    """
    written = _read(document)
    if Plan.objects.filter(clinic_id=clinic.id, key=written.key, status=PlanStatus.DRAFT).exists():
        raise Conflict({"key": "This plan has a draft already; change that one."})
    latest = Plan.objects.filter(clinic_id=clinic.id, key=written.key).aggregate(latest=Max("version"))["latest"]
    plan = Plan.objects.create(
        clinic_id=clinic.id,
        key=written.key,
        version=(latest or 0) + 1,
        name=written.name,
        session_kind=written.session_kind,
        created_at=now,
        created_by=by.id,
    )
    _write_steps(plan, written.steps)
    _record(plan, "plan.create", by, now)
    return publish(plan=plan, by=by, now=now) if written.publish else plan


@transaction.atomic
def save_draft(*, plan: Plan, document: dict[str, Any], by: Actor, now: datetime) -> Plan:
    """Replace what a draft says; its key stays. Raises Refused with every problem, Conflict unless it is a draft."""
    written = _read(document | {"key": plan.key})
    plan = _locked(plan)
    if plan.status != PlanStatus.DRAFT:
        raise Conflict({"status": "Only a draft can be changed; make a new version."})
    plan.name, plan.session_kind = written.name, written.session_kind
    plan.save(update_fields=["name", "session_kind"])
    plan.steps.all().delete()
    _write_steps(plan, written.steps)
    _record(plan, "plan.update", by, now)
    return publish(plan=plan, by=by, now=now) if written.publish else plan


@transaction.atomic
def publish(*, plan: Plan, by: Actor, now: datetime) -> Plan:
    """Put a draft live; the version that was live is retired, and sessions that end from now on follow the new one.

    Raises Refused when a step's survey has no live version, Conflict unless it is a draft or when another plan serves
    the session kind.
    """
    plan = _locked(plan)
    if plan.status != PlanStatus.DRAFT:
        raise Conflict({"status": "Only a draft can be published."})
    _refuse_unknown_surveys(plan)
    live = Plan.objects.select_for_update().filter(clinic_id=plan.clinic_id, status=PlanStatus.PUBLISHED)
    if live.filter(session_kind=plan.session_kind).exclude(key=plan.key).exists():
        raise Conflict({"session_kind": "Another live plan serves this kind of session; retire it first."})
    for before in live.filter(key=plan.key):
        retire(plan=before, by=by, now=now)
    plan.status, plan.published_at = PlanStatus.PUBLISHED, now
    plan.save(update_fields=["status", "published_at"])
    _record(plan, "plan.publish", by, now)
    return plan


@transaction.atomic
def retire(*, plan: Plan, by: Actor, now: datetime) -> Plan:
    """Take a live plan out of use; what it has scheduled is still asked. Raises Conflict unless it is live."""
    plan = _locked(plan)
    if plan.status != PlanStatus.PUBLISHED:
        raise Conflict({"status": "Only a published plan can be retired."})
    plan.status, plan.retired_at = PlanStatus.RETIRED, now
    plan.save(update_fields=["status", "retired_at"])
    _record(plan, "plan.retire", by, now)
    return plan


def _read(document: object) -> PlanDocument:
    try:
        return parse_plan(document)
    except InvalidPlan as error:
        raise Refused(error.problems) from error


def _write_steps(plan: Plan, steps: tuple[StepRule, ...]) -> None:
    PlanStep.objects.bulk_create(
        PlanStep(
            plan=plan,
            position=position,
            key=step.key,
            survey=step.survey,
            anchor=step.anchor.value,
            offset=str(step.offset),
            local_time=step.local_time,
            outside_window=step.outside_window.value,
            shift_limit=str(step.shift_limit) if step.shift_limit else "",
            weekdays_only=step.weekdays_only,
            reminders=[str(reminder) for reminder in step.reminders],
            closes_after=str(step.closes_after),
            durable=step.durable,
        )
        for position, step in enumerate(steps)
    )


def _refuse_unknown_surveys(plan: Plan) -> None:
    steps = list(plan.steps.all())
    live = live_versions({(plan.clinic_id, step.survey) for step in steps})
    problems = {
        f"steps[{step.position}].survey": "This survey has no live version; publish it first."
        for step in steps
        if (plan.clinic_id, step.survey) not in live
    }
    if problems:
        raise Refused(problems)


def _locked(plan: Plan) -> Plan:
    return Plan.objects.select_for_update().get(pk=plan.pk)


def _record(plan: Plan, action: str, by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=plan.clinic_id,
        by=by,
        action=action,
        object_type="plan",
        object_id=plan.id,
        detail={"key": plan.key, "version": plan.version},
        now=now,
    )
