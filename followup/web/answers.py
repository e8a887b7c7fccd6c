"""Answers beside the exact question: the one that counts, what it replaced, and what its codes stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from followup.models import Answer
from surveys.core.definition import Question, SurveyDefinition
from surveys.queries import definition_of

STAFF_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer, its value in words, and the answers to the same question that it replaced, oldest first."""

    answer: Answer
    value: str
    replaced: Sequence[ShownAnswer] = ()


def shown_answers(answers: Sequence[Answer], version_id: Any) -> list[ShownAnswer]:
    """Current answers in the order of their questions, each with its history."""
    if not answers:
        return []
    survey = definition_of(version_id)
    history: dict[str, list[ShownAnswer]] = {}
    for answer in answers:
        history.setdefault(answer.question, []).append(ShownAnswer(answer, _value(answer, survey)))
    shown = []
    for rows in history.values():
        *replaced, current = sorted(rows, key=lambda row: row.answer.superseded_at is None)
        shown.append(ShownAnswer(current.answer, current.value, replaced))
    return shown


def _value(answer: Answer, survey: SurveyDefinition) -> str:
    return "Skipped" if answer.kind == "skipped" else in_words(answer.value, survey, answer.question)


def in_words(value: Any, survey: SurveyDefinition, key: str) -> str:
    """A value of the question `key` as staff read it; nothing for open text, which has none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    codes = value if isinstance(value, list | tuple) else [value]
    labels = _labels(survey, key)
    return ", ".join(labels.get(str(code), str(code)) for code in codes)


def _labels(survey: SurveyDefinition, key: str) -> dict[str, str]:
    question = next((question for question in survey.questions if question.key == key), None)
    return {} if question is None or question.type == "scale" else option_labels(question)


def option_labels(question: Question) -> dict[str, str]:
    """Code and label of each option, for staff."""
    return {
        option.code: f"{option.code} · {option.label.get(STAFF_LANGUAGE) or next(iter(option.label.values()))}"
        for option in question.options
    }
