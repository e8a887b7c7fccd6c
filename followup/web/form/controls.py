"""A question as the form shows it: its words, its buttons or field, and where the patient is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from followup.web.form.wording import Words
from surveys.core.asking import on_page
from surveys.core.choosing import LONGEST, NotChosen, code_of, in_words, nothing_of
from surveys.core.conversation import State, open_question, way
from surveys.core.definition import Question, SurveyDefinition
from surveys.core.replies.reading import Value
from surveys.core.wording import Voice

MOST_BUTTONS: Final = 11
"""A scale up to this long has a button for each number; a longer one is typed."""
Kind = Literal["scale", "one", "several", "number", "words", "time", "date"]
KINDS: Final[dict[str, Kind]] = {
    "yes_no": "one",
    "single_choice": "one",
    "multi_choice": "several",
    "text": "words",
    "time": "time",
    "date": "date",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: what it sends, what it says, and whether it is chosen."""

    code: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One question on its page. `lead` is the stem above the question, `low` and `high` name the ends of a scale."""

    question: Question
    lead: str
    text: str
    kind: Kind
    choices: tuple[Choice, ...]
    typed: str
    low: str
    high: str
    position: int
    place: int
    most: int
    is_branched: bool
    back: int | None
    is_answered: bool
    is_confirming: bool

    @property
    def number(self) -> int:
        """The question's place in the survey, from 1, by which the patient comes back to it."""
        return self.position + 1

    @property
    def longest(self) -> int:
        """Characters that fit into a field of words."""
        return LONGEST


def shown(survey: SurveyDefinition, state: State, key: str, voice: Voice, typed: str = "") -> Shown:
    """The question `key`, with the answer that is kept for it or, after a fault, what was `typed`."""
    question = survey.question(key)
    passed, ahead = way(survey, state)
    before = passed[: passed.index(key)] if key in passed else passed
    *lead, text = on_page(question, voice).split("\n")
    low, high = _ends(question, voice.language)
    value = state.answers.get(key)
    return Shown(
        question=question,
        lead=" ".join(lead),
        text=text,
        kind=_kind(question),
        choices=tuple(_choices(question, value, voice.language)),
        typed=typed or ("" if question.type == "multi_choice" else in_words(question, value, voice.language)),
        low=low,
        high=high,
        position=survey.position(key),
        place=len(before) + 1,
        most=len(passed) + len(ahead),
        is_branched=any(each.branches for each in survey.questions),
        back=survey.position(before[-1]) + 1 if before else None,
        is_answered=key in state.answers,
        is_confirming=key in state.confirming,
    )


def key_to_show(survey: SurveyDefinition, state: State, wanted: str) -> str | None:
    """The key of the question at place `wanted` (from 1) where it is answered already, or of the one that is open."""
    if wanted.isdecimal() and 1 <= int(wanted[:3]) <= len(survey.questions):
        key = survey.questions[int(wanted[:3]) - 1].key
        if key in way(survey, state)[0]:
            return key
    return open_question(survey, state)


def fault_words(fault: NotChosen, question: Question, words: Words) -> str:
    """What is wrong and how to put it right."""
    name: str = fault.fault
    if name == "empty" and not question.required:
        name = "empty_or_skip"
    nothing = nothing_of(question, words.language)
    label = in_words(question, (nothing,), words.language) if nothing else ""
    return words.say(name, min=question.min, max=question.max, none=label)


def _kind(question: Question) -> Kind:
    if question.type in KINDS:
        return KINDS[question.type]
    return "scale" if question.type == "scale" and len(_numbers(question)) <= MOST_BUTTONS else "number"


def _numbers(question: Question) -> range:
    return range(int(question.min or 0), int(question.max or 0) + 1)


def _choices(question: Question, value: Value, language: str) -> list[Choice]:
    if _kind(question) == "scale":
        return [Choice(str(number), str(number), number == value) for number in _numbers(question)]
    codes: Collection[str] = value if isinstance(value, tuple) else ()
    if isinstance(value, bool):
        codes = (code_of(question, value, language),)
    elif question.type == "single_choice" and value is not None:
        codes = (str(value),)
    return [Choice(option.code, option.label[language], option.code in codes) for option in question.options]


def _ends(question: Question, language: str) -> tuple[str, str]:
    """What the two ends of a scale mean."""
    if question.type != "scale":
        return "", ""
    labels = {option.code: option.label[language] for option in question.options}
    return labels.get(f"{question.min}", ""), labels.get(f"{question.max}", "")
