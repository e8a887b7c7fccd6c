"""The conversation engine: pure functions from a survey, a state and what happened to a new state and effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from surveys.core.conversation.filling import NotAsked, NotWithin, take_typed
from surveys.core.conversation.path import may_be_put, walk
from surveys.core.conversation.replying import put_again, reply_after_end, reply_to_confirm, reply_to_open
from surveys.core.conversation.state import STATE_FORMAT, State, UnknownStateFormat
from surveys.core.conversation.turn import MOST_ASKED, Draft, Turn
from surveys.core.definition.model import SurveyDefinition
from surveys.core.replies.reading import Reading, Value
from surveys.core.replies.safety import Screening
from surveys.core.wording import Voice

__all__ = [
    "MOST_ASKED",
    "STATE_FORMAT",
    "NotAsked",
    "NotWithin",
    "State",
    "Turn",
    "UnknownStateFormat",
    "begin",
    "by_link",
    "expire",
    "fill",
    "looked_at",
    "open_question",
    "pass_over",
    "remind",
    "reply",
    "way",
]


def begin(
    survey: SurveyDefinition,
    *,
    voice: Voice,
    known: Mapping[str, Any] | None = None,
    by_link: bool = False,
    link_only: bool = False,
) -> Turn:
    """Put the first question, in the voice's language where the survey has it, or with `by_link` send a link to it.

    With `link_only` no text of this conversation holds a question, whatever the patient texts (clinical content, H-02).

    `known` holds the patient's last readings by question key, for the confirmation of jumps, and facts that questions
    need, such as `rostered`. Only what the survey asks for is kept.
    """
    wanted = {question.key for question in survey.questions} | {question.needs for question in survey.questions}
    kept = {key: value for key, value in (known or {}).items() if key in wanted and value is not None}
    by_link = by_link or link_only
    state = State(
        language=survey.spoken(voice.language), known=kept, by_link=by_link, link_only=link_only, unseen=by_link
    )
    draft = Draft(survey, state, voice)
    draft.go_on()
    if by_link:
        draft.set(asked={})  # a link puts no question: it may still be asked by text, and asked again twice
    return draft.done()


def reply(
    survey: SurveyDefinition,
    state: State,
    text: str,
    *,
    voice: Voice,
    now: datetime | None,
    reading: Reading | None = None,
    screening: Screening | None = None,
    hold: bool = False,
) -> Turn:
    """Take a text of the patient. Any text gives a turn, never an exception.

    `now` is the patient's local date and time. `reading` stands in for the reader where the value is certain already,
    as on a form; `screening` is the text's, where it has been made. With `hold` a value in the text is kept and the
    position moves on, but nothing is said: somebody is looking after the patient, and `remind` puts the open question
    again later.
    """
    draft = Draft(survey, state, voice, silent=hold, screening=screening)
    if state.ended:
        reply_after_end(draft, text, now, reading)
    elif state.confirming:
        reply_to_confirm(draft, text, now, reading)
    else:
        reply_to_open(draft, text, now, reading)
    return draft.done()


def looked_at(state: State) -> State:
    """The patient has the open question before them on the web form; texts hold the link from now on."""
    return replace(state, by_link=True, unseen=False)


def by_link(state: State) -> State:
    """Texts hold the link from now on instead of questions."""
    return replace(state, by_link=True)


def fill(
    survey: SurveyDefinition, state: State, key: str, value: Value, *, voice: Voice, language: str | None = None
) -> Turn:
    """Take a value that the patient chose on the web form, None for a skipped question; nothing is texted.

    The same branches, stops and confirmations hold as for texts. `language` is that of the page.

    Raises:
        NotAsked: the question is not on the patient's way, or the conversation has ended.
        NotWithin: the value is no answer to it.
    """
    draft = Draft(survey, looked_at(state), voice, silent=True, on_page=True)
    take_typed(draft, key, value, language or state.language)
    return draft.done()


def pass_over(survey: SurveyDefinition, state: State, *, voice: Voice) -> Turn | None:
    """Go on past an open question whose fact no longer holds, without a text; None where nothing is in the way."""
    if state.ended or state.open is None or may_be_put(survey.question(state.open), state.known):
        return None
    draft = Draft(survey, state, voice, silent=True, on_page=True)
    draft.go_on()
    return draft.done()


def remind(survey: SurveyDefinition, state: State, *, voice: Voice) -> Turn:
    """Remind of an open conversation: SVC-REMIND before the first answer, afterwards the open question itself.

    The question counts as new: it may be asked again twice from here on. An ended conversation is not reminded of; one
    whose open question may no longer be put goes on past it, which may end it.
    """
    draft = Draft(survey, state, voice)
    if state.ended or state.open is None:
        if state.confirming:
            put_again(draft)
        return draft.done()
    draft.set(asked={**state.asked, state.open: 0})
    if not may_be_put(survey.question(state.open), state.known):
        draft.ask(state.open)
    elif state.by_link:
        draft.send_link("reminder")
    elif state.answers:
        draft.say(draft.voice.say("SVC-STILLOPEN"), "reminder")
        put_again(draft)
    else:
        draft.say(draft.voice.say("SVC-REMIND"), "reminder", state.open)
    return draft.done()


def expire(survey: SurveyDefinition, state: State, *, voice: Voice) -> Turn:
    """End a conversation whose time has run out; nothing is said. What was answered stays."""
    draft = Draft(survey, state, voice)
    if not state.ended:
        draft.finish("partial" if state.answers else "expired")
    return draft.done()


def way(survey: SurveyDefinition, state: State) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The answered questions on the patient's way, and those that may still come, the next one first."""
    passed, following = walk(survey, state.answers, state.known)
    if following is None:
        return passed, ()
    ahead = survey.questions[survey.position(following) :]
    return passed, tuple(each.key for each in ahead if each.needs is None or state.known.get(each.needs))


def open_question(survey: SurveyDefinition, state: State) -> str | None:
    """The key of the question that a reply is taken for now, or None."""
    key = state.confirming[0] if state.confirming else state.open
    return key if key is not None and any(question.key == key for question in survey.questions) else None
