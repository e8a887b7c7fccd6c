"""Finding patients: by the clinic's reference or by a whole phone number."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from followup.core.parties import ClinicFacts
from followup.models import Patient
from followup.queries.pages import Page, encode, moment_and_id
from privacy.phones import phone_hash


def patients(clinic: ClinicFacts) -> QuerySet[Patient]:
    """Every patient of the clinic."""
    return Patient.objects.filter(clinic_id=clinic.id)


def patient(clinic: ClinicFacts, patient_id: UUID) -> Patient | None:
    """One patient of the clinic with its clinic, or None, also for a patient of another clinic."""
    return patients(clinic).select_related("clinic").filter(pk=patient_id).first()


def search(
    clinic: ClinicFacts, *, text: str = "", status: str = "", after: str | None = None, size: int = 50
) -> Page[Patient]:
    """Patients, latest first; `text` is the beginning of a reference or a whole number in E.164. Raises BadCursor."""
    found = patients(clinic).order_by("-created_at", "-id")
    text = text.strip()
    if text.startswith("+"):
        found = found.filter(phone_hash=phone_hash(text))
    elif text:
        found = found.filter(reference__istartswith=text)
    if status:
        found = found.filter(status=status)
    if after is not None:
        at, key = moment_and_id(after)
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=key))
    rows = list(found[: size + 1])
    shown = rows[:size]
    return Page(items=shown, next=encode(shown[-1].created_at, shown[-1].id) if len(rows) > size else None)
