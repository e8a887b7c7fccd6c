"""From the controls of a page to a value: what was chosen or typed, or why it is no answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from math import isfinite
from typing import Final, Literal

from surveys.core.definition.model import Question
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Value
from surveys.core.replies.values.option_words import vocabulary_of

LONGEST: Final = 1000
"""Characters that a patient may write in one answer on a page (house choice)."""
Fault = Literal["empty", "number", "whole", "range", "option", "alone", "time", "date", "long"]


class NotChosen(ValueError):
    """What was sent is no answer; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def chosen(question: Question, given: Sequence[str], language: str) -> Value:
    """The value of what a page sends for `question`: codes of options, or one typed text. Raises NotChosen."""
    filled = [text for text in (each.replace("\x00", "").strip() for each in given) if text]
    if not filled:
        raise NotChosen("empty")
    value = _value(question, filled, language)
    if not question.accepts(value):
        raise NotChosen("range" if question.type in {"scale", "number"} else "option")
    return value


def in_words(question: Question, value: Value, language: str) -> str:
    """A value as the page shows it to the patient: labels for codes, the text itself for what was written."""
    if value is None:
        return ""
    labels = {option.code: option.label[language] for option in question.options}
    if isinstance(value, bool):
        return labels[code_of(question, value, language)]
    if isinstance(value, tuple):
        return ", ".join(labels[code] for code in value)
    if question.type == "single_choice":
        return labels[str(value)]
    return f"{value:g}" if isinstance(value, int | float) else value


def nothing_of(question: Question, language: str) -> str | None:
    """The code of the option that says "none of these", where there is one."""
    return vocabulary_of(question.for_reader(language)).none_code


def code_of(question: Question, value: bool, language: str) -> str:
    """The code that stands for yes or for no."""
    return next(code for code in question.codes if _yes_no(question, code, language) is value)


def _yes_no(question: Question, code: str, language: str) -> Value:
    """A label of the survey's own means yes or no: the reader knows which, as it does when it is texted."""
    return read(question.for_reader(language), code, language).value if code in question.codes else None


def _value(question: Question, filled: list[str], language: str) -> Value:
    match question.type:
        case "scale" | "number":
            return _number(question, filled[0])
        case "yes_no":
            return _yes_no(question, filled[0], language)
        case "single_choice":
            return filled[0]
        case "multi_choice":
            return _several(question, filled, language)
        case "time":
            return _time(filled[0])
        case "date":
            return _date(filled[0])
        case "text":
            if len(filled[0]) > LONGEST:
                raise NotChosen("long")
            return filled[0]


def _number(question: Question, text: str) -> int | float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise NotChosen("number") from None
    if not isfinite(number):
        raise NotChosen("number")
    if question.integer and not number.is_integer():
        raise NotChosen("whole")
    return int(number) if number.is_integer() else number


def _several(question: Question, codes: list[str], language: str) -> tuple[str, ...]:
    """The codes in the order of the options. "None" beside a symptom is a slip: it is asked about, not kept."""
    if set(codes) - set(question.codes):
        raise NotChosen("option")
    wanted = tuple(code for code in question.codes if code in codes)
    if len(wanted) > 1 and nothing_of(question, language) in wanted:
        raise NotChosen("alone")
    return wanted


def _time(text: str) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError:
        raise NotChosen("time") from None


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotChosen("date") from None
