"""Less contact: opting out, withdrawing consent, pausing; and the ways back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core.lifecycle import FollowUpStatus, Reason
from followup.core.webhooks import Event
from followup.models import FollowUp, Patient
from followup.models.patient import PatientStatus
from followup.operations import schedule
from followup.operations.announce import announce
from followup.operations.errors import Conflict, refuse_if_any
from followup.operations.finish import end_asking
from messaging.operations import cancel_queued, opt_in, opt_out
from messaging.queries import is_opted_out

OPT_OUT_SOURCES = ("staff", "api", "phone", "page", "free_text")


@transaction.atomic
def withdraw_consent(*, patient: Patient, by: Actor, now: datetime) -> Patient:
    """End the consent: nothing more is asked or sent, what is scheduled is cancelled. Twice is the same as once."""
    patient = _locked(patient)
    ended = patient.consents.filter(ended_at__isnull=True).update(ended_at=now, ended_by=by.id)
    if not ended and patient.status == PatientStatus.WITHDRAWN:
        return patient
    patient.status, patient.paused_until, patient.updated_at = PatientStatus.WITHDRAWN, None, now
    patient.save(update_fields=["status", "paused_until", "updated_at"])
    end_asking(patient, Reason.WITHDRAWN, now=now)
    schedule.cancel(FollowUp.objects.filter(patient=patient), Reason.WITHDRAWN, now=now)
    cancel_queued(clinic_id=patient.clinic_id, number_hash=patient.phone_hash, reason="consent withdrawn", now=now)
    _record(patient, "consent.withdraw", {}, by, now)
    return patient


@transaction.atomic
def opt_out_patient(*, patient: Patient, source: str, by: Actor, now: datetime, confirm: bool = False) -> Patient:
    """Stop every text of the clinic to the patient's number, whoever said so and however (C-06, C-07).

    `source` is one of OPT_OUT_SOURCES; `confirm` queues the one confirmation text (C-08). Twice is the same as once.
    """
    refuse_if_any({"source": None if source in OPT_OUT_SOURCES else f"Choose one of {', '.join(OPT_OUT_SOURCES)}."})
    patient = _locked(patient)
    if is_opted_out(patient.clinic_id, patient.phone_hash):
        return patient
    made = opt_out(
        clinic_id=patient.clinic_id,
        number=patient.phone,
        source=source,
        by=by,
        now=now,
        confirm=confirm,
        language=patient.language,
    )
    announce(Event.OPT_OUT_CREATED, [made.pk], clinic_id=patient.clinic_id, now=now)
    end_asking(patient, Reason.OPTED_OUT, now=now)
    return patient


@transaction.atomic
def opt_in_patient(*, patient: Patient, by: Actor, now: datetime) -> Patient:
    """End the opt-out of the patient's number; needs an active consent (C-09), else raises Conflict."""
    patient = _locked(patient)
    if not is_opted_out(patient.clinic_id, patient.phone_hash):
        return patient
    if not patient.consents.filter(ended_at__isnull=True, phone_hash=patient.phone_hash).exists():
        raise Conflict({"consent": "Record a new signed consent first; without one nothing may be sent."})
    opt_in(clinic_id=patient.clinic_id, number=patient.phone, source="staff", by=by, now=now)
    return patient


@transaction.atomic
def pause_patient(*, patient: Patient, until: datetime, by: Actor, now: datetime) -> Patient:
    """Ask nothing until `until`; what falls due before is put back or, if it would close by then, skipped.

    Raises Refused unless `until` lies ahead, Conflict for a patient who has withdrawn.
    """
    refuse_if_any({"until": None if until.tzinfo and until > now else "Needed: a date and time that lies ahead."})
    patient = _locked(patient)
    if patient.status == PatientStatus.WITHDRAWN:
        raise Conflict({"status": "The patient has withdrawn; there is nothing to pause."})
    patient.status, patient.paused_until, patient.updated_at = PatientStatus.PAUSED, until, now
    patient.save(update_fields=["status", "paused_until", "updated_at"])
    end_asking(patient, Reason.PAUSED, now=now)
    _record(patient, "patient.pause", {}, by, now)
    return patient


@transaction.atomic
def resume_patient(*, patient: Patient, by: Actor, now: datetime) -> Patient:
    """Follow a paused or withdrawn patient again; after a withdrawal nothing is sent before a new consent."""
    patient = _locked(patient)
    if patient.status == PatientStatus.ACTIVE:
        return patient
    patient.status, patient.paused_until, patient.updated_at = PatientStatus.ACTIVE, None, now
    patient.save(update_fields=["status", "paused_until", "updated_at"])
    FollowUp.objects.filter(patient=patient, status=FollowUpStatus.SCHEDULED, reason=Reason.PAUSED).update(opens_at=now)
    _record(patient, "patient.resume", {}, by, now)
    return patient


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)


def _record(patient: Patient, action: str, detail: dict[str, Any], by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=patient.clinic_id,
        by=by,
        action=action,
        object_type="patient",
        object_id=patient.id,
        patient_id=patient.id,
        detail=detail,
        now=now,
    )
