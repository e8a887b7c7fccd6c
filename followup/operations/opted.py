"""A number said STOP or START, or the carrier said it for them; messaging has honoured it already."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from clinics.queries import clinics
from followup.core.findings import CALL_PATIENT
from followup.core.lifecycle import Level, Reason
from followup.core.parties import ClinicFacts
from followup.core.webhooks import Event
from followup.models import FollowUp, Patient
from followup.operations import items
from followup.operations.announce import announce
from followup.operations.finish import end_asking
from messaging.events import OptedIn, OptedOut
from messaging.queries import opt_outs

OPTED_OUT = "opted-out"


def take_opt_out(event: OptedOut, *, now: datetime) -> None:
    """End what is being asked of everybody on this phone; with a serious item open, staff phone (annex B, 25)."""
    clinic = clinics().get(pk=event.clinic_id)
    current = opt_outs(clinic).filter(number_hash=event.number_hash, ended_at=None).values_list("pk", flat=True)
    announce(Event.OPT_OUT_CREATED, list(current), clinic_id=event.clinic_id, now=now)
    for patient in _patients(event):
        end_with_opt_out(patient, clinic, now=now)


def end_with_opt_out(patient: Patient, clinic: ClinicFacts, *, now: datetime) -> None:
    """End what is being asked; no text may follow a serious concern now, so staff phone."""
    end_asking(patient, Reason.OPTED_OUT, now=now)
    for item in items.serious_open(patient).select_for_update(of=("self",)):
        items.join(item, clinic, Level.URGENT, tags=[OPTED_OUT, CALL_PATIENT], now=now)


def take_opt_in(event: OptedIn, *, now: datetime) -> None:
    """START restores what is still scheduled: that was left in place, so only what waited for it is looked at again."""
    FollowUp.objects.filter(patient__in=_patients(event), opens_at__isnull=False, reason=Reason.OPTED_OUT).update(
        opens_at=now, updated_at=now
    )


def _patients(event: OptedOut | OptedIn) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic_id=event.clinic_id, phone_hash=event.number_hash).select_related("clinic")
