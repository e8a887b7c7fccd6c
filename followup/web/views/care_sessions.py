"""Visits of a patient: booked, ended, moved, cancelled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.core.lifecycle import SessionStatus
from followup.models import CareSession
from followup.models.plan import PlanStatus
from followup.operations import care_sessions as operations
from followup.operations.errors import Refused
from followup.queries import plans as plan_query
from followup.queries import rows
from followup.tasks import open_due
from followup.web.access import page
from followup.web.forms.patients import CareSessionForm, EndSessionForm, MoveSessionForm
from followup.web.requests import StaffRequest
from followup.web.views.patients import own_patient


@page(Permission.EDIT_PATIENTS)
def record(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Record a visit that is booked, or one that has ended."""
    patient = own_patient(request, patient_id)
    live = plan_query.plans(request.user.clinic).filter(status=PlanStatus.PUBLISHED)
    kinds = sorted(set(live.values_list("session_kind", flat=True)))
    form = CareSessionForm(request.POST or None, kinds=kinds, initial={"ended_at": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.record(patient=patient, by=request.actor, now=timezone.now(), **form.cleaned_data)
            transaction.on_commit(open_due.delay)
            messages.success(request, "The care session is recorded.")
            return redirect("patient", patient_id=patient_id)
        except Refused as refused:
            form.take_problems(refused.problems)
    context = {"form": form, "patient": patient, "kinds": kinds}
    return render(request, "followup/care_session_form.html", context, status=422 if form.is_bound else 200)


def _own_session(request: StaffRequest, patient_id: UUID, session_id: UUID) -> CareSession:
    own_patient(request, patient_id)
    session: CareSession | None = (
        rows.care_sessions(request.user.clinic).filter(patient_id=patient_id, pk=session_id).first()
    )
    if session is None:
        raise Http404
    return session


@page(Permission.EDIT_PATIENTS, "care_session.read")
def change(request: StaffRequest, patient_id: UUID, session_id: UUID) -> HttpResponse:
    """End a visit, correct its end, move it or cancel it."""
    session = _own_session(request, patient_id, session_id)
    context = {
        "patient": own_patient(request, patient_id),
        "session": session,
        "end_form": EndSessionForm(initial={"ended_at": session.ended_at or timezone.now()}),
        "move_form": MoveSessionForm(initial={"booked_for": session.booked_for}),
        "is_booked": session.status == SessionStatus.BOOKED,
        "is_cancelled": session.status == SessionStatus.CANCELLED,
    }
    status = 200
    if request.method == "POST":
        name = "move_form" if "move" in request.POST else "end_form"
        form = context[name] = (MoveSessionForm if name == "move_form" else EndSessionForm)(request.POST)
        if form.is_valid() and _changed(request, session, form):
            return redirect("patient", patient_id=patient_id)
        status = 422
        context["failed_form"] = form
    return render(request, "followup/care_session.html", context, status=status)


def _changed(request: StaffRequest, session: CareSession, form: Any) -> bool:
    operation = operations.move if isinstance(form, MoveSessionForm) else operations.end
    try:
        operation(session=session, by=request.actor, now=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        form.take_problems(refused.problems)
        return False
    transaction.on_commit(open_due.delay)
    messages.success(request, "The care session is changed; what is not asked yet moves with it.")
    return True


@require_POST
@page(Permission.EDIT_PATIENTS)
def cancel(request: StaffRequest, patient_id: UUID, session_id: UUID) -> HttpResponse:
    """Cancel a visit, also when the patient did not come."""
    session = _own_session(request, patient_id, session_id)
    operations.cancel(session=session, by=request.actor, now=timezone.now())
    messages.success(request, "The care session is cancelled; nothing more is asked about it.")
    return redirect("patient", patient_id=patient_id)
