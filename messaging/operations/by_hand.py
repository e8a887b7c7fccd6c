"""What a person decides about texts that stand still: scoped to a clinic, audited, and harmless when done twice."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from messaging.core.lifecycle import Outbound
from messaging.models import InboundMessage, OutboundMessage
from messaging.operations.moves import move, put_back, tell_failure
from messaging.operations.receipts import apply_report
from messaging.operations.reconcile import PERSON_AFTER
from messaging.operations.senders import lift_stop

PROVIDER_ID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
MOST_RESUMED = 1000
"""Texts that are brought forward when a sender is resumed; what is beyond leaves at its own time."""

GIVEN_UP, ABSENT, LEFT = "given_up_by_hand", "absent_by_hand", "left_by_hand"


class NotByHand(Exception):
    """A person cannot decide this, or not yet. `problems` maps a field to what is wrong and what to do."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.problems = {field: problem}


@transaction.atomic
def settle(*, message_id: UUID, clinic_id: UUID, left: bool, provider_id: str = "", by: Actor, now: datetime) -> bool:
    """Say whether a text of unknown outcome left; False when that has been explained meanwhile.

    One that left is followed by the provider's id where that is given, and otherwise ends: it is never sent again.
    One that did not leave is sent, if it is still useful. Raises NotByHand before the provider has been asked for
    PERSON_AFTER, because it may answer yet, and when `provider_id` is none or another text's.
    """
    row = _locked(message_id, clinic_id)
    if row is None or row.status != Outbound.UNCERTAIN:
        return False
    if now - (row.claimed_at or row.queued_at) < PERSON_AFTER:
        raise NotByHand("message", "The provider is still being asked: a person decides after fifteen minutes.")
    if not left:
        done = put_back(row, at=now, reason=ABSENT, before=[Outbound.UNCERTAIN], now=now)
    elif provider_id:
        done = _follow(row, provider_id, now)
    else:
        changes = {"reason": LEFT, "error_kind": "uncertain"}
        done = move(row, Outbound.FAILED, before=[Outbound.UNCERTAIN], now=now, **changes)
    _record(row, "message.settle", by, now, left=left, with_provider_id=bool(provider_id))
    return done


def _follow(row: OutboundMessage, provider_id: str, now: datetime) -> bool:
    if not PROVIDER_ID.fullmatch(provider_id):
        raise NotByHand("provider_sid", "Copy the provider's id as it is: SM or MM and 32 digits and letters a to f.")
    if OutboundMessage.objects.filter(provider_id=provider_id).exists():
        raise NotByHand("provider_sid", "Another text has this id already: look for the one of this text.")
    return apply_report(row, provider_id=provider_id, status="accepted", error_code="", now=now)


@transaction.atomic
def retry(*, message_id: UUID, clinic_id: UUID, by: Actor, now: datetime) -> bool:
    """Let a text that waits for its next try go at once, or when its hours open; False when it no longer waits."""
    row = _locked(message_id, clinic_id)
    if row is None or row.status != Outbound.QUEUED or row.next_attempt_at is None or row.next_attempt_at <= now:
        return False
    done = put_back(row, at=now, reason=row.reason, before=[Outbound.QUEUED], now=now)
    _record(row, "message.retry", by, now)
    return done


@transaction.atomic
def give_up(*, message_id: UUID, clinic_id: UUID, by: Actor, now: datetime) -> bool:
    """Cancel a text that has not left, and tell the room above; False when it has left or ended."""
    row = _locked(message_id, clinic_id)
    if row is None or not move(row, Outbound.CANCELLED, before=[Outbound.QUEUED], now=now, reason=GIVEN_UP):
        return False
    tell_failure(row, "expired", GIVEN_UP, now=now)
    _record(row, "message.give_up", by, now)
    return True


@transaction.atomic
def resume_sender(*, clinic_id: UUID, by: Actor, now: datetime) -> bool:
    """Let the clinic's texts leave again, those first that waited for it; False when nothing was stopped."""
    if not lift_stop(clinic_id=clinic_id, now=now):
        return False
    waiting = OutboundMessage.objects.filter(
        clinic_id=clinic_id, status=Outbound.QUEUED, next_attempt_at__gt=now, reason__startswith="sender_stopped"
    )
    for row in waiting.select_for_update(skip_locked=True).order_by("priority", "next_attempt_at")[:MOST_RESUMED]:
        put_back(row, at=now, reason=row.reason, before=[Outbound.QUEUED], now=now)
    audit.record(clinic_id=clinic_id, by=by, action="sender.resume", object_type="sender", object_id=clinic_id, now=now)
    return True


@transaction.atomic
def handle_again(*, message_id: UUID, clinic_id: UUID, by: Actor, now: datetime) -> bool:
    """Let a text of a patient that was set aside be tried again from the beginning; False when it is not aside."""
    aside = InboundMessage.objects.filter(pk=message_id, clinic_id=clinic_id, set_aside_at__isnull=False)
    if not aside.update(set_aside_at=None, pending_since=now, next_try_at=now, tries=0):
        return False
    audit.record(
        clinic_id=clinic_id, by=by, action="message.handle_again", object_type="message", object_id=message_id, now=now
    )
    return True


def _locked(message_id: UUID, clinic_id: UUID) -> OutboundMessage | None:
    return OutboundMessage.objects.select_for_update().filter(pk=message_id, clinic_id=clinic_id).first()


def _record(row: OutboundMessage, action: str, by: Actor, now: datetime, **detail: bool) -> None:
    audit.record(
        clinic_id=row.clinic_id,
        by=by,
        action=action,
        object_type="message",
        object_id=row.pk,
        detail={"status": row.status, **detail},
        now=now,
    )
