"""What patients want besides answering: to stop, to pause, another language, or that we have the wrong person."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from clinics.core.actor import Actor
from followup.core.lifecycle import Level, Reason
from followup.core.periods import on_wall_clock
from followup.core.webhooks import Event
from followup.core.wishes import PAUSE_FOR, Wish
from followup.models import FollowUp, Patient
from followup.models.patient import PatientStatus
from followup.models.review import ReviewKind
from followup.operations import items, schedule, texts
from followup.operations.announce import announce
from followup.operations.finish import end_asking
from followup.operations.opted import end_with_opt_out
from followup.operations.withdraw import pause_patient
from messaging.core.lifecycle import Purpose
from messaging.operations import cancel_queued, enqueue, opt_out
from messaging.operations.opt_outs import answer
from messaging.queries import is_opted_out


def fulfil(wish: Wish, patient: Patient, message_id: UUID | None, *, now: datetime, until: date | None = None) -> None:
    """Do what a patient wants, in the caller's transaction; what we cannot do ourselves is read by a person.

    `until` is the day from which texts may come again after a pause, where the patient named one.
    """
    match wish:
        case Wish.OPT_OUT:
            _opt_out(patient, message_id, now)
        case Wish.PAUSE:
            _pause(patient, message_id, until, now)
        case Wish.WRONG_PERSON:
            _wrong_person(patient, message_id, now)
        case Wish.SPANISH | Wish.ENGLISH:
            language = wish.value.partition(":")[2]
            Patient.objects.filter(pk=patient.pk).update(language=language, updated_at=now)
        case Wish.HELP:
            _help(patient, message_id, now)
        case Wish.A_PERSON:
            _read_by_a_person(patient, message_id, now)
        case Wish.NOTHING:
            pass


def _by(patient: Patient) -> Actor:
    return Actor("patient", str(patient.id))


def _opt_out(patient: Patient, message_id: UUID | None, now: datetime) -> None:
    """The same effect as the keyword, with the one confirmation (C-05, C-07, C-08)."""
    made = opt_out(
        clinic_id=patient.clinic_id,
        number=patient.phone,
        source="free_text",
        by=_by(patient),
        now=now,
        inbound_id=message_id,
        confirm=True,
        language=patient.language,
    )
    announce(Event.OPT_OUT_CREATED, [made.pk], clinic_id=patient.clinic_id, now=now)
    for each in Patient.objects.filter(clinic_id=patient.clinic_id, phone_hash=patient.phone_hash):
        end_with_opt_out(each, patient.clinic, now=now)


def _pause(patient: Patient, message_id: UUID | None, until_day: date | None, now: datetime) -> None:
    """Pause with an end date and a text that says so; staff see it, because the patient may have meant another one."""
    if patient.status == PatientStatus.WITHDRAWN:
        return
    zone = ZoneInfo(patient.time_zone)
    until = on_wall_clock(datetime.combine(until_day, time()), zone) if until_day else now + PAUSE_FOR
    pause_patient(patient=patient, until=until, by=_by(patient), now=now)
    draft = texts.draft(
        patient,
        patient.clinic,
        key=f"pause:{message_id or now.isoformat()}",
        body=texts.voice_for(patient.clinic, patient.language).say(
            "SVC-PAUSED", date=_written(until.astimezone(zone).date(), patient.language)
        ),
        purpose=Purpose.CONVERSATION,
        expires_at=now + texts.USEFUL[Purpose.CONVERSATION],
    )
    enqueue([draft], now=now)
    _read_by_a_person(patient, message_id, now, tag="paused")


def _written(day: date, language: str) -> str:
    """A day as people write it: month first in English, day first in Spanish."""
    return f"{day.month}/{day.day}" if language == "en" else f"{day.day}/{day.month}"


def _help(patient: Patient, message_id: UUID | None, now: datetime) -> None:
    """Who we are and how to reach us, unless the number wants no texts (C-10)."""
    if is_opted_out(patient.clinic_id, patient.phone_hash):
        return
    answer(
        "SVC-HELP",
        key=f"help:{message_id or now.isoformat()}",
        clinic_id=patient.clinic_id,
        number=patient.phone,
        language=patient.language,
        now=now,
    )


def _wrong_person(patient: Patient, message_id: UUID | None, now: datetime) -> None:
    """The number may belong to somebody else: nothing more goes there until staff have looked (C-14)."""
    Patient.objects.filter(pk=patient.pk).update(phone_problem="wrong_person", updated_at=now)
    end_asking(patient, Reason.WRONG_PERSON, now=now)
    schedule.cancel(FollowUp.objects.filter(patient=patient), Reason.WRONG_PERSON, now=now)
    cancel_queued(clinic_id=patient.clinic_id, number_hash=patient.phone_hash, reason="wrong person", now=now)
    items.for_text(
        patient.clinic,
        patient=patient,
        message_id=message_id,
        level=Level.WATCH,
        kind=ReviewKind.DELIVERY,
        tags=["wrong-person"],
        now=now,
    )


def _read_by_a_person(patient: Patient, message_id: UUID | None, now: datetime, *, tag: str = "") -> None:
    items.for_text(
        patient.clinic,
        patient=patient,
        message_id=message_id,
        level=Level.WATCH,
        tags=[tag] if tag else [],
        now=now,
    )
