"""Patients and their consent: the beginning of everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core import intake
from followup.core.parties import ClinicFacts
from followup.models import Consent, Patient
from followup.operations import schedule, texts
from followup.operations.errors import Conflict, Refused, refuse_if_any
from followup.operations.finish import end_asking
from messaging.operations import cancel_queued, opt_in
from messaging.queries import is_opted_out
from privacy.phones import parse_mobile, phone_hash
from privacy.sensitive import Sensitive

CHANGEABLE = frozenset(
    {"reference", "name", "phone", "time_zone", "language", "channel", "date_of_birth", "has_hypertension"}
)


class AlreadyEnrolled(Conflict):
    """The clinic has a patient with this reference; `problems` names the fields that differ, and may be empty."""

    def __init__(self, patient: Patient, problems: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.patient = patient


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentInput:
    """Consent as it was given: how, under which wording, when, for what, and what proves it (C-01)."""

    method: str
    wording_version: str
    given_at: datetime
    purpose: str = intake.CARE
    evidence: str = ""


def enrol_patient(
    *,
    clinic: ClinicFacts,
    reference: str,
    name: str,
    phone: str,
    time_zone: str,
    language: str,
    channel: str = "sms",
    date_of_birth: str | None = None,
    consent: ConsentInput | None,
    has_hypertension: bool = False,
    by: Actor,
    now: datetime,
) -> Patient:
    """Enrol a patient and, with a consent, welcome them by text inside their send window (C-03).

    `channel`: sms, or web for links instead of questions. `date_of_birth`: ISO date, asked for before a link opens.
    Raises Refused with every problem; AlreadyEnrolled when the reference is taken.
    """
    fields = {
        "reference": reference,
        "name": name,
        "phone": phone,
        "time_zone": time_zone,
        "language": language,
        "channel": channel,
        "date_of_birth": date_of_birth or "",
    }
    refuse_if_any(problems_of(fields, consent, now))
    given = {key: value.strip() for key, value in fields.items()} | {"has_hypertension": has_hypertension}
    try:
        with transaction.atomic():
            return _enrol(clinic, given, consent, by, now)
    except IntegrityError as error:
        known = Patient.objects.filter(clinic_id=clinic.id, reference=given["reference"]).first()
        if known is None:
            raise
        raise AlreadyEnrolled(known, _differences(known, given, consent)) from error


def problems_of(fields: Mapping[str, Any], consent: ConsentInput | None, now: datetime) -> dict[str, str]:
    """What is wrong with a patient's fields and consent, by field; empty when they can be kept."""
    problems = _field_problems(fields, now) | (_consent_problems(consent, now) if consent else {})
    return {field: problem for field, problem in problems.items() if problem}


def _enrol(
    clinic: ClinicFacts, given: dict[str, Any], consent: ConsentInput | None, by: Actor, now: datetime
) -> Patient:
    patient = Patient(clinic_id=clinic.id, created_at=now, updated_at=now, **_columns(given))
    patient.save(force_insert=True)
    audit.record(
        clinic_id=clinic.id,
        by=by,
        action="patient.create",
        object_type="patient",
        object_id=patient.id,
        patient_id=patient.id,
        detail={"consent": consent is not None},
        now=now,
    )
    if consent is not None:
        give_consent(patient=patient, consent=consent, by=by, now=now)
    return patient


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the table has them: the number sealed and hashed, the name and the date of birth sealed."""
    columns: dict[str, Any] = dict(given)
    if "name" in given:
        columns["name"] = Sensitive(given["name"])
    if "date_of_birth" in given:
        columns["date_of_birth"] = Sensitive(given["date_of_birth"]) if given["date_of_birth"] else None
    if "phone" in given:
        columns["phone"] = parse_mobile(given["phone"])
        columns["phone_hash"] = phone_hash(columns["phone"])
    return columns


def _field_problems(fields: Mapping[str, Any], now: datetime) -> dict[str, str | None]:
    rules: dict[str, Callable[[Any], str | None]] = {
        "reference": lambda text: intake.text_problem(text, 64),
        "name": lambda text: intake.text_problem(text, 200),
        "phone": intake.phone_problem,
        "time_zone": intake.zone_problem,
        "language": intake.language_problem,
        "channel": intake.channel_problem,
        "date_of_birth": lambda text: intake.birth_problem(text, now),
        "has_hypertension": intake.flag_problem,
    }
    return {field: rules[field](value) for field, value in fields.items()}


def _consent_problems(consent: ConsentInput, now: datetime) -> dict[str, str | None]:
    return {
        "consent.method": intake.method_problem(consent.method),
        "consent.wording_version": intake.text_problem(consent.wording_version, 40),
        "consent.given_at": intake.past_problem(consent.given_at, now),
        "consent.purpose": intake.text_problem(consent.purpose, 40),
        "consent.evidence": intake.text_problem(consent.evidence, 200) if consent.evidence else None,
    }


def _differences(known: Patient, given: Mapping[str, Any], consent: ConsentInput | None) -> dict[str, str]:
    stored = {
        "name": known.name.reveal(),
        "phone": known.phone.reveal(),
        "time_zone": known.time_zone,
        "language": known.language,
        "channel": known.channel,
        "date_of_birth": known.date_of_birth.reveal() if known.date_of_birth else "",
        "has_hypertension": known.has_hypertension,
    }
    differing = [field for field, value in stored.items() if given[field] != value]
    first = known.consents.order_by("recorded_at").first()
    before = (
        ConsentInput(
            method=first.method,
            wording_version=first.wording_version,
            given_at=first.given_at,
            purpose=first.purpose,
            evidence=first.evidence.reveal() if first.evidence else "",
        )
        if first
        else None
    )
    if before != consent:
        differing.append("consent")
    return dict.fromkeys(differing, "Differs from the patient who has this reference.")


@transaction.atomic
def change_patient(*, patient: Patient, by: Actor, now: datetime, **changes: Any) -> Patient:
    """Change fields named in CHANGEABLE. A new phone needs a new consent; a new zone moves what is not yet asked.

    None or "" as `date_of_birth` forgets it.

    Raises Refused with every problem, Conflict when the reference is taken.
    """
    unknown = dict.fromkeys(changes.keys() - CHANGEABLE, "This cannot be changed.")
    given = {field: "" if field == "date_of_birth" and value is None else value for field, value in changes.items()}
    refuse_if_any(unknown or _field_problems(given, now))
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    columns = _columns({field: value.strip() if isinstance(value, str) else value for field, value in given.items()})
    changed = sorted(field for field, value in columns.items() if getattr(patient, field) != value)
    if not changed:
        return patient
    if "reference" in changed and _reference_taken(patient, columns["reference"]):
        raise Conflict({"reference": "Another patient of this clinic has it."})
    if "phone_hash" in changed:
        _leave_phone(patient, by, now)
        columns["phone_problem"] = ""
    for field, value in columns.items():
        setattr(patient, field, value)
    patient.updated_at = now
    patient.save(update_fields=[*columns, "updated_at"])
    if "time_zone" in changed:
        schedule.reanchor_patient(patient, now=now)
    _record(patient, "patient.update", {"fields": changed}, by, now)
    return patient


def _reference_taken(patient: Patient, reference: str) -> bool:
    return Patient.objects.filter(clinic_id=patient.clinic_id, reference=reference).exclude(pk=patient.pk).exists()


def _leave_phone(patient: Patient, by: Actor, now: datetime) -> None:
    """Consent was given for the old number: end it, and whatever is under way there."""
    _end_consents(patient, by, now)
    end_asking(patient, now=now)
    cancel_queued(
        clinic_id=patient.clinic_id, number_hash=patient.phone_hash, reason="the patient's number changed", now=now
    )


def _end_consents(patient: Patient, by: Actor, now: datetime) -> int:
    return patient.consents.filter(ended_at__isnull=True).update(ended_at=now, ended_by=by.id)


@transaction.atomic
def give_consent(*, patient: Patient, consent: ConsentInput, by: Actor, now: datetime) -> Consent:
    """Record consent for the patient's present number; it replaces an earlier one and ends an opt-out (C-09).

    Raises Refused with every problem.
    """
    refuse_if_any(_consent_problems(consent, now))
    Patient.objects.select_for_update().get(pk=patient.pk)
    _end_consents(patient, by, now)
    row = Consent.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        method=consent.method,
        wording_version=consent.wording_version.strip(),
        purpose=consent.purpose.strip(),
        evidence=Sensitive(consent.evidence.strip()) if consent.evidence else None,
        language=patient.language,
        phone_hash=patient.phone_hash,
        given_at=consent.given_at,
        recorded_at=now,
        recorded_by=by.id,
    )
    if is_opted_out(patient.clinic_id, patient.phone_hash):
        opt_in(clinic_id=patient.clinic_id, number=patient.phone, source="consent", by=by, now=now)
    texts.welcome(patient, consent_id=row.id, now=now)
    _record(
        patient,
        "consent.create",
        {"method": consent.method, "wording": row.wording_version, "purpose": row.purpose},
        by,
        now,
    )
    return row


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


__all__ = ["AlreadyEnrolled", "ConsentInput", "Refused", "change_patient", "enrol_patient", "give_consent"]
