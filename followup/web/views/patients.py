"""Patients: found, listed, enrolled, changed; their consent, pauses and opt-outs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.models import Patient
from followup.operations import enrol, withdraw
from followup.operations.errors import Refused
from followup.queries import patients as query
from followup.queries.pages import BadCursor
from followup.tasks import open_due
from followup.web.access import page, record
from followup.web.forms.patients import ConsentForm, EnrolForm, PatientForm, PauseForm, SearchForm
from followup.web.requests import StaffRequest
from messaging.queries import opted_out
from messaging.tasks import dispatch_outbox


@page(Permission.SEE_PATIENTS, "patient.list")
def patients(request: StaffRequest) -> HttpResponse:
    """The clinic's patients, latest first, or those that were searched for.

    A search is posted, because a phone number must not stand in an address; one by reference then gets its own address.
    """
    form = SearchForm(request.POST or request.GET)
    if not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    by_phone = asked["q"].startswith("+")
    if request.method == "POST" and not by_phone:
        return redirect(f"{reverse('patients')}?{urlencode({'q': asked['q'], 'status': asked['status']})}")
    if request.method != "POST" and by_phone:
        return redirect("patients")
    if by_phone:
        record(request, "patient.list", {}, {"by": "phone"})
    return _list(request, form)


def _list(request: StaffRequest, form: SearchForm) -> HttpResponse:
    asked = form.cleaned_data
    clinic = request.user.clinic
    try:
        found = query.search(clinic, text=asked["q"], status=asked["status"], after=asked["after"] or None)
    except BadCursor as error:
        raise Http404 from error
    silent = opted_out([(clinic.id, row.phone_hash) for row in found.items])
    context = {
        "form": form,
        "rows": [(row, (clinic.id, row.phone_hash) in silent) for row in found.items],
        "next": found.next,
        "is_narrowed": bool(asked["q"] or asked["status"]),
    }
    return render(request, "followup/patients.html", context)


def own_patient(request: StaffRequest, patient_id: UUID) -> Patient:
    """The patient of the own clinic; another clinic's is as unknown as one that never was. Raises Http404."""
    patient = query.patient(request.user.clinic, patient_id)
    if patient is None:
        raise Http404
    return patient


@page(Permission.EDIT_PATIENTS)
def enrol_patient(request: StaffRequest) -> HttpResponse:
    """A new patient."""
    clinic = request.user.clinic
    form = EnrolForm(
        request.POST or None, initial={"time_zone": clinic.time_zone, "language": clinic.language, "channel": "sms"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            patient = enrol.enrol_patient(
                clinic=clinic,
                consent=form.consent(),
                by=request.actor,
                now=timezone.now(),
                **form.patient_fields(),
            )
            transaction.on_commit(dispatch_outbox.delay)
            messages.success(request, "The patient is enrolled.")
            return redirect("patient", patient_id=patient.pk)
        except enrol.AlreadyEnrolled:
            form.add_error("reference", "Another patient of this clinic has it.")
        except Refused as refused:
            form.take_problems(refused.problems)
    return render(request, "followup/patient_form.html", {"form": form}, status=422 if form.is_bound else 200)


@page(Permission.EDIT_PATIENTS, "patient.read")
def change_patient(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """What the clinic knows of a patient."""
    patient = own_patient(request, patient_id)
    known = {
        "reference": patient.reference,
        "name": patient.name.reveal(),
        "phone": patient.phone.reveal(),
        "time_zone": patient.time_zone,
        "language": patient.language,
        "channel": patient.channel,
        "date_of_birth": patient.date_of_birth.reveal() if patient.date_of_birth else "",
        "has_hypertension": patient.has_hypertension,
    }
    form = PatientForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            enrol.change_patient(patient=patient, by=request.actor, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "The changes are saved.")
            return redirect("patient", patient_id=patient_id)
        except Refused as refused:
            form.take_problems(refused.problems)
    context = {"form": form, "patient": patient}
    return render(request, "followup/patient_form.html", context, status=422 if form.is_bound else 200)


@page(Permission.EDIT_PATIENTS)
def consent(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Consent for the patient's present number."""
    patient = own_patient(request, patient_id)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enrol.give_consent(patient=patient, consent=form.given(), by=request.actor, now=timezone.now())
            withdraw.resume_patient(patient=patient, by=request.actor, now=timezone.now())
            transaction.on_commit(dispatch_outbox.delay)
            messages.success(request, "Consent is recorded.")
            return redirect("patient", patient_id=patient_id)
        except Refused as refused:
            form.take_problems(refused.problems)
    context = {"form": form, "patient": patient}
    return render(request, "followup/consent_form.html", context, status=422 if form.is_bound else 200)


@page(Permission.EDIT_PATIENTS)
def pause(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Leave a patient in peace for a while."""
    patient = own_patient(request, patient_id)
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw.pause_patient(
                patient=patient, until=form.cleaned_data["until"], by=request.actor, now=timezone.now()
            )
            messages.success(request, "The patient is paused.")
            return redirect("patient", patient_id=patient_id)
        except Refused as refused:
            form.take_problems(refused.problems)
    context = {"form": form, "patient": patient}
    return render(request, "followup/pause_form.html", context, status=422 if form.is_bound else 200)


def _action(operation: Callable[..., Any], done: str, **given: Any) -> Callable[..., HttpResponse]:
    """A door to an operation that needs nothing but the patient."""

    @require_POST
    @page(Permission.EDIT_PATIENTS)
    def act(request: StaffRequest, patient_id: UUID) -> HttpResponse:
        patient = own_patient(request, patient_id)
        try:
            operation(patient=patient, by=request.actor, now=timezone.now(), **given)
            transaction.on_commit(open_due.delay)
            messages.success(request, done)
        except Refused as refused:
            messages.error(request, " ".join(refused.problems.values()))
        return redirect("patient", patient_id=patient_id)

    return act


resume = _action(withdraw.resume_patient, "The patient is followed again.")
withdraw_consent = _action(withdraw.withdraw_consent, "Consent is withdrawn: nothing more is sent.")
opt_out = _action(
    withdraw.opt_out_patient, "Opted out: no text of this clinic goes to this number.", source="staff", confirm=True
)
opt_in = _action(withdraw.opt_in_patient, "The opt-out is ended.")
