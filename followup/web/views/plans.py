"""Plans: listed, read as a timetable, drafted, published, retired."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.models import Plan
from followup.models.plan import PlanStatus
from followup.operations import plans as operations
from followup.operations.errors import Refused
from followup.queries import plans as query
from followup.queries import rows
from followup.web.access import page
from followup.web.forms.plans import PlanForm, StepSet
from followup.web.requests import StaffRequest
from surveys.queries import surveys

NEW_STEP = {"anchor": "ended", "offset": "PT24H", "closes_after": "PT20H", "reminders": ["PT4H"]}


@page(Permission.SEE_CONTENT, "plan.list")
def plans(request: StaffRequest) -> HttpResponse:
    """Every plan with its versions, newest first."""
    found = rows.plans(request.user.clinic).order_by("key", "-version")
    grouped = [(key, list(versions)) for key, versions in groupby(found, key=lambda plan: plan.key)]
    return render(request, "followup/plans.html", {"plans": grouped})


def _own_plan(request: StaffRequest, plan_id: UUID) -> Plan:
    plan: Plan | None = rows.plans(request.user.clinic).filter(pk=plan_id).first()
    if plan is None:
        raise Http404
    return plan


@page(Permission.SEE_CONTENT, "plan.read")
def plan(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    """One version as a timetable."""
    found = _own_plan(request, plan_id)
    names = dict(surveys(request.user.clinic.id).values_list("key", "name"))
    steps = [(step, names.get(step.survey, step.survey)) for step in found.steps.all()]
    return render(request, "followup/plan.html", {"plan": found, "steps": steps})


@page(Permission.EDIT_CONTENT)
def new_plan(request: StaffRequest) -> HttpResponse:
    """A new plan, or the next version of one: a draft that starts from a copy."""
    document: dict[str, Any] = {"key": "", "name": "", "session_kind": "", "steps": [NEW_STEP]}
    copied = request.GET.get("from")
    if copied:
        document = query.document_of(_own_plan(request, _uuid(copied)))
    return _edit(request, document, None)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@page(Permission.EDIT_CONTENT, "plan.read")
def edit_plan(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    """Change a draft."""
    found = _own_plan(request, plan_id)
    if found.status != PlanStatus.DRAFT:
        return redirect("plan", plan_id=plan_id)
    return _edit(request, query.document_of(found), found)


def _edit(request: StaffRequest, document: dict[str, Any], draft: Plan | None) -> HttpResponse:
    choices = list(surveys(request.user.clinic.id).order_by("key").values_list("key", "name"))
    given: dict[str, Any] = {"form_kwargs": {"surveys": choices}, "prefix": "steps"}
    status = 200
    if request.method != "POST":
        form, steps = PlanForm(initial=document), StepSet(initial=document["steps"], **given)
    elif "add" in request.POST:
        form, steps = PlanForm(request.POST), StepSet(_with_one_more(request.POST), **given)
    else:
        form, steps = PlanForm(request.POST), StepSet(request.POST, **given)
        saved = _save(request, form, steps, draft)
        if saved is not None:
            return redirect("plan", plan_id=saved.pk)
        status = 422
    context = {"form": form, "steps": steps, "draft": draft, "is_checked": status == 422}
    return render(request, "followup/plan_form.html", context, status=status)


def _with_one_more(typed: Any) -> Any:
    typed = typed.copy()
    number = typed.get("steps-TOTAL_FORMS", "0")
    count = int(number) if number.isdigit() else 0
    typed["steps-TOTAL_FORMS"] = str(count + 1)
    for name, value in NEW_STEP.items():
        typed[f"steps-{count}-{name}"] = value if isinstance(value, str) else ", ".join(value)
    return typed


def _save(request: StaffRequest, form: PlanForm, steps: Any, draft: Plan | None) -> Plan | None:
    """The saved draft, or None with every problem beside its field."""
    if not (form.is_valid() & steps.is_valid()):
        return None
    document = form.cleaned_data | {
        "steps": [step.written() for step in steps.kept],
        "publish": "publish" in request.POST,
    }
    given: dict[str, Any] = {"document": document, "by": request.actor, "now": timezone.now()}
    try:
        if draft is not None:
            saved = operations.save_draft(plan=draft, **given)
        else:
            saved = operations.create_plan(clinic=request.user.clinic, **given)
    except Refused as refused:
        form.take_problems(steps.take_problems(refused.problems))
        return None
    messages.success(request, "The plan is live." if document["publish"] else "The draft is saved.")
    return saved


def _action(operation: Callable[..., Any], done: str) -> Callable[..., HttpResponse]:
    @require_POST
    @page(Permission.EDIT_CONTENT)
    def act(request: StaffRequest, plan_id: UUID) -> HttpResponse:
        try:
            operation(plan=_own_plan(request, plan_id), by=request.actor, now=timezone.now())
            messages.success(request, done)
        except Refused as refused:
            messages.error(request, " ".join(refused.problems.values()))
        return redirect("plan", plan_id=plan_id)

    return act


publish = _action(operations.publish, "The plan is live: sessions that end from now on follow it.")
retire = _action(operations.retire, "The plan is retired; what it has scheduled is still asked.")
