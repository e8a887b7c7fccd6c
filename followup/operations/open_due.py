"""Follow-ups fall due: version pinned, conversation begun, first text queued, in one transaction for a whole batch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction

from followup.core.lifecycle import FollowUpStatus, Reason
from followup.core.opening import RETRY_BUSY, Drop, Open, PutBack, decide
from followup.core.plan import next_timer
from followup.models.patient import Channel
from followup.operations import texts
from followup.operations.due import Batch, Row, claim_due
from followup.operations.form_links import make_links
from followup.queries.history import last_known_of
from messaging.core.drafts import TextDraft
from messaging.core.lifecycle import Purpose
from messaging.operations import enqueue
from privacy.ids import new_id
from surveys.core import conversation
from surveys.core.effects import Say
from surveys.queries import LiveVersion

log = structlog.get_logger(__name__)

BEGIN = """
INSERT INTO followup_conversation (id, clinic_id, follow_up_id, patient_id, number_hash, sender, channel, language,
                                   state, format, revision, waiting_since, started_at)
SELECT id, clinic_id, follow_up_id, patient_id, number_hash, '', channel, language, state, format, 1, %s, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::jsonb[],
            %s::int[])
     AS new (id, clinic_id, follow_up_id, patient_id, number_hash, channel, language, state, format)
ON CONFLICT (clinic_id, number_hash) WHERE waiting_since IS NOT NULL DO NOTHING
RETURNING follow_up_id
"""
OPENED = """
UPDATE followup_followup f
SET status = 'open', reason = '', opens_at = NULL, opened_at = %s, updated_at = %s,
    survey_version_id = new.version, survey = new.survey, timer_at = new.timer_at
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[]) AS new (id, version, survey, timer_at)
WHERE f.id = new.id
"""
NOT_OPENED = """
UPDATE followup_followup f
SET status = new.status, reason = new.reason, opens_at = new.opens_at, updated_at = %s,
    closed_at = CASE WHEN new.opens_at IS NULL THEN %s END
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[]) AS new (id, status, reason, opens_at)
WHERE f.id = new.id
"""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A follow-up whose conversation has been thought of, but not yet written."""

    row: Row
    version: LiveVersion
    state: dict[str, Any]
    says: tuple[Say, ...]
    by_link: bool


@transaction.atomic
def open_due(*, now: datetime, limit: int = 200, clinic_id: UUID | None = None) -> int:
    """Deal with up to `limit` due follow-ups: ask them, put them back or drop them, each with a reason.

    Returns how many were dealt with. Any number of workers may call it at once; none asks twice. With `clinic_id` only
    that clinic's: a simulation has its own time.
    """
    batch = claim_due(now=now, limit=limit, clinic_id=clinic_id)
    if not batch.rows:
        return 0
    wanted, unasked = _decide(batch, now)
    begun, failed = _begin(batch, wanted)
    asked = _write_conversations(begun, now)
    busy = PutBack(Reason.PHONE_BUSY, now + RETRY_BUSY)
    unasked += failed + [(each.row, busy) for each in begun if each.row.follow_up_id not in asked]
    opened = [each for each in begun if each.row.follow_up_id in asked]
    _write_opened(batch, opened, now)
    _write_not_opened(unasked, now)
    _queue(batch, opened, now)
    log.debug("follow_ups_due", opened=len(opened), not_opened=len(unasked))
    return len(batch.rows)


def _decide(batch: Batch, now: datetime) -> tuple[list[Row], list[tuple[Row, PutBack | Drop]]]:
    wanted: list[Row] = []
    unasked: list[tuple[Row, PutBack | Drop]] = []
    taken: set[tuple[UUID, str]] = set()
    for row in batch.rows:
        decision = decide(batch.candidate(row, taken=taken, now=now), now)
        if isinstance(decision, Open):
            wanted.append(row)
            taken.add((row.clinic_id, row.phone_hash))
        else:
            unasked.append((row, decision))
    return wanted, unasked


def _begin(batch: Batch, rows: Sequence[Row]) -> tuple[list[_Begun], list[tuple[Row, PutBack | Drop]]]:
    """Think the first turn of each; one that cannot be begun is set aside and never stops the others."""
    known = last_known_of([row.id for row in rows])
    first_turns: dict[tuple[object, ...], conversation.Turn] = {}
    begun: list[_Begun] = []
    failed: list[tuple[Row, PutBack | Drop]] = []
    for row in rows:
        try:
            begun.append(_begin_one(batch, row, known.get(row.id, {}), first_turns))
        except Exception:
            log.exception("follow_up_not_begun", follow_up=str(row.follow_up_id))
            failed.append((row, Drop(FollowUpStatus.SKIPPED, Reason.NO_LIVE_SURVEY)))
    return begun, failed


def _begin_one(
    batch: Batch, row: Row, known: dict[str, Any], first_turns: dict[tuple[object, ...], conversation.Turn]
) -> _Begun:
    """The first turn depends on the survey, the clinic's voice and what is known: equal ones are thought only once."""
    version = batch.survey(row)
    if version is None:
        raise ValueError("Only what has a live survey is begun.")
    known = known | batch.facts(row, version)
    alike = (version.id, row.clinic_id, row.language, row.channel, *sorted(known.items()))
    if alike not in first_turns:
        voice = texts.voice_for(batch.clinics[row.clinic_id], row.language)
        first_turns[alike] = conversation.begin(
            version.definition,
            voice=voice,
            known=known,
            by_link=version.definition.channel == "web",
            link_only=row.channel == Channel.WEB,
        )
    turn = first_turns[alike]
    says = tuple(effect for effect in turn.effects if isinstance(effect, Say))
    return _Begun(row, version, turn.state.to_json(), says, turn.state.by_link)


def _write_conversations(begun: Sequence[_Begun], now: datetime) -> set[UUID]:
    """Write the conversations; returns the follow-ups whose phone was free. Sorted: two workers cannot deadlock."""
    ordered = sorted(begun, key=lambda each: (each.row.clinic_id, each.row.phone_hash))
    columns = (
        [new_id() for _ in ordered],
        [each.row.clinic_id for each in ordered],
        [each.row.follow_up_id for each in ordered],
        [each.row.id for each in ordered],
        [each.row.phone_hash for each in ordered],
        [Channel.WEB if each.by_link else Channel.SMS for each in ordered],
        [each.row.language for each in ordered],
        [json.dumps(each.state) for each in ordered],
        [conversation.STATE_FORMAT for _ in ordered],
    )
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [now, now, *columns])
        return {follow_up_id for (follow_up_id,) in cursor.fetchall()}


def _write_opened(batch: Batch, opened: Sequence[_Begun], now: datetime) -> None:
    timers = _timers(batch, opened, now)
    columns = (
        [each.row.follow_up_id for each in opened],
        [each.version.id for each in opened],
        [each.version.definition.key for each in opened],
        timers,
    )
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [now, now, *columns])


def _timers(batch: Batch, opened: Sequence[_Begun], now: datetime) -> list[datetime]:
    """When each needs attention next; those of one step, closing time, clinic and zone share it."""
    shared: dict[tuple[object, ...], datetime] = {}
    timers = []
    for row in (each.row for each in opened):
        alike = (row.step_id, row.closes_at, row.clinic_id, row.time_zone)
        if alike not in shared:
            shared[alike] = next_timer(
                batch.step(row),
                opened_at=now,
                closes_at=row.closes_at,
                reminders_sent=0,
                zone=ZoneInfo(row.time_zone),
                hours=batch.clinics[row.clinic_id].send_window,
            )
        timers.append(shared[alike])
    return timers


def _write_not_opened(unasked: Sequence[tuple[Row, PutBack | Drop]], now: datetime) -> None:
    ids = [row.follow_up_id for row, _ in unasked]
    statuses = [each.status if isinstance(each, Drop) else FollowUpStatus.SCHEDULED for _, each in unasked]
    reasons = [each.reason for _, each in unasked]
    opens_at = [each.until if isinstance(each, PutBack) else None for _, each in unasked]
    with connection.cursor() as cursor:
        cursor.execute(NOT_OPENED, [now, now, ids, list(map(str, statuses)), list(map(str, reasons)), opens_at])


def _queue(batch: Batch, opened: Sequence[_Begun], now: datetime) -> None:
    drafts = texts.notices([(each.row, batch.clinics[each.row.clinic_id]) for each in opened], now=now)
    for each in opened:
        drafts += [_question(batch, each, number, say.text) for number, say in enumerate(each.says)]
    by_link = [each for each in opened if each.by_link]
    urls = make_links([(each.row.clinic_id, each.row.follow_up_id) for each in by_link], "question", now=now)
    for each, url in zip(by_link, urls, strict=True):
        voice = texts.voice_for(batch.clinics[each.row.clinic_id], each.row.language)
        drafts.append(_question(batch, each, 0, voice.say("SVC-LINK", link=url)))
    enqueue(drafts, now=now)


def _question(batch: Batch, begun: _Begun, number: int, body: str) -> TextDraft:
    row = begun.row
    return texts.draft(
        row,
        batch.clinics[row.clinic_id],
        key=f"followup:{row.follow_up_id}:0:{number}",
        body=body,
        purpose=Purpose.QUESTION,
        expires_at=row.closes_at,
        follow_up_id=row.follow_up_id,
    )
