"""The texts this room owes: whose number, which window, until when they are of use. Only rows, nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from followup.core.call_outs import SEEN_WITHIN
from followup.core.findings import CALL_PATIENT
from followup.core.lifecycle import RANK, Level
from followup.core.parties import Addressee, ClinicFacts
from followup.models import Patient, ReviewItem
from messaging.core.drafts import TextDraft
from messaging.core.lifecycle import IGNORES_WINDOW, Purpose
from messaging.operations import enqueue
from privacy.sensitive import Sensitive
from surveys.core.wording import Voice

USEFUL: Final = {
    Purpose.SERVICE: timedelta(days=3),
    Purpose.SAFETY: timedelta(hours=6),
    Purpose.CONVERSATION: timedelta(hours=12),
}
"""How long a text that belongs to no follow-up is worth sending after it was queued (house choice)."""
SHORTEST: Final = timedelta(minutes=10)
"""A reply to a text that has just come is worth sending for this long even when the survey closes before (T-02)."""
NOTICE_EVERY: Final = timedelta(days=30)
"""How often a patient is told again that texts are not watched (clinical content, C-10 in section 4.2 rule 10)."""


def voice_for(clinic: ClinicFacts, language: str) -> Voice:
    """How the clinic speaks to somebody."""
    return Voice(clinic_name=clinic.short_name, clinic_phone=clinic.phone, language=language)


def has_consent(patient: Patient) -> bool:
    """Whether the patient may be texted at the present number."""
    return patient.consents.filter(ended_at__isnull=True, phone_hash=patient.phone_hash).exists()


def draft(
    patient: Addressee,
    clinic: ClinicFacts,
    *,
    key: str,
    body: str,
    purpose: Purpose,
    expires_at: datetime,
    language: str = "",
    follow_up_id: UUID | None = None,
) -> TextDraft:
    """A text to a patient; routine ones carry the clinic's window in the patient's zone."""
    routine = purpose not in IGNORES_WINDOW
    return TextDraft(
        clinic_id=clinic.id,
        dedupe_key=key,
        number=patient.phone,
        number_hash=patient.phone_hash,
        body=body,
        language=language or patient.language,
        purpose=purpose,
        expires_at=expires_at,
        context_id=follow_up_id,
        window=clinic.send_window if routine else None,
        window_zone=patient.time_zone if routine else "",
    )


def welcome(patient: Patient, *, consent_id: UUID, now: datetime) -> None:
    """Confirm the sign-up and say that texts are not watched, inside the send window (C-03, section 4.2 rule 10)."""
    voice = voice_for(patient.clinic, patient.language)
    expires_at = now + USEFUL[Purpose.SERVICE]
    drafts = [
        draft(
            patient,
            patient.clinic,
            key=f"consent:{consent_id}:{text}",
            body=voice.say(text),
            purpose=Purpose.SERVICE,
            expires_at=expires_at,
        )
        for text in ("SVC-OPTIN", "SVC-NOTMON")
    ]
    enqueue(drafts, now=now)
    Patient.objects.filter(pk=patient.pk).update(notice_at=now)


def notices(patients: Sequence[tuple[Addressee, ClinicFacts]], *, now: datetime) -> list[TextDraft]:
    """SVC-NOTMON for those who have not been told for NOTICE_EVERY; the caller queues them."""
    due = [(who, clinic) for who, clinic in patients if who.notice_at is None or now - who.notice_at >= NOTICE_EVERY]
    if due:
        Patient.objects.filter(pk__in=[patient.id for patient, _ in due]).update(notice_at=now)
    return [
        draft(
            patient,
            clinic,
            key=f"notice:{patient.id}:{now:%Y%m%d}",
            body=voice_for(clinic, patient.language).say("SVC-NOTMON"),
            purpose=Purpose.SERVICE,
            expires_at=now + USEFUL[Purpose.SERVICE],
        )
        for patient, clinic in due
    ]


def to_number(
    clinic: ClinicFacts,
    *,
    number: Sensitive,
    number_hash: str,
    language: str,
    text: str,
    key: str,
    purpose: Purpose,
    now: datetime,
    follow_up_id: UUID | None = None,
) -> TextDraft:
    """A text of the library to a number that has just written, whether a patient's or not."""
    return TextDraft(
        clinic_id=clinic.id,
        dedupe_key=key,
        number=number,
        number_hash=number_hash,
        body=voice_for(clinic, language).say(text),
        language=language,
        purpose=purpose,
        expires_at=now + USEFUL[purpose],
        context_id=follow_up_id,
    )


def queue_or_call(drafts: Sequence[TextDraft], item: ReviewItem, *, now: datetime) -> None:
    """Queue safety texts; where the number takes none, tag the item so that a person phones (section 4.2, rule 8).

    Whether they were delivered is looked at in time (N5).
    """
    if not drafts:
        return
    if not enqueue(drafts, now=now):
        item.tags = sorted({*item.tags, CALL_PATIENT})
        item.save(update_fields=["tags"])
    elif item.rank <= RANK[Level.URGENT]:
        item.safety_texted_at, item.unseen_check_at = now, now + SEEN_WITHIN
        item.save(update_fields=["safety_texted_at", "unseen_check_at"])
