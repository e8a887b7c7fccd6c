"""What the operations page shows of one clinic: rows and figures in the words of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from followup.queries.figures import unreachable
from messaging import figures as texts
from messaging.operations import PERSON_AFTER
from watch import queries
from watch.web import words

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckText:
    """A text that stands still: which, to whom, since when and why; `decidable` once a person may say what became."""

    id: UUID
    number: Any
    purpose: str
    since: datetime
    next_at: datetime | None
    why: str
    decidable: bool = False


@dataclass(slots=True, kw_only=True)
class Standing:
    """Everything on the page; `mark` changes with anything of it."""

    alerts: list[tuple[Any, str, str]]
    ended: list[tuple[Any, str]]
    stops: list[Any]
    uncertain: list[StuckText]
    waiting: list[StuckText]
    set_aside: list[Any]
    unreachable: list[Any]
    queues: list[tuple[str, int, datetime | None]]
    elsewhere: list[Any] = field(default_factory=list)

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing for anybody to do."""
        return not (self.alerts or self.stops or self.uncertain or self.waiting or self.set_aside or self.elsewhere)

    @property
    def mark(self) -> str:
        """A fingerprint of what is shown."""
        parts: list[Any] = [(alert.pk, alert.count, alert.acknowledged_at, told) for alert, _, told in self.alerts]
        parts += [row.pk for row in (*(alert for alert, _ in self.ended), *self.stops, *self.set_aside)]
        parts += [(row.pk, row.phone_problem) for row in self.unreachable]
        parts += [(row.id, row.decidable, row.next_at) for row in (*self.uncertain, *self.waiting)]
        parts += [*self.queues, *((alert.pk, alert.count) for alert in self.elsewhere)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def standing(clinic_id: UUID, *, everywhere: bool, now: datetime) -> Standing:
    """What stands still at a clinic; `everywhere` adds the alerts of other clinics, for who runs the installation."""
    rows = texts.standing(clinic_id, now=now)
    alerts = queries.open_alerts(clinic_id)
    told = queries.untold(alerts)
    uncertain = list(rows["uncertain"][:MOST_SHOWN])
    behind = {row.number_hash for row in uncertain}
    stops = list(rows["stops"])
    waiting = [*rows["late"][:MOST_SHOWN], *rows["held_up"][:MOST_SHOWN]]
    elsewhere = queries.open_alerts().exclude(queries.seen_by(clinic_id)) if everywhere else []
    return Standing(
        alerts=[(alert, words.words_of(alert), told.get(alert.pk, "")) for alert in alerts],
        ended=[(alert, words.words_of(alert)) for alert in queries.ended_alerts(clinic_id, now=now)[:10]],
        stops=stops,
        uncertain=[uncertain_text(row, now) for row in uncertain],
        waiting=[_waiting(row, behind, is_stopped=bool(stops), now=now) for row in waiting],
        set_aside=list(rows["set_aside"][:MOST_SHOWN]),
        unreachable=list(unreachable(clinic_id)[:MOST_SHOWN]),
        queues=list(_queues(clinic_id, now)),
        elsewhere=list(elsewhere),
    )


def uncertain_text(row: Any, now: datetime) -> StuckText:
    """A text of unknown outcome; a person may decide once the provider has been asked for PERSON_AFTER."""
    since = row.claimed_at or row.queued_at
    return StuckText(
        id=row.pk,
        number=row.number,
        purpose=words.PURPOSES[row.purpose],
        since=since,
        next_at=None,
        why=words.why(row.reason),
        decidable=now - since >= PERSON_AFTER,
    )


def _waiting(row: Any, behind: set[str], *, is_stopped: bool, now: datetime) -> StuckText:
    is_due = row.next_attempt_at <= now
    late = words.STOPPED if is_stopped else words.BEHIND if row.number_hash in behind else words.LATE
    return StuckText(
        id=row.pk,
        number=row.number,
        purpose=words.PURPOSES[row.purpose],
        since=row.next_attempt_at if is_due else row.claimed_at,
        next_at=None if is_due else row.next_attempt_at,
        why=late if is_due else words.why(row.reason),
    )


def _queues(clinic_id: UUID, now: datetime) -> Iterable[tuple[str, int, datetime | None]]:
    known = {
        figure.subject: figure
        for figure in queries.figures(now=now)
        if figure.name == "queue" and figure.clinic_id == clinic_id
    }
    for queue, name in words.QUEUES.items():
        figure = known.get(queue)
        yield name, figure.count if figure else 0, figure.oldest if figure else None
