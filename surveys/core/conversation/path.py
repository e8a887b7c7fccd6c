"""The way through a survey that the answers so far lay down, always walked from the first question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.core.definition.model import END, Question, SurveyDefinition
from surveys.core.replies.reading import Value


def walk(
    survey: SurveyDefinition, answers: Mapping[str, Value], known: Mapping[str, Any]
) -> tuple[tuple[str, ...], str | None]:
    """The answered questions on the way, and the first one that is not answered, or None at the end."""
    passed: list[str] = []
    place: int | None = 0
    while place is not None and place < len(survey.questions):
        question = survey.questions[place]
        if question.key in answers or may_be_put(question, known):
            if question.key not in answers:
                return tuple(passed), question.key
            passed.append(question.key)
        place = _after(survey, question, place, answers)
    return tuple(passed), None


def stops(question: Question, value: Value) -> bool:
    """Whether the survey ends at once with this answer."""
    if question.stops_at is None or value is None or isinstance(value, tuple):
        return False
    return float(value) >= question.stops_at


def may_be_put(question: Question, known: Mapping[str, Any]) -> bool:
    """Whether the fact holds that the question needs; what has been answered counts even when it no longer does."""
    return question.needs is None or bool(known.get(question.needs))


def _after(survey: SurveyDefinition, question: Question, place: int, answers: Mapping[str, Value]) -> int | None:
    """The place that follows; branches only lead forward, so every walk ends."""
    goal = next(
        (branch.go for branch in question.branches if branch.when.holds(answers.get(branch.when.question))), None
    )
    goal = goal or question.otherwise
    if goal is None:
        return place + 1
    return None if goal == END else survey.position(goal)
