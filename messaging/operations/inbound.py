"""Texts from patients: stored first, then the control words honoured, then the room above thinks about them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from messaging import events
from messaging.core.keywords import Control
from messaging.events import Event, InboundText, OptedIn, OptedOut, TextSetAside
from messaging.models import InboundMessage
from messaging.operations.controls import honour
from privacy.ids import new_id
from privacy.phones import phone_hash
from privacy.sealing import seal

MOST_TRIES = 5
PAUSES = (
    timedelta(seconds=60),
    timedelta(seconds=60),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=5),
)
"""After the first, second ... try that did not end: longer than any handling lasts, because the try may still run."""

RETRY_PAUSES = (timedelta(seconds=5), timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=3))
"""After the first, second ... try that failed."""

TOGETHER = timedelta(minutes=1)
"""Texts of a number that come so close are handled in their order."""

PATIENCE_SECONDS, LOOK_SECONDS = 1.0, 0.02
"""How long a text waits for the one before it, which another worker handles in a fraction of that."""

PLACE = InboundMessage._meta.db_table + ".{}:{}"

# By hand, because the provider waits for it: building a row and its statement took longer than the database did.
STORE = """
INSERT INTO messaging_inboundmessage (id, clinic_id, provider_id, number, number_hash, sender, body, media, control,
    provider_control, received_at, pending_since, next_try_at, tries)
VALUES (%(id)s, %(clinic)s, %(provider_id)s, %(number)s, %(number_hash)s, %(sender)s, %(body)s, %(media)s, '',
    %(provider_control)s, %(received_at)s, %(received_at)s, %(received_at)s, 0)
ON CONFLICT (provider_id) DO NOTHING
"""

# By the small index of what is pending. An earlier text may not have been routed to a clinic yet, and this one may.
IS_EARLIER = """
earlier.number_hash = this.number_hash AND earlier.next_try_at IS NOT NULL
  AND (earlier.clinic_id = this.clinic_id OR earlier.clinic_id IS NULL OR this.clinic_id IS NULL)
  AND earlier.received_at > this.received_at - %(together)s
  AND (earlier.received_at, earlier.id) < (this.received_at, this.id)
"""

BEFORE = f"""
SELECT earlier.id, earlier.tries
FROM messaging_inboundmessage this JOIN messaging_inboundmessage earlier ON {IS_EARLIER}
WHERE this.id = %(id)s AND this.next_try_at IS NOT NULL
ORDER BY earlier.received_at, earlier.id
"""  # noqa: S608  # our own text

# One statement, because nearly every text is alone: look who comes first, take the row, count the try.
BEGIN = f"""
UPDATE messaging_inboundmessage
SET tries = tries + 1, next_try_at = %(now)s + (%(pauses)s::interval[])[least(tries + 1, %(most)s)]
WHERE id = (
    SELECT this.id FROM messaging_inboundmessage this
    WHERE this.id = %(id)s AND this.next_try_at <= %(now)s AND (
        %(out_of_turn)s OR NOT EXISTS (SELECT FROM messaging_inboundmessage earlier WHERE {IS_EARLIER})
    )
    FOR UPDATE OF this SKIP LOCKED
)
RETURNING *
"""  # noqa: S608  # our own text

HOLD = """
SELECT FROM messaging_inboundmessage WHERE id = %(id)s AND tries = %(tries)s AND pending_since IS NOT NULL FOR UPDATE
"""

HANDLED = """
UPDATE messaging_inboundmessage
SET handled_at = %(now)s, pending_since = NULL, next_try_at = NULL, screening = %(screening)s
WHERE id = %(id)s
"""

log = structlog.get_logger(__name__)


class NotScreened(Exception):
    """The listener returned no screening: a text must not count as handled without one."""


def store_inbound(
    *,
    clinic_id: UUID | None,
    provider_id: str,
    number: str,
    sender: str,
    body: str,
    media: Sequence[str] = (),
    provider_control: str = "",
    received_at: datetime,
) -> UUID | None:
    """Keep a text as it came, in one statement; return its id, or None when it is here already.

    `number` wrote it, `sender` is our number it was sent to; `media` are content types. Without a clinic it is routed
    when it is handled.
    """
    pk = new_id()
    values: dict[str, Any] = {
        "id": pk,
        "clinic": clinic_id,
        "provider_id": provider_id,
        "number": seal(number, PLACE.format("number", pk)),
        "number_hash": phone_hash(number),
        "sender": sender,
        "body": seal(body, PLACE.format("body", pk)),
        "media": Jsonb(list(media)),
        "provider_control": provider_control,
        "received_at": received_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE, values)
        return pk if cursor.rowcount else None


def handle_inbound(inbound_id: UUID, *, now: datetime) -> bool:
    """Handle one text, if its time has come and nobody else does; True when it is handled now.

    What its number sent just before comes first: "4" and then "7" answer two questions in that order. STOP, START and
    HELP are honoured in a transaction of their own before the listener is called, so that no fault in the room above
    can keep texting somebody who said stop. A text that fails is tried again, five times in all.
    """
    row = _begin(inbound_id, now)
    if row is not None:
        return _handle(row, now)
    before = _pending_before(inbound_id)
    for earlier, tries in before:
        if not tries:
            _handle_out_of_turn(earlier, now)
    if before:
        _wait_for_others(inbound_id)
    return _handle_out_of_turn(inbound_id, now)


def _handle_out_of_turn(inbound_id: UUID, now: datetime) -> bool:
    """Handle a text whatever else its number has sent."""
    row = _begin(inbound_id, now, out_of_turn=True)
    return row is not None and _handle(row, now)


def _handle(row: InboundMessage, now: datetime) -> bool:
    """Handle a text whose try is counted."""
    if row.tries > MOST_TRIES:
        _set_aside(row, now)
        return False
    try:
        honour(row, now=now)
        _hand_up(row, now)
    except Exception as error:  # whatever it is, the text must be tried again and then be read by a person
        log.exception("inbound_failed", message=str(row.pk), error=type(error).__name__, tries=row.tries)
        _fail(row, now)
        return False
    return True


def due_inbound(*, now: datetime, limit: int = 200) -> list[UUID]:
    """The texts whose time has come, oldest first."""
    due = InboundMessage.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    return list(due.values_list("pk", flat=True)[:limit])


def _pending_before(inbound_id: UUID) -> list[tuple[UUID, int]]:
    """What its number sent within TOGETHER before this text and is not handled yet, in order, with its tries."""
    parameters: dict[str, Any] = {"id": inbound_id, "together": TOGETHER}
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, parameters)
        return list(cursor.fetchall())


def _wait_for_others(inbound_id: UUID) -> None:
    """Let another worker end the text before this one, for a moment: one that has failed or died holds up nobody."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and any(tries <= 1 for _, tries in _pending_before(inbound_id)):
        time.sleep(LOOK_SECONDS)


def _begin(inbound_id: UUID, now: datetime, *, out_of_turn: bool = False) -> InboundMessage | None:
    """Count the try before it begins, so that a text that kills its worker is counted too.

    None where its time has not come, another worker has it, or, unless `out_of_turn`, its number sent one before it.
    """
    values = {
        "id": inbound_id,
        "now": now,
        "pauses": list(PAUSES),
        "most": len(PAUSES),
        "together": TOGETHER,
        "out_of_turn": out_of_turn,
    }
    return next(iter(InboundMessage.objects.raw(BEGIN, values)), None)


@transaction.atomic
def _hand_up(row: InboundMessage, now: datetime) -> None:
    """Tell the room above, and mark the text as handled in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"id": row.pk, "tries": row.tries})
        if not cursor.rowcount:
            return
        control = _control_event(row)
        if control is not None:
            events.tell(control, now=now)
        screening = events.tell(_text_event(row), now=now)
        if screening is None:
            raise NotScreened
        values: dict[str, Any] = {"id": row.pk, "now": now, "screening": Jsonb(screening)}
        cursor.execute(HANDLED, values)


def _control_event(row: InboundMessage) -> Event | None:
    if row.control == "stop":
        return OptedOut(clinic_id=row.routed_to, number_hash=row.number_hash, source="keyword", inbound_id=row.pk)
    if row.control == "start":
        return OptedIn(clinic_id=row.routed_to, number_hash=row.number_hash, source="keyword", inbound_id=row.pk)
    return None


def _text_event(row: InboundMessage) -> InboundText:
    return InboundText(
        message_id=row.pk,
        clinic_id=row.routed_to,
        number_hash=row.number_hash,
        number=row.number,
        body=row.body,
        control=cast("Control", row.control),
        media=len(row.media),
        received_at=row.received_at,
    )


def _fail(row: InboundMessage, now: datetime) -> None:
    if row.tries >= MOST_TRIES:
        _set_aside(row, now)
        return
    again_at = now + RETRY_PAUSES[row.tries - 1]
    InboundMessage.objects.filter(pk=row.pk, tries=row.tries, next_try_at__isnull=False).update(next_try_at=again_at)


def _set_aside(row: InboundMessage, now: datetime) -> None:
    """Stop trying; a person reads the text. Telling the room above is tried, but must not bring the text back."""
    InboundMessage.objects.filter(pk=row.pk, pending_since__isnull=False).update(
        set_aside_at=now, pending_since=None, next_try_at=None
    )
    log.error("inbound_set_aside", message=str(row.pk))
    try:
        with transaction.atomic():
            told = TextSetAside(message_id=row.pk, clinic_id=row.routed_to, number_hash=row.number_hash)
            events.tell(told, now=now)
    except Exception as error:
        log.exception("set_aside_not_told", message=str(row.pk), error=type(error).__name__)
