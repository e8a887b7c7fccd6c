"""How this room refuses bad input: every field that is wrong, with its remedy, at once."""

from __future__ import annotations

from collections.abc import Mapping


class InvalidInput(Exception):
    """`problems` maps a field to what is wrong with it and what to do; no value is repeated."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = dict(problems)


def found(problems: Mapping[str, str | None]) -> dict[str, str]:
    """Only the fields that have a problem."""
    return {field: problem for field, problem in problems.items() if problem}
