"""Reads of the room."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from clinics.models import Clinic
from messaging.core.lifecycle import Outbound, Purpose
from messaging.models import (
    InboundFields,
    InboundMessage,
    IncomingText,
    OptOut,
    OutboundFields,
    OutboundMessage,
    OutgoingText,
    Sender,
    SenderStop,
)

Pair = tuple[UUID, str]
FORM = "form-"
"""How the provider ids of rows begin that came through the web form: no provider has brought them."""


# By hand, because every answer asks for it, and building the statement takes longer than the database does.
LAST_LEFT = "SELECT max(sent_at) FROM messaging_outboundmessage WHERE context_id = %s AND purpose = ANY(%s)"


def is_opted_out(clinic_id: UUID, number_hash: str) -> bool:
    """Whether the number wants no texts from the clinic."""
    return OptOut.objects.filter(clinic_id=clinic_id, number_hash=number_hash, ended_at=None).exists()


def opted_out(pairs: Collection[Pair]) -> set[Pair]:
    """Which of these (clinic id, number hash) want no texts."""
    hashes = {number_hash for _, number_hash in pairs}
    active = OptOut.objects.filter(number_hash__in=hashes, ended_at=None).values_list("clinic_id", "number_hash")
    return set(active) & set(pairs)


def opt_outs(clinic: Clinic) -> QuerySet[OptOut]:
    """The clinic's opt-outs, active and ended."""
    return OptOut.objects.filter(clinic=clinic)


def outbound(clinic: Clinic) -> QuerySet[OutgoingText]:
    """The clinic's texts to patients, those in the history too; call-outs of staff are shown with their item."""
    return OutgoingText.objects.filter(clinic=clinic).exclude(purpose=Purpose.STAFF)


def inbound(clinic: Clinic) -> QuerySet[IncomingText]:
    """Texts that came to the clinic, those in the history too."""
    return IncomingText.objects.filter(clinic=clinic)


def inbound_by_id(clinic_id: UUID, ids: Collection[UUID]) -> dict[UUID, IncomingText]:
    """These texts that came to the clinic; one that retention has deleted is left out. One query."""
    return IncomingText.objects.filter(clinic_id=clinic_id).in_bulk(list(ids)) if ids else {}


def lately_from(clinic_id: UUID, number_hash: str) -> QuerySet[InboundMessage]:
    """Texts of the last weeks from a number: those that have not moved into the history."""
    return InboundMessage.objects.filter(clinic_id=clinic_id, number_hash=number_hash)


def outbox(clinic: Clinic) -> QuerySet[OutboundMessage]:
    """The clinic's texts that may still have to leave, and those of the last weeks."""
    return OutboundMessage.objects.filter(clinic=clinic)


def last_left_at(context_id: UUID) -> datetime | None:
    """When the last question about `context_id` left, as the provider took it; None before the first did."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_LEFT, [context_id, [Purpose.QUESTION.value, Purpose.CONVERSATION.value]])
        (left_at,) = cursor.fetchone()
    return cast("datetime | None", left_at)


def safety_text_undelivered(clinic_id: UUID, number_hash: str, *, since: datetime) -> bool:
    """Whether a safety text to a number, queued from `since` on, has not been delivered."""
    texts = OutboundMessage.objects.filter(
        clinic_id=clinic_id, number_hash=number_hash, purpose=Purpose.SAFETY, queued_at__gte=since
    )
    return texts.exclude(status=Outbound.DELIVERED).exists()


def set_aside(clinic: Clinic) -> QuerySet[InboundMessage]:
    """Texts that could not be handled and wait for a person; they do so in the inbox."""
    return InboundMessage.objects.filter(clinic=clinic, set_aside_at__isnull=False)


def waits_for_pace(*, now: datetime) -> bool:
    """Whether a sender is at the end of its pace while texts are due."""
    busy = Sender.objects.filter(free_at__gt=now).exists()
    return busy and OutboundMessage.objects.filter(next_attempt_at__lte=now).exists()


def sender_stop(clinic_id: UUID, *, now: datetime) -> SenderStop | None:
    """The stop that keeps the clinic's texts from leaving at `now`."""
    return SenderStop.objects.filter(clinic_id=clinic_id, ended_at=None, until__gt=now).first()


@dataclass(frozen=True, slots=True)
class Texted:
    """One text of a thread, either way."""

    at: datetime
    message: OutboundFields | InboundFields

    @property
    def is_inbound(self) -> bool:
        """Whether the patient wrote it."""
        return isinstance(self.message, InboundFields)

    @property
    def place(self) -> tuple[datetime, bool, UUID]:
        """Where it stands in its thread: a text and what answers it may bear one time, and the patient's comes first;
        two of ours that were queued together stand as they leave."""
        return self.at, not self.is_inbound, self.message.pk


def thread(clinic_id: UUID, number_hash: str, *, before: datetime | None = None, limit: int = 200) -> list[Texted]:
    """The last `limit` texts to and from a number, oldest first; `before` gives those older than a moment.

    What came through the web form is no text and is left out, as are call-outs of staff who may share the number.
    """
    sent = OutgoingText.objects.filter(clinic_id=clinic_id, number_hash=number_hash).exclude(purpose=Purpose.STAFF)
    came = IncomingText.objects.filter(clinic_id=clinic_id, number_hash=number_hash).exclude(
        provider_id__startswith=FORM
    )
    if before is not None:
        sent, came = sent.filter(queued_at__lt=before), came.filter(received_at__lt=before)
    texts = [Texted(message.received_at, message) for message in came.order_by("-received_at", "-id")[:limit]]
    texts += [Texted(message.queued_at, message) for message in sent.order_by("-queued_at", "-id")[:limit]]
    return sorted(texts, key=attrgetter("place"))[-limit:]


def unhandled(number_hash: str) -> list[Texted]:
    """Texts from a number that have come and are not handled yet, oldest first; whose they are is not decided."""
    waiting = InboundMessage.objects.filter(number_hash=number_hash, clinic=None).order_by("received_at")
    return [Texted(message.received_at, message) for message in waiting]


def outbound_of(context_ids: Collection[UUID]) -> QuerySet[OutgoingText]:
    """The texts that were queued about these, oldest first."""
    return OutgoingText.objects.filter(context_id__in=context_ids).order_by("queued_at", "id")
