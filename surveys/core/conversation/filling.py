"""Values from the web form: certain already, but bound to the same way through the survey as texts are."""

from __future__ import annotations

from surveys.core.conversation.path import walk
from surveys.core.conversation.replying import mark_jump
from surveys.core.conversation.turn import Draft
from surveys.core.effects import SwitchLanguage
from surveys.core.replies.reading import Value


class NotAsked(LookupError):
    """The question is not on the patient's way through the survey, or the conversation has ended."""


class NotWithin(ValueError):
    """The value is no answer to the question, or the question may not be skipped."""


def take_typed(draft: Draft, key: str, value: Value, language: str) -> None:
    """Keep a value for the open question or change the answer to an earlier one, and go on.

    A value that jumps is confirmed by sending the question once more. Raises NotAsked and NotWithin.
    """
    passed, following = walk(draft.survey, draft.state.answers, draft.state.known)
    if draft.state.ended or key not in {*passed, following}:
        raise NotAsked(key)
    question = draft.survey.question(key)
    if not (question.accepts(value) if value is not None else not question.required):
        raise NotWithin(key)
    _speak(draft, language)
    draft.set(confirming=tuple(each for each in draft.state.confirming if each != key))
    if key == following or question.type == "text" or value != draft.state.answers[key]:
        draft.keep(question, value, "skipped" if value is None else "text" if question.type == "text" else "value")
        mark_jump(draft, question, value)
    draft.go_on()


def _speak(draft: Draft, language: str) -> None:
    """The page was in another language than the conversation: it goes on in that one."""
    if language != draft.state.language and language in draft.survey.languages:
        draft.effects.append(SwitchLanguage(language))
        draft.set(language=language)
