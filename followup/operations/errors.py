"""How operations say no: what is wrong with each field, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Bad input. `problems` maps a field to what is wrong with it and what to do; no value is repeated."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = dict(problems)


class Conflict(Refused):
    """The input is well formed but does not go with what is stored."""


def refuse_if_any(problems: Mapping[str, str | None]) -> None:
    """Raise Refused with the fields that have a problem, if there are any."""
    found = {field: problem for field, problem in problems.items() if problem}
    if found:
        raise Refused(found)
