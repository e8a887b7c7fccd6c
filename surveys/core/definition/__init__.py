"""Survey documents: read, checked as a whole, and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.core.definition.lint import CountParts, lint_problems
from surveys.core.definition.model import (
    END,
    Band,
    Branch,
    Code,
    Condition,
    Option,
    Question,
    ScoreRule,
    SurveyDefinition,
)
from surveys.core.definition.problems import InvalidSurvey, Problem
from surveys.core.definition.reading import FORMAT, digest_of, read_survey
from surveys.core.definition.structure import structure_problems

__all__ = [
    "END",
    "FORMAT",
    "Band",
    "Branch",
    "Code",
    "Condition",
    "CountParts",
    "InvalidSurvey",
    "Option",
    "Problem",
    "Question",
    "ScoreRule",
    "SurveyDefinition",
    "digest_of",
    "parse",
    "restore",
]


def parse(document: object, *, count_parts: CountParts | None = None) -> SurveyDefinition:
    """Read a survey and hold it against every rule; texts are measured where `count_parts` is given.

    Raises:
        InvalidSurvey: with all problems at once.
    """
    problems: list[Problem] = []
    survey = read_survey(document, problems)
    problems.extend(structure_problems(survey))
    problems.extend(lint_problems(survey, count_parts))
    if problems:
        raise InvalidSurvey(sorted(set(problems)))
    return survey


def restore(document: Mapping[str, Any]) -> SurveyDefinition:
    """Read a survey that was checked when it was published: rules added since must not stop it from being asked.

    Raises:
        InvalidSurvey: the document is no longer readable at all.
    """
    problems: list[Problem] = []
    survey = read_survey(document, problems)
    if problems:
        raise InvalidSurvey(problems)
    return survey
