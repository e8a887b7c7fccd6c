"""Texts that will not arrive: the series stops and staff are told (clinical content, rules N4 and N5)."""

from __future__ import annotations

from datetime import datetime

from clinics.queries import clinics
from followup.core.lifecycle import FollowUpStatus, Level, Reason
from followup.core.parties import ClinicFacts
from followup.core.webhooks import Event
from followup.models import FollowUp, Patient, ReviewItem, Signal
from followup.models.review import ReviewKind
from followup.operations import items
from followup.operations.announce import announce
from followup.operations.call_outs import take_failed_call_out
from followup.operations.finish import close
from messaging.core.lifecycle import Purpose
from messaging.events import DeliveryFailed, TextSetAside

STILL_OPEN = {"sender", "uncertain"}
"""Failures after which the text may arrive yet."""


def take_failure(event: DeliveryFailed, *, now: datetime) -> None:
    """Act on a text that will not arrive. Told twice it does nothing more."""
    if event.purpose == Purpose.STAFF:
        if event.context_id is not None:
            take_failed_call_out(event.context_id, event.code, now=now)
        return
    clinic = clinics().get(pk=event.clinic_id)
    patients = list(Patient.objects.filter(clinic_id=event.clinic_id, phone_hash=event.number_hash))
    if event.kind not in STILL_OPEN:
        announce(Event.MESSAGE_FAILED, [event.message_id], clinic_id=event.clinic_id, now=now)
    if event.purpose == Purpose.SAFETY:
        _safety_text_unseen(patients, now)
    if event.kind == "contact":
        for patient in patients:
            _unreachable(patient, event.code, clinic, now)
    elif event.kind == "uncertain":
        for patient in patients[:1]:
            _tell(patient, clinic, "send-unclear", now)


def _safety_text_unseen(patients: list[Patient], now: datetime) -> None:
    """N5: the patient may not have seen it, and the call is due now."""
    for patient in patients:
        for item in items.serious_open(patient).select_for_update(of=("self",)):
            items.mark_unseen(item, now=now)


def _unreachable(patient: Patient, code: str, clinic: ClinicFacts, now: datetime) -> None:
    """N4: mark the number, end what is open and planned as UNREACHABLE, and tell staff once."""
    problem = f"delivery_failed_{code}"[:40]
    marked = Patient.objects.filter(pk=patient.pk, phone_problem="").update(phone_problem=problem, updated_at=now)
    if not marked:
        return
    follow_ups = FollowUp.objects.filter(patient=patient).select_related("clinic", "patient", "plan_step")
    for follow_up in follow_ups.filter(status=FollowUpStatus.OPEN).select_for_update(of=("self",)):
        close(follow_up, FollowUpStatus.UNREACHABLE, Reason.DELIVERY_FAILED, now=now)
    follow_ups.filter(status=FollowUpStatus.SCHEDULED).update(
        status=FollowUpStatus.UNREACHABLE,
        reason=Reason.DELIVERY_FAILED,
        opens_at=None,
        closed_at=now,
        updated_at=now,
    )
    _tell(patient, clinic, "cannot-be-texted", now)


def _tell(patient: Patient, clinic: ClinicFacts, tag: str, now: datetime) -> None:
    known = ReviewItem.objects.filter(
        patient=patient, kind=ReviewKind.DELIVERY, open_due_by__isnull=False, tags__contains=[tag]
    )
    if not known.exists():
        items.for_text(
            clinic, patient=patient, message_id=None, level=Level.WATCH, kind=ReviewKind.DELIVERY, tags=[tag], now=now
        )


def take_set_aside(event: TextSetAside, *, now: datetime) -> None:
    """A text that could not be handled in five tries is read by a person, with the urgency of an unread text."""
    if Signal.objects.filter(message_id=event.message_id).exists():
        return
    if ReviewItem.objects.filter(message_id=event.message_id).exists():
        return
    patients = list(Patient.objects.filter(clinic_id=event.clinic_id, phone_hash=event.number_hash)[:2])
    items.for_text(
        clinics().get(pk=event.clinic_id),
        patient=patients[0] if len(patients) == 1 else None,
        message_id=event.message_id,
        level=Level.URGENT,
        tags=["not-understood"],
        now=now,
    )
