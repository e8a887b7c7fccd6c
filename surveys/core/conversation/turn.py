"""One turn while it is being thought: the state so far and the effects so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from surveys.core import asking
from surveys.core.conversation.path import may_be_put, stops, walk
from surveys.core.conversation.state import State
from surveys.core.definition.model import Question, SurveyDefinition
from surveys.core.effects import (
    AnswerKind,
    Effect,
    Finished,
    ForStaff,
    HandOver,
    KeepAnswer,
    LinkReason,
    Outcome,
    ReplaceAnswer,
    Say,
    SayKind,
    SendLink,
)
from surveys.core.replies.reading import READER_VERSION, Value
from surveys.core.replies.safety import Screening
from surveys.core.wording import Voice

MOST_ASKED: Final = 3
"""A question is put once and asked again at most twice; then a person takes over."""
OFFER_AT: Final = 2
"""Re-asks of one question from which a link to the web form goes with them (docs/adr/0021)."""
ON_PAGE: Final = "form"
"""What stands for the reader's version beside a value that was chosen on the web form."""
MOST_DETOURS: Final = 12
"""Texts without a new answer before a person takes over, whatever they are (house choice)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn comes to: the state to keep and the effects to carry out, in their order."""

    state: State
    effects: tuple[Effect, ...]


@dataclass(slots=True)
class Draft:
    """A turn in the making, changed only within one call of the engine. `silent`: nothing is said to the patient.

    `on_page`: the patient answers on the web form, where the next question shows itself. `screening`: of the text.
    """

    survey: SurveyDefinition
    state: State
    clinic: Voice
    silent: bool = False
    on_page: bool = False
    screening: Screening | None = None
    effects: list[Effect] = field(default_factory=list)

    @property
    def voice(self) -> Voice:
        """The clinic in the conversation's language."""
        return asking.speaking(self.clinic, self.state.language)

    def done(self) -> Turn:
        """The finished turn."""
        return Turn(self.state, tuple(self.effects))

    def set(self, **changes: Any) -> None:
        """Go on with a changed state."""
        self.state = replace(self.state, **changes)

    # -- saying -------------------------------------------------------------------------------------------------------

    def say(self, text: str, kind: SayKind, about: str | None = None) -> None:
        """Text the patient, unless a concern for safety keeps the survey silent."""
        if not self.silent:
            self.effects.append(Say(text, about, kind))

    def send_link(self, reason: LinkReason) -> None:
        """Text a link to the web form, unless a concern for safety keeps the survey silent."""
        if not self.silent:
            self.effects.append(SendLink(reason))

    def go_on_by_text(self) -> None:
        """The patient texts instead of using the link: ask by text again, unless they want links only."""
        self.set(by_link=self.state.link_only)

    def for_staff(self, reason: str) -> None:
        """Have a person read the text."""
        self.effects.append(ForStaff(reason))

    def may_ask(self, key: str) -> bool:
        """Whether a question may be put once more."""
        return self.state.asked.get(key, 0) < MOST_ASKED

    def ask(self, key: str) -> None:
        """Put a question, which is the open one from now on; hand over where it was put too often."""
        if self._gives_up(key):
            return
        if not self.may_ask(key):
            self.hand_over()
            return
        self._count(key)
        self._put(asking.prompt(self.survey.question(key), self.voice), "question", key)

    def ask_again(self, key: str) -> None:
        """Put the open question in the words that its type needs; hand over where that was done twice."""
        if self._gives_up(key):
            return
        if not self.may_ask(key):
            self.hand_over()
            return
        times = self.state.asked.get(key, 0)
        self._count(key)
        self._put(asking.again(self.survey.question(key), self.voice, times=times), "reask", key)
        if times >= OFFER_AT and not self.state.by_link:
            self.send_link("offer")

    def _gives_up(self, key: str) -> bool:
        """Go on past a question whose fact no longer holds."""
        if may_be_put(self.survey.question(key), self.state.known):
            return False
        self.go_on()
        return True

    def ask_to_confirm(self) -> None:
        """Ask whether the first value that jumped is right."""
        key = self.state.confirming[0]
        self._put(asking.confirm(self.state.answers[key], self.voice), "confirm", key)

    def _put(self, text: str, kind: SayKind, key: str) -> None:
        """Say what is open, or text the link to where it stands."""
        if self.state.by_link:
            self.send_link("question")
        else:
            self.say(text, kind, key)
            self.set(unseen=False)

    def _count(self, key: str) -> None:
        asked = self.state.asked.get(key, 0) + 1
        self.set(open=key, asked={**self.state.asked, key: asked})

    # -- answers ------------------------------------------------------------------------------------------------------

    def keep(self, question: Question, value: Value, kind: AnswerKind) -> None:
        """Store an answer to a question, or the correction of the one there is.

        A correction puts the question that was open once more: that is no sign that it was unclear, and does not count.
        """
        known = question.key in self.state.answers
        self._store(question, value, kind, replacing=known or question.key in self.state.closed)
        self.set(
            answers={**self.state.answers, question.key: None if kind == "text" else value},
            order=(*_without(self.state.order, question.key), question.key),
            closed=_without(self.state.closed, question.key),
            detours=self.state.detours if known else 0,
        )
        if known:
            asked = {key: times - (key not in self.state.answers) for key, times in self.state.asked.items()}
            self.set(asked={key: max(times, 0) for key, times in asked.items()})
            self._close_what_is_off_the_way()

    def _close_what_is_off_the_way(self) -> None:
        """After a correction some answers belong to a branch that is no longer taken: they no longer count."""
        passed, _ = walk(self.survey, self.state.answers, self.state.known)
        for key in [key for key in self.state.order if key not in passed]:
            self._store(self.survey.question(key), None, "skipped", replacing=True, raw=False)
            self.set(
                answers={each: value for each, value in self.state.answers.items() if each != key},
                order=_without(self.state.order, key),
                confirming=_without(self.state.confirming, key),
                closed=(*self.state.closed, key),
            )

    def _store(self, question: Question, value: Value, kind: AnswerKind, *, replacing: bool, raw: bool = True) -> None:
        effect = ReplaceAnswer if replacing else KeepAnswer
        prompt = asking.on_page(question, self.voice) if self.on_page else asking.prompt(question, self.voice)
        stored = None if kind == "text" else value
        reader = ON_PAGE if self.on_page else READER_VERSION
        raw = raw and (kind == "text" or not self.on_page)
        self.effects.append(effect(question.key, prompt, self.state.language, stored, kind, reader, raw))

    # -- going on and ending ------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """End where the last answer or the way ends; otherwise confirm what jumped, or ask what comes next."""
        last = self.state.order[-1] if self.state.order else None
        _, following = walk(self.survey, self.state.answers, self.state.known)
        if last is not None and stops(self.survey.question(last), self.state.answers[last]):
            self.finish("stopped")
        elif self.state.confirming:
            self.set(open=following)
            self.ask_to_confirm()
        elif following is None:
            self.say(self.voice.say("SVC-DONE"), "done")
            self.finish("completed")
        else:
            self.ask(following)

    def hand_over(self) -> None:
        """Give up: a person reads what was written and takes it from here."""
        self.say(self.voice.say("SVC-FREETEXT"), "notice")
        self.effects.append(HandOver("unclear"))
        self.finish("partial")

    def finish(self, outcome: Outcome) -> None:
        """End the conversation."""
        self.set(open=None, confirming=(), ended=True)
        self.effects.append(Finished(outcome))


def _without(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(each for each in keys if each != key)
