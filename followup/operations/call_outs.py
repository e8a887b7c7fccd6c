"""Staff are called out: the first on call at once, the next in line while nobody has claimed the item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from clinics.core.roster import Place
from clinics.queries import called_always, on_call
from followup.core.call_outs import LADDER, Duty, next_at, words
from followup.core.lifecycle import RANK, Level
from followup.models import CallOut, ReviewItem
from followup.operations import items
from messaging.core.drafts import TextDraft
from messaging.core.lifecycle import Purpose
from messaging.operations import enqueue
from messaging.queries import inbound_by_id, safety_text_undelivered
from privacy.ids import new_id
from privacy.phones import phone_hash

log = structlog.get_logger(__name__)

NO_ROSTER: Final = "no-roster"
"""Tag of an item that came up while nobody was on call."""
USEFUL: Final = timedelta(hours=1)
"""How long a call-out is worth sending; the ladder has gone on long before."""
LEVELS: Final = {rank: level for level, rank in RANK.items()}
CLAIM = """
SELECT id FROM followup_reviewitem WHERE {column} <= %s AND (%s::uuid IS NULL OR clinic_id = %s)
ORDER BY {column}, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


def call_out_due(*, now: datetime, limit: int = 200, clinic_id: UUID | None = None) -> int:
    """Call out for up to `limit` items whose next rung is due; returns how many. Each is a transaction of its own."""
    done = 0
    while done < limit and _call_out_one(now, clinic_id):
        done += 1
    return done


@transaction.atomic
def _call_out_one(now: datetime, clinic_id: UUID | None) -> bool:
    item = _claim("call_at", now, clinic_id)
    if item is None:
        return False
    level = LEVELS[item.rank]
    while item.call_at is not None and item.call_at <= now:
        _climb(item, level, now)
    item.save(update_fields=["call_at", "call_rung", "tags", "revision"])
    return True


def _claim(column: str, now: datetime, clinic_id: UUID | None) -> ReviewItem | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(column=column), [now, clinic_id, clinic_id])
        row = cursor.fetchone()
    if row is None:
        return None
    return ReviewItem.objects.select_related("clinic", "patient").get(pk=row[0])


def _climb(item: ReviewItem, level: Level, now: datetime) -> None:
    """Call the people of the next rung. While nobody was reached the one after it is due at once; last the fallback."""
    ladder, rung = LADDER[level], item.call_rung
    people = _on_rung(item, ladder[rung].duties, now) if rung < len(ladder) else []
    if rung == 0 and not on_call(item.clinic_id, now=now):
        people += _everyone(item, Duty.FALLBACK)
        item.tags = sorted({*item.tags, NO_ROSTER})
        log.error("nobody_on_call", review=str(item.id), clinic=str(item.clinic_id))
    if rung >= len(ladder):
        people = _everyone(item, Duty.FALLBACK)
    _call(item, people, rung, level, now)
    item.call_rung, item.revision = rung + 1, item.revision + 1
    item.call_at = next_at(level, item.call_rung, item.called_since or now, now)
    if rung < len(ladder) and not _reached(item):
        item.call_at = now


def _on_rung(item: ReviewItem, duties: Iterable[Duty], now: datetime) -> list[tuple[Duty, Any]]:
    shifts = on_call(item.clinic_id, now=now)
    first = [shift.person for shift in shifts if shift.place == Place.FIRST]
    second = [shift.person for shift in shifts if shift.place == Place.SECOND]
    by_duty = {Duty.FIRST: first or second, Duty.SECOND: second if first else []}
    found: list[tuple[Duty, Any]] = []
    for duty in duties:
        found += [(duty, person) for person in by_duty[duty]] if duty in by_duty else _everyone(item, duty)
    return found


def _everyone(item: ReviewItem, duty: Duty) -> list[tuple[Duty, Any]]:
    """The director, or the fallback list."""
    return [(duty, person) for person in called_always(item.clinic_id, duty.value)]


def _call(item: ReviewItem, people: Sequence[tuple[Duty, Any]], rung: int, level: Level, now: datetime) -> None:
    """Write a row and queue a text for each person once; who cannot be texted has the reason in the row."""
    rows = {
        person.pk: CallOut(
            id=new_id(),
            clinic_id=item.clinic_id,
            review=item,
            person=person,
            duty=duty,
            round=item.call_round,
            rung=rung,
            called_at=now,
        )
        for duty, person in reversed(people)
    }
    for row in rows.values():
        row.problem = _text(row, item, level, now)
    CallOut.objects.bulk_create(rows.values())


def _text(row: CallOut, item: ReviewItem, level: Level, now: datetime) -> str:
    """Queue the text of a call-out; returns why it cannot be, or nothing."""
    if row.person.phone is None:
        return "no_number"
    draft = TextDraft(
        clinic_id=item.clinic_id,
        dedupe_key=f"call-out:{row.id}",
        number=row.person.phone,
        number_hash=phone_hash(row.person.phone),
        body=words(level, item.clinic.short_name, settings.PUBLIC_BASE_URL),
        language="en",
        purpose=Purpose.STAFF,
        expires_at=now + USEFUL,
        context_id=row.id,
    )
    return "" if enqueue([draft], now=now) else "opted_out"


def _has_more(item: ReviewItem) -> bool:
    """Whether a rung, or the fallback after the last, has not been called in this round."""
    return item.call_rung <= len(LADDER[LEVELS[item.rank]])


def _reached(item: ReviewItem) -> bool:
    """Whether anybody was notified in this round, as far as is known."""
    return CallOut.objects.filter(review=item, round=item.call_round, problem="").exists()


@transaction.atomic
def take_failed_call_out(call_out_id: UUID, code: str, *, now: datetime) -> None:
    """A call-out did not arrive: it counts as not notified, and where nobody else was, the next rung is due now."""
    row = CallOut.objects.filter(pk=call_out_id, problem="").first()
    if row is None:
        return
    item = ReviewItem.objects.select_for_update(of=("self",)).get(pk=row.review_id)
    CallOut.objects.filter(pk=row.pk).update(problem=code[:40] or "failed")
    if row.round == item.call_round and items.waits_for_claim(item) and _has_more(item) and not _reached(item):
        item.call_at = now
        item.save(update_fields=["call_at"])


def look_after_safety_texts(*, now: datetime, limit: int = 200, clinic_id: UUID | None = None) -> int:
    """N5: look at up to `limit` items whose safety text should have been delivered by now; returns how many."""
    done = 0
    while done < limit and _look_after_one(now, clinic_id):
        done += 1
    return done


@transaction.atomic
def _look_after_one(now: datetime, clinic_id: UUID | None) -> bool:
    item = _claim("unseen_check_at", now, clinic_id)
    if item is None:
        return False
    if safety_text_undelivered(item.clinic_id, _number_hash(item), since=item.safety_texted_at or now):
        items.mark_unseen(item, now=now)
    ReviewItem.objects.filter(pk=item.pk).update(unseen_check_at=None)
    return True


def _number_hash(item: ReviewItem) -> str:
    """Whose safety text it was: the patient's, or that of the unknown number whose text the item is about."""
    if item.patient is not None:
        return item.patient.phone_hash
    texts = inbound_by_id(item.clinic_id, {item.message_id} if item.message_id else set())
    return next((text.number_hash for text in texts.values()), "")
