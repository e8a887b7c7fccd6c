"""The virtual clock: what falls due is opened, carried and answered, one moment after the other."""

from __future__ import annotations

import heapq
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from django.db.models import Min

from followup.management.simulation.persona import Persona
from followup.models import Conversation, FollowUp
from followup.operations.open_due import open_due
from followup.operations.run_timers import run_timers
from messaging.operations import Settled, handle_inbound, settle_virtually, store_inbound
from messaging.queries import outbox
from privacy.phones import phone_hash
from surveys.core.conversation import State, open_question
from surveys.core.definition import Question
from surveys.queries import definition_of

Action = Callable[[datetime], None]
BATCH = 200
SENDER = "+16185550100"
FIRST_REPLY_MINUTES = (2, 150)
NEXT_REPLY_MINUTES = (0.3, 2.5)
NEVER_TREATED = 9999.0
"""Hours since the last session for somebody who has had none: no relief is left."""


class NotHandled(Exception):
    """A scripted text could not be handled: the log says why."""


class _Due(NamedTuple):
    """When something of each kind is due next."""

    opens_at: datetime | None
    timer_at: datetime | None
    text_at: datetime | None


@contextmanager
def _quietly() -> Iterator[None]:
    """Months of log lines within a minute help nobody: only warnings and worse are logged meanwhile."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


class Programme:
    """A clinic's programme in virtual time. `counts` says what happened."""

    def __init__(self, clinic: Any, rng: Random) -> None:
        self.clinic = clinic
        self.rng = rng
        self.counts: Counter[str] = Counter()
        self._people: dict[str, Persona] = {}
        self._agenda: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()
        self._answering: dict[str, int] = {}

    def join(self, persona: Persona) -> None:
        """Let a scripted patient hold the phone with the persona's number."""
        self._people[phone_hash(persona.number)] = persona

    def at(self, moment: datetime, action: Action) -> None:
        """Do something at a moment of virtual time."""
        heapq.heappush(self._agenda, (moment, next(self._order), action))

    def run(self, until: datetime, tell: Callable[[datetime], None] = lambda moment: None) -> None:
        """Let time pass until `until`; `tell` hears of every moment at which something happens."""
        with _quietly():
            while True:
                due = self._due()
                moment = min((at for at in (*due, self._next_action()) if at is not None), default=None)
                if moment is None or moment > until:
                    return
                tell(moment)
                self._sweep(self._due() if self._act(moment) else due, moment)

    def _next_action(self) -> datetime | None:
        return self._agenda[0][0] if self._agenda else None

    def _act(self, now: datetime) -> bool:
        """Do what the agenda has for this moment; returns whether there was something."""
        acted = False
        while self._agenda and self._agenda[0][0] <= now:
            heapq.heappop(self._agenda)[2](now)
            acted = True
        return acted

    def _due(self) -> _Due:
        """When the clinic's next follow-up, timer and text are due."""
        rows = FollowUp.objects.filter(clinic_id=self.clinic.id)
        follow_ups = rows.aggregate(opens_at=Min("opens_at"), timer_at=Min("timer_at"))
        waiting = outbox(self.clinic).filter(next_attempt_at__isnull=False)
        return _Due(**follow_ups, text_at=waiting.aggregate(at=Min("next_attempt_at"))["at"])

    def _sweep(self, due: _Due, now: datetime) -> None:
        """What the service's sweeps do, for this clinic alone and only where something is due."""
        if due.opens_at is not None and due.opens_at <= now:
            while open_due(now=now, limit=BATCH, clinic_id=self.clinic.id) == BATCH:
                pass
        if due.timer_at is not None and due.timer_at <= now:
            run_timers(now=now, clinic_id=self.clinic.id)
        if any(at is not None and at <= now for at in due):
            self._deliver(now)

    def _deliver(self, now: datetime) -> None:
        for text in settle_virtually(now=now, clinic_id=self.clinic.id):
            self.counts["texts_delivered"] += 1
            self._arrived(text, now)

    def _arrived(self, text: Settled, now: datetime) -> None:
        """A phone buzzes: its owner answers in a while, or not at all."""
        persona = self._people.get(text.number_hash)
        if persona is None or text.context_id is None:
            return
        first = text.number_hash not in self._answering
        if first and self.rng.random() > persona.answering:
            self.counts["texts_not_answered"] += 1
            return
        low, high = FIRST_REPLY_MINUTES if first else NEXT_REPLY_MINUTES
        self._reply_later(text.number_hash, now + timedelta(minutes=self.rng.uniform(low, high)))

    def _reply_later(self, number_hash: str, moment: datetime) -> None:
        """One reply is under way at a time: two texts in a row are answered once."""
        ticket = next(self._order)
        self._answering[number_hash] = ticket
        self.at(moment, lambda now: self._reply(number_hash, ticket, now))

    def _reply(self, number_hash: str, ticket: int, now: datetime) -> None:
        if self._answering.get(number_hash) != ticket:
            return
        persona = self._people[number_hash]
        asked = self._asked(number_hash)
        if asked is None:
            del self._answering[number_hash]
            return
        question, ended_at = asked
        persona.hours_since_session = (now - ended_at).total_seconds() / 3600 if ended_at else NEVER_TREATED
        self.text(persona, persona.reply(question, self.rng), now)

    def _asked(self, number_hash: str) -> tuple[Question, datetime | None] | None:
        """The question that waits for an answer on a phone, and when the session before it ended."""
        waiting = Conversation.objects.filter(
            clinic_id=self.clinic.id, number_hash=number_hash, waiting_since__isnull=False, held_since__isnull=True
        )
        row = waiting.select_related("follow_up__care_session").first()
        if row is None or row.follow_up.survey_version_id is None:
            return None
        survey = definition_of(row.follow_up.survey_version_id)
        question = open_question(survey, State.from_json(row.state))
        return (survey.question(question), row.follow_up.care_session.ended_at) if question else None

    def text(self, persona: Persona, body: str, now: datetime) -> None:
        """Text the service as a scripted patient. Raises NotHandled."""
        inbound_id = store_inbound(
            clinic_id=self.clinic.id,
            provider_id=f"SM{self.rng.getrandbits(128):032x}",
            number=persona.number,
            sender=SENDER,
            body=body,
            received_at=now,
        )
        if inbound_id is None or not handle_inbound(inbound_id, now=now):
            raise NotHandled(str(inbound_id))
        self.counts["texts_received"] += 1
