"""A survey as the engine sees it: questions, branches, scores, all frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal

from surveys.core.replies import reading
from surveys.core.replies.reading import QuestionType, Value

END = "end"
"""What a branch says instead of a question's key where the survey is over."""

FACTS = frozenset({"rostered"})
"""What a question may need. `rostered`: an on-call clinician can act on the answer (clinical content, M1b)."""

Texts = Mapping[str, str]
Channel = Literal["sms", "web"]
ScoreMethod = Literal["value", "sum", "mean", "max", "count"]


@dataclass(frozen=True, slots=True)
class Code:
    """The entry of a code system, for example LOINC, that a question or score stands for."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice, or one labelled end of a scale; `code` is what the patient texts."""

    code: str
    label: Texts
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of the answer to one question: among values, between limits, or holding a code. Unanswered: it fails."""

    question: str
    among: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    contains: str | None = None

    def holds(self, value: Value) -> bool:
        """Whether `value` passes every test that is set."""
        if value is None:
            return False
        if self.contains is not None:
            return isinstance(value, tuple) and self.contains in value
        if self.among:
            return plain(value) in self.among
        number = _number(value)
        above = self.at_least is None or (number is not None and number >= self.at_least)
        below = self.at_most is None or (number is not None and number <= self.at_most)
        return above and below


@dataclass(frozen=True, slots=True)
class Branch:
    """Where to go when a condition holds: the key of a later question, or END."""

    when: Condition
    go: str


@dataclass(frozen=True, slots=True)
class Question:
    """One text and what may be answered to it.

    `confirm_jump`: points from the last known reading from which the value is confirmed once (clinical content, Q1).
    `needs`: a fact without which the question is left out. `stops_at`: a value from which the survey ends at once.
    `official`: wording of a published instrument that may be neither shortened nor changed. `page`: the wording of the
    web form, where options have buttons; without it the form shows the prompt.
    """

    key: str
    type: QuestionType
    prompt: Texts
    required: bool = True
    min: float | int | None = None
    max: float | int | None = None
    integer: bool = True
    direction: Literal["past", "future"] | None = None
    options: tuple[Option, ...] = ()
    code: Code | None = None
    confirm_jump: float | None = None
    branches: tuple[Branch, ...] = ()
    otherwise: str | None = None
    needs: str | None = None
    stops_at: float | None = None
    official: bool = False
    page: Texts = field(default_factory=dict)

    def for_reader(self, language: str) -> reading.Question:
        """The question as the reply reader takes it; labels of every language count, the asked one's are shown."""
        return reading.Question(
            type=self.type,
            text=self.prompt[language],
            required=self.required,
            min=self.min,
            max=self.max,
            integer=self.integer,
            options=tuple(_option_for_reader(option, language) for option in self.options),
            direction=self.direction,
            key=self.key,
        )

    def accepts(self, value: Value) -> bool:
        """Whether `value` is of the question's type and inside its limits."""
        match self.type:
            case "scale" | "number":
                return self._accepts_number(value)
            case "yes_no":
                return isinstance(value, bool)
            case "single_choice":
                return isinstance(value, str) and value in self.codes
            case "multi_choice":
                return isinstance(value, tuple) and bool(value) and set(value) <= set(self.codes)
            case "time":
                return _is_time(value)
            case "date":
                return _is_date(value)
            case "text":
                return isinstance(value, str) and bool(value.strip())

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the options, in their order."""
        return tuple(option.code for option in self.options)

    def _accepts_number(self, value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        whole = not self.integer or float(value).is_integer()
        return whole and (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of a score, from `lowest` up to the next band."""

    lowest: float
    name: str


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How a score is made of answers.

    `missing` unanswered items are prorated: their place is taken by the mean of the others. More, or with `missing` 0
    any, leave no score. `flag_from` marks scores from which a clinician looks closer.
    """

    key: str
    method: ScoreMethod
    items: tuple[str, ...]
    missing: int = 0
    decimals: int = 0
    bands: tuple[Band, ...] = ()
    code: Code | None = None
    flag_from: float | None = None


@dataclass(frozen=True, slots=True)
class SurveyDefinition:
    """A whole survey, checked. `document` is what it was read from; `digest` is that document's SHA-256.

    `translations` says of a language whether its wording is a draft, reviewed or official. `channel` is how the survey
    is sent: its questions by `sms`, or a link to the web form (`web`).
    """

    key: str
    name: Texts
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    scores: tuple[ScoreRule, ...]
    translations: Texts
    copyright: str
    source: str
    licence: str
    digest: str
    document: Mapping[str, Any]
    channel: Channel = "sms"

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its questions."""
        return frozenset(question.key for question in self.questions)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that its questions need."""
        return frozenset(question.needs for question in self.questions if question.needs)

    def question(self, key: str) -> Question:
        """The question of that key. Raises KeyError when there is none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)

    def position(self, key: str) -> int:
        """The place of a question, counted from 0. Raises KeyError when there is none."""
        return self.questions.index(self.question(key))

    def spoken(self, language: str) -> str:
        """`language` where the survey has it, or else the survey's first language."""
        return language if language in self.languages else self.languages[0]


def plain(value: Value) -> str:
    """A value as a branch's list writes it: whole numbers without a point, true and false in lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _option_for_reader(option: Option, language: str) -> reading.Option:
    others = [text for spoken, text in option.label.items() if spoken != language]
    words = [word for each in option.synonyms.values() for word in each]
    own = option.label[language]
    return reading.Option(option.code, own, tuple(word for word in [*others, *words] if word != own))


def _number(value: Value) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except ValueError:
        return None


def _is_time(value: Value) -> bool:
    try:
        return isinstance(value, str) and len(value) == len("HH:MM") and time.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_date(value: Value) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
