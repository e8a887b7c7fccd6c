"""One conversation while a turn of it is handled: its rows, locked, and what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from clinics.queries import rostered
from followup.core.lifecycle import FollowUpStatus
from followup.core.parties import ClinicFacts
from followup.core.plan import next_timer
from followup.models import Conversation, FollowUp, Patient
from followup.operations import texts
from messaging.core.drafts import TextDraft
from messaging.core.lifecycle import Purpose
from privacy.sensitive import Sensitive
from surveys.core.conversation import STATE_FORMAT, State
from surveys.core.definition import SurveyDefinition
from surveys.core.effects import Say
from surveys.core.wording import Voice
from surveys.queries import definition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an answer comes from: the text as it came, and when. `seen`: a person reads this text in any case."""

    message_id: UUID | None
    body: Sensitive
    at: datetime
    late: bool = False
    seen: bool = False
    channel: str = "sms"


@dataclass(slots=True)
class Asking:
    """A follow-up that is or was being asked, with its conversation; both rows are locked by whoever made this.

    `at` is the time of the turn: what questions need, such as somebody on call, is looked at then.
    """

    conversation: Conversation
    follow_up: FollowUp
    at: datetime

    @property
    def patient(self) -> Patient:
        """Who is asked."""
        return self.follow_up.patient

    @property
    def clinic(self) -> ClinicFacts:
        """Who asks."""
        return self.follow_up.clinic

    @property
    def survey(self) -> SurveyDefinition:
        """The version that was pinned when it opened."""
        if self.follow_up.survey_version_id is None:
            raise ValueError("An opened follow-up has a version.")
        return definition_of(self.follow_up.survey_version_id)

    @property
    def voice(self) -> Voice:
        """How the clinic speaks in this conversation."""
        return texts.voice_for(self.clinic, self.conversation.language)

    @property
    def state(self) -> State:
        """Where the patient is in the survey, with the facts that its questions need as they stand now."""
        state = State.from_json(self.conversation.state)
        if "rostered" not in self.survey.facts:
            return state
        return state.knowing(rostered=self.clinic.id in rostered([self.clinic.id], now=self.at))

    def local(self, at: datetime) -> datetime:
        """A moment on the patient's wall clock, for reading dates and times of day."""
        return at.astimezone(ZoneInfo(self.patient.time_zone)).replace(tzinfo=None)

    def keep_state(self, state: State) -> int:
        """Store the next state; returns the number of this turn, which names its texts."""
        turn = self.conversation.revision
        self.conversation.state, self.conversation.format = state.to_json(), STATE_FORMAT
        self.conversation.revision = turn + 1
        self.conversation.channel = "web" if state.by_link else "sms"
        self.conversation.save(update_fields=["state", "format", "revision", "language", "channel"])
        return turn

    def drafts(self, says: Sequence[Say], *, turn: int, purpose: Purpose, now: datetime) -> list[TextDraft]:
        """The texts of a turn; each has a key of its own, so that the turn cannot be said twice."""
        is_open = self.follow_up.status == FollowUpStatus.OPEN and self.follow_up.closes_at is not None
        until = self.follow_up.closes_at if is_open else now + texts.USEFUL[Purpose.CONVERSATION]
        return [
            texts.draft(
                self.patient,
                self.clinic,
                key=f"followup:{self.follow_up.id}:{turn}:{number}",
                body=say.text,
                purpose=purpose,
                expires_at=max(until or now, now + texts.SHORTEST),
                language=self.conversation.language,
                follow_up_id=self.follow_up.id,
            )
            for number, say in enumerate(says)
        ]

    def refresh(self) -> None:
        """See what another operation of this transaction has made of the rows."""
        self.follow_up.refresh_from_db(fields=["status", "reason", "timer_at", "closed_at", "updated_at"])
        self.conversation.refresh_from_db(fields=["waiting_since", "held_since", "ended_at"])
        self.patient.refresh_from_db(fields=["status", "paused_until", "language", "phone_problem"])

    def timer(self) -> datetime:
        """When the follow-up needs attention next."""
        row = self.follow_up
        if row.opened_at is None or row.closes_at is None:
            raise ValueError("Only an opened follow-up has timers.")
        return next_timer(
            row.rule(),
            opened_at=row.opened_at,
            closes_at=row.closes_at,
            reminders_sent=row.reminders_sent,
            zone=ZoneInfo(self.patient.time_zone),
            hours=self.clinic.send_window,
        )


def lock_asking(*, now: datetime, **conditions: Any) -> Asking | None:
    """The conversation that meets `conditions`, with its follow-up, both locked; None when there is none."""
    rows = Conversation.objects.select_for_update(of=("self", "follow_up")).select_related(
        "follow_up__patient", "follow_up__clinic", "follow_up__care_session"
    )
    conversation = rows.filter(**conditions).order_by("-started_at", "-id").first()
    if conversation is None:
        return None
    return Asking(conversation=conversation, follow_up=conversation.follow_up, at=now)
