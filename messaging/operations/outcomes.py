"""Recording what became of attempts: those that were taken in one statement, the few others one by one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, connection, transaction

from messaging.core.lifecycle import Outbound
from messaging.core.retry import UNREACHABLE
from messaging.gateways.base import Refused, Sent, Taken, Unclear, Unsent
from messaging.models import OutboundMessage
from messaging.operations.claim import Claimed
from messaging.operations.moves import move, refuse
from messaging.operations.senders import stop_sender
from messaging.operations.verdicts import verdict_on

FIRST_CHECK = timedelta(minutes=2)
"""When a text that was taken is looked up, if no callback has told its end by then."""

FIRST_LOOK = timedelta(seconds=15)
"""When a text of unknown outcome is looked for first; its callback usually comes sooner."""

SILENCE = 3
"""So many texts of one clinic in a row without any answer make us leave its provider alone for a while."""

SILENCE_PAUSE = timedelta(seconds=30)

# The provider's answer also counts when the text was thought lost meanwhile: it has left, so it must not leave again.
TAKEN = """
UPDATE messaging_outboundmessage message
SET status = 'accepted', provider_id = answer.provider_id, sent_at = %(now)s, check_at = %(check)s,
    next_attempt_at = NULL, reason = ''
FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(provider_ids)s::text[]) AS answer(id, attempt, provider_id)
WHERE message.id = answer.id AND message.attempts = answer.attempt
  AND message.status IN ('sending', 'uncertain', 'queued')
"""

# Of this process: calls that hang end one by one, long after the round that began them.
_silent_in_a_row: Counter[UUID] = Counter()
_counting = threading.Lock()

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A text that was sent, and what the provider said to it."""

    text: Claimed
    sent: Sent


def record(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what became of attempts. An outcome that a callback has overtaken changes nothing."""
    taken = [(outcome.text, outcome.sent) for outcome in outcomes if isinstance(outcome.sent, Taken)]
    if taken:
        _record_taken(taken, now)
    for outcome in outcomes:
        if not isinstance(outcome.sent, Taken):
            _record_apart(outcome.text, outcome.sent, now)
    _pause_silent(outcomes, now)


def _record_apart(text: Claimed, sent: Refused | Unsent | Unclear, now: datetime) -> None:
    """Record one outcome; when that fails the row stays SENDING, and the reconciler finds it."""
    try:
        _record_other(text, sent, now)
    except Exception as error:  # one bad row must not cost the others their outcome
        log.exception("outcome_not_recorded", message=str(text.message_id), error=type(error).__name__)


def _record_taken(taken: Sequence[tuple[Claimed, Taken]], now: datetime) -> None:
    try:
        with transaction.atomic():
            _write_taken(taken, now)
    except IntegrityError:
        if len(taken) == 1:  # an id that another text has already: the reconciler finds out which is which
            log.exception("provider_id_taken", message=str(taken[0][0].message_id))
            return
        for one in taken:
            _record_taken([one], now)


def _write_taken(taken: Sequence[tuple[Claimed, Taken]], now: datetime) -> None:
    parameters: dict[str, Any] = {
        "now": now,
        "check": now + FIRST_CHECK,
        "ids": [text.message_id for text, _ in taken],
        "attempts": [text.attempt for text, _ in taken],
        "provider_ids": [answer.provider_id for _, answer in taken],
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, parameters)
        if cursor.rowcount < len(taken):
            log.info("answers_overtaken", count=len(taken) - cursor.rowcount)


@transaction.atomic
def _record_other(text: Claimed, sent: Refused | Unsent | Unclear, now: datetime) -> None:
    row = OutboundMessage.objects.select_for_update().get(pk=text.message_id)
    if row.attempts != text.attempt or row.status != Outbound.SENDING:
        return
    match sent:
        case Unclear(why):
            move(row, Outbound.UNCERTAIN, before=[Outbound.SENDING], now=now, reason=why, check_at=now + FIRST_LOOK)
        case Unsent():
            refuse(
                row, code=UNREACHABLE, verdict=verdict_on(row, UNREACHABLE, now=now), before=[Outbound.SENDING], now=now
            )
        case Refused(code, retry_after):
            verdict = verdict_on(row, code, now=now, retry_after=retry_after)
            refuse(row, code=code, verdict=verdict, before=[Outbound.SENDING], now=now)
    log.info("text_not_taken", message=str(row.pk), outcome=type(sent).__name__, status=row.status, reason=row.reason)


def _pause_silent(outcomes: Sequence[Outcome], now: datetime) -> None:
    """Leave a clinic's provider alone for a while when it has not answered several times in a row."""
    for outcome in outcomes:
        clinic_id = outcome.text.clinic_id
        with _counting:
            silent = isinstance(outcome.sent, Unsent) or outcome.sent == Unclear("timeout")
            _silent_in_a_row[clinic_id] = _silent_in_a_row[clinic_id] + 1 if silent else 0
            pause = _silent_in_a_row[clinic_id] >= SILENCE
            if pause or not silent:
                del _silent_in_a_row[clinic_id]
        if pause:
            stop_sender(clinic_id=clinic_id, code=UNREACHABLE, until=now + SILENCE_PAUSE, now=now)
