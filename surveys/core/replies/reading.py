"""What the reply reader is told and what it says: questions, options and readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

READER_VERSION = "2026.11.7"
"""Stored beside every answer; changes whenever any reply may be read differently than before."""

QuestionType = Literal["scale", "number", "yes_no", "single_choice", "multi_choice", "text", "time", "date"]
Kind = Literal["answer", "reprompt", "correction", "skip", "opt_out", "opt_in", "help", "other_intent", "not_for_us"]
Value = int | float | bool | str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question, or one labelled end of a scale (`code` is then the number)."""

    code: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader needs to know of a question: its kind, its wording, its limits and its options."""

    type: QuestionType
    text: str
    required: bool = True
    min: float | int | None = None
    max: float | int | None = None
    integer: bool = True
    options: tuple[Option, ...] = ()
    direction: Literal["past", "future"] | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Previous:
    """The question before the open one and the value kept for it; a correction is about this one."""

    question: Question
    value: Value


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text means to the open question.

    `value` is set only for `answer` and, where it could be read, `correction`. `confidence` runs from 0 to 1. `flags`
    are safety flags and `tapback`, `autoreply`, `wrong_number`. `reason` is one English sentence for staff and repeats
    no patient text. `intent` refines controls and requests, for example `pause` or `language:es`. `extra` is the text
    where it says more than the value and a person should see it.
    """

    kind: Kind
    value: Value
    confidence: float
    flags: tuple[str, ...]
    reason: str
    intent: str | None = None
    extra: str | None = None
