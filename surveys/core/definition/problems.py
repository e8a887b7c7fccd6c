"""What is wrong with a survey document: every problem with its place, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: `path` is its place, such as `questions[2].prompt.es`; `message` says what is wrong and what to do."""

    path: str
    message: str


class InvalidSurvey(ValueError):
    """The document is no survey that can be asked by text; `problems` holds all of its faults."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.path}: {each.message}" for each in self.problems))
