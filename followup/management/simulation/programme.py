"""The virtual clock: what falls due is opened, carried and answered, one moment after the other."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Min

from followup.management.simulation.persona import Persona
from followup.models import Conversation, FollowUp
from followup.operations.open_due import open_due
from followup.operations.run_timers import run_timers
from messaging.operations import Settled, handle_inbound, settle_virtually, store_inbound
from messaging.queries import outbound
from privacy.phones import phone_hash
from surveys.core.conversation import State, open_question
from surveys.core.definition import Question
from surveys.queries import definition_of

Action = Callable[[datetime], None]
SENDER = "+16185550100"
FIRST_REPLY_MINUTES = (2, 150)
NEXT_REPLY_MINUTES = (0.3, 2.5)
NEVER_TREATED = 9999.0
"""Hours since the last session for somebody who has had none: no relief is left."""


class NotHandled(Exception):
    """A scripted text could not be handled: the log says why."""


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
        while (moment := self._next_moment()) is not None and moment <= until:
            tell(moment)
            while self._agenda and self._agenda[0][0] <= moment:
                heapq.heappop(self._agenda)[2](moment)
            self._sweep(moment)

    def _next_moment(self) -> datetime | None:
        due = FollowUp.objects.filter(clinic_id=self.clinic.id)
        times = [
            due.filter(opens_at__isnull=False).aggregate(at=Min("opens_at"))["at"],
            due.filter(timer_at__isnull=False).aggregate(at=Min("timer_at"))["at"],
            self._waiting_texts(),
            self._agenda[0][0] if self._agenda else None,
        ]
        return min((at for at in times if at is not None), default=None)

    def _waiting_texts(self) -> datetime | None:
        waiting = outbound(self.clinic).filter(next_attempt_at__isnull=False)
        at: datetime | None = waiting.aggregate(at=Min("next_attempt_at"))["at"]
        return at

    def _sweep(self, now: datetime) -> None:
        """What the service's sweeps do, for this clinic alone."""
        while open_due(now=now, clinic_id=self.clinic.id):
            pass
        run_timers(now=now, clinic_id=self.clinic.id)
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
