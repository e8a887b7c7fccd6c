"""The simulator: phones of demo patients. It exists only beside the simulated gateway and shows demo clinics only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.actor import Actor
from followup.models import Patient
from followup.models.plan import PlanStatus
from followup.operations import care_sessions
from followup.operations.bring_forward import bring_forward
from followup.operations.errors import Refused
from followup.queries import demo
from followup.queries import plans as plan_query
from followup.tasks import open_due
from followup.web.access import simulated_only
from followup.web.requests import StaffRequest
from messaging.operations import reply_from_phone

DEMO = Actor("system", "simulator")
REFRESH_SECONDS = 2


class ReplyForm(forms.Form):
    """What is typed on a demo phone."""

    body = forms.CharField(max_length=1600, strip=False)


@simulated_only
def simulator(request: StaffRequest, patient_id: UUID | None = None) -> HttpResponse:
    """All demo phones, and one of them in the hand."""
    patients = demo.demo_patients()
    if patient_id is None:
        return redirect("phone", patient_id=patients[0].pk) if patients else render(request, "followup/simulator.html")
    patient = _demo_patient(patient_id)
    context = _phone(request, patient) | {"patients": patients}
    response = render(request, "followup/simulator.html", context)
    response["Cache-Control"] = "no-store"
    return response


@simulated_only
def thread(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The texts on the phone again, or 204 when none has come or gone since."""
    context = _phone(request, _demo_patient(patient_id))
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    response = render(request, "followup/parts/phone.html", context)
    response["Cache-Control"] = "no-store"
    return response


thread.is_poll = True  # type: ignore[attr-defined]  # read by SessionLimits


def _demo_patient(patient_id: UUID) -> Patient:
    patient = demo.demo_patient(patient_id)
    if patient is None:
        raise Http404
    return patient


def _phone(request: StaffRequest, patient: Patient) -> dict[str, Any]:
    phone = demo.phone(patient)
    planned = phone.planned.pk if phone.planned else ""
    return {
        "patient": patient,
        "phone": phone,
        "mark": f"{len(phone.texts)}-{phone.texts[-1].message.pk if phone.texts else ''}-{planned}",
        "refresh_seconds": REFRESH_SECONDS,
    }


@require_POST
@simulated_only
def reply(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Text the clinic from the phone, through the same signed webhook as the provider's."""
    patient = _demo_patient(patient_id)
    form = ReplyForm(request.POST)
    if form.is_valid():
        status = reply_from_phone(number=patient.phone, sender=patient.clinic.sender, body=form.cleaned_data["body"])
        if not 200 <= status < 300:
            messages.error(request, "The text was not taken: the service does not answer at its public address.")
    if request.htmx:
        return render(request, "followup/parts/phone.html", _phone(request, patient))
    return redirect("phone", patient_id=patient_id)


@require_POST
@simulated_only
def end_session(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A care session of this patient ends now."""
    patient = _demo_patient(patient_id)
    now = timezone.now()
    live = plan_query.plans(patient.clinic).filter(status=PlanStatus.PUBLISHED).first()
    if live is None:
        messages.error(request, "The demo clinic has no live plan.")
        return redirect("phone", patient_id=patient_id)
    try:
        care_sessions.record(
            patient=patient,
            external_reference=f"SIM-{now:%Y%m%d-%H%M%S-%f}",
            kind=live.session_kind,
            booked_for=None,
            ended_at=now,
            by=DEMO,
            now=now,
        )
        transaction.on_commit(open_due.delay)
        messages.success(request, "A care session has ended. The first text arrives within seconds.")
    except Refused as refused:
        messages.error(request, " ".join(refused.problems.values()))
    return redirect("phone", patient_id=patient_id)


@require_POST
@simulated_only
def next_now(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The follow-up that is planned next is asked now."""
    patient = _demo_patient(patient_id)
    planned = demo.phone(patient).planned
    if planned is None:
        messages.error(request, "Nothing is planned for this patient; end a care session first.")
        return redirect("phone", patient_id=patient_id)
    try:
        bring_forward(follow_up=planned, by=DEMO, now=timezone.now())
        transaction.on_commit(open_due.delay)
        messages.success(request, "The next follow-up is asked now.")
    except Refused as refused:
        messages.error(request, " ".join(refused.problems.values()))
    return redirect("phone", patient_id=patient_id)
