"""The texts in which a question is asked, asked again and confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from surveys.core.definition.model import Question
from surveys.core.replies.reading import QuestionType, Value
from surveys.core.wording import Voice

EXAMPLE: Final = 6
"""The number that SVC-BADREPLY gives as an example; it must be an answer to the question it is sent for."""

_AGAIN: Final[dict[QuestionType, str]] = {
    "single_choice": "SVC-BADCHOICE",
    "yes_no": "SVC-BADCHOICE",
    "multi_choice": "SVC-BADCHOICES",
    "time": "SVC-BADTIME",
    "date": "SVC-BADDATE",
}


def prompt(question: Question, voice: Voice) -> str:
    """The question as it is sent."""
    return voice.fill(question.prompt[voice.language])


def on_page(question: Question, voice: Voice) -> str:
    """The question as the web form puts it, its options left to the form."""
    return voice.fill((question.page or question.prompt)[voice.language])


def again(question: Question, voice: Voice, *, times: int) -> str:
    """The question asked again: first (`times` 1) how to answer it, with the options in words; then the whole again."""
    text = _AGAIN.get(question.type, "SVC-AGAIN")
    if question.type in {"scale", "number"} and question.accepts(EXAMPLE):
        text = "SVC-BADREPLY"
    if times > 1:
        text = "SVC-AGAIN"
    return voice.say(text, prompt=prompt(question, voice), options=_options(question, voice.language))


def confirm(value: Value, voice: Voice) -> str:
    """Whether a value that jumps is what the patient meant; nothing but the number is said back."""
    return voice.say("SVC-CONFIRM", n=f"{value:g}" if isinstance(value, int | float) else str(value))


def speaking(voice: Voice, language: str) -> Voice:
    """The same clinic in another language."""
    return replace(voice, language=language)


def _options(question: Question, language: str) -> str:
    return ", ".join(f"{option.code} {option.label[language]}" for option in question.options)
