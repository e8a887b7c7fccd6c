"""The phones of demo patients, for the simulator. Only clinics that are marked as demo are ever looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from followup.core.lifecycle import FollowUpStatus
from followup.models import FollowUp, Patient
from followup.models.patient import PatientStatus
from messaging.queries import Texted, thread, unhandled

MOST_TEXTS = 60


@dataclass(frozen=True, slots=True)
class Phone:
    """A demo patient's phone: its texts, oldest first, and the follow-up that is planned next."""

    patient: Patient
    texts: list[Texted]
    planned: FollowUp | None


def demo_patients() -> list[Patient]:
    """Active patients of demo clinics, by reference."""
    return list(
        Patient.objects.filter(clinic__is_demo=True, status=PatientStatus.ACTIVE)
        .select_related("clinic")
        .order_by("clinic__key", "reference")
    )


def demo_patient(patient_id: UUID) -> Patient | None:
    """A patient of a demo clinic, or None."""
    return Patient.objects.filter(clinic__is_demo=True, pk=patient_id).select_related("clinic").first()


def phone(patient: Patient) -> Phone:
    """What the patient's phone shows."""
    known = thread(patient.clinic_id, patient.phone_hash, limit=MOST_TEXTS)
    planned = FollowUp.objects.filter(patient=patient, status=FollowUpStatus.SCHEDULED)
    return Phone(
        patient=patient,
        texts=[text for text in [*known, *unhandled(patient.phone_hash)] if _has_arrived(text)],
        planned=planned.select_related("plan_step", "raised_by").order_by("opens_at").first(),
    )


def _has_arrived(text: Texted) -> bool:
    """A text is on the phone once the provider has taken it; the patient's own are there at once."""
    message: Any = text.message
    return text.is_inbound or message.sent_at is not None
