"""The ledger of opt-outs: a number that says stop gets one confirmation and then nothing, from that moment on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from clinics.models import Clinic
from messaging.core.drafts import TextDraft
from messaging.core.lifecycle import Purpose
from messaging.models import OptOut, OutgoingText
from messaging.operations.enqueue import cancel_queued, put
from messaging.operations.inserting import insert_new
from messaging.operations.texts import ControlText, control_text
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive

CONFIRMATION_MINUTES = 5
"""An opt-out is confirmed within this time or not at all (clinical content, C-08)."""


@transaction.atomic
def opt_out(
    *,
    clinic_id: UUID,
    number: Sensitive,
    source: str,
    by: Actor,
    now: datetime,
    inbound_id: UUID | None = None,
    confirm: bool,
    language: str = "",
) -> OptOut:
    """Let nothing leave to `number` any more and cancel all that is queued; `confirm` sends the one confirmation.

    `source` is a fixed word (OptOut.source). A number that has opted out already stays so and gets no second
    confirmation. The listener is not told: whoever calls this knows.
    """
    number_hash = phone_hash(number)
    made = OptOut(
        clinic_id=clinic_id, number=number, number_hash=number_hash, source=source, since=now, inbound_id=inbound_id
    )
    is_new = bool(insert_new([made]))
    unwanted = set(Purpose) - (set() if is_new else {Purpose.CONTROL})  # the confirmation may still be queued
    cancelled = cancel_queued(
        clinic_id=clinic_id, number_hash=number_hash, purposes=unwanted, reason="opted_out", now=now
    )
    if not is_new:
        return OptOut.objects.get(clinic_id=clinic_id, number_hash=number_hash, ended_at=None)
    if confirm:
        answer("SVC-STOP", key=f"opt-out:{made.pk}", clinic_id=clinic_id, number=number, language=language, now=now)
    _record(made, "opt_out.create", by, now, cancelled=cancelled)
    return made


@transaction.atomic
def opt_in(
    *,
    clinic_id: UUID,
    number: Sensitive,
    source: str,
    by: Actor,
    now: datetime,
    confirm: bool = False,
    language: str = "",
) -> bool:
    """End the number's opt-out, if there is one, and say whether there was; it creates no consent (C-09)."""
    number_hash = phone_hash(number)
    active = OptOut.objects.select_for_update().filter(clinic_id=clinic_id, number_hash=number_hash, ended_at=None)
    ended = active.first()
    if ended is None:
        return False
    ended.ended_at, ended.ended_by = now, source
    ended.save(update_fields=["ended_at", "ended_by"])
    if confirm:
        answer("SVC-START", key=f"opt-in:{ended.pk}", clinic_id=clinic_id, number=number, language=language, now=now)
    _record(ended, "opt_out.end", by, now)
    return True


def answer(
    key_of_text: ControlText, *, key: str, clinic_id: UUID, number: Sensitive, language: str, now: datetime
) -> None:
    """Queue a text of this room's own; without a language the one we last used with the number."""
    clinic = Clinic.objects.get(pk=clinic_id)
    number_hash = phone_hash(number)
    spoken = language or _last_language(clinic_id, number_hash) or clinic.language
    draft = TextDraft(
        clinic_id=clinic_id,
        dedupe_key=key,
        number=number,
        number_hash=number_hash,
        body=control_text(key_of_text, clinic=clinic, language=spoken),
        language=spoken,
        purpose=Purpose.CONTROL,
        expires_at=now + timedelta(minutes=CONFIRMATION_MINUTES),
    )
    put([draft], now=now)


def _last_language(clinic_id: UUID, number_hash: str) -> str | None:
    sent = OutgoingText.objects.filter(clinic_id=clinic_id, number_hash=number_hash)
    return sent.order_by("-queued_at").values_list("language", flat=True).first()


def _record(row: OptOut, action: str, by: Actor, now: datetime, **detail: int) -> None:
    audit.record(
        clinic_id=row.clinic_id,
        by=by,
        action=action,
        object_type="opt_out",
        object_id=row.pk,
        detail={"source": row.source, **detail},
        now=now,
    )
