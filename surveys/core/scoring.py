"""Scores of a survey from its answers, by the rules that stand in its document (clinical content, section 1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from surveys.core.definition.model import ScoreRule, SurveyDefinition


@dataclass(frozen=True, slots=True)
class Score:
    """One score. `value` is None where too many items are missing; `prorated` says that some were, but not too many.

    `flagged` says that the value has reached the rule's line for a closer look.
    """

    value: float | int | None
    band: str | None
    answered: int
    items: int
    prorated: bool
    flagged: bool

    def as_json(self) -> dict[str, Any]:
        """The score as plain JSON values."""
        return {
            "value": self.value,
            "band": self.band,
            "answered": self.answered,
            "items": self.items,
            "prorated": self.prorated,
            "flagged": self.flagged,
        }


def score(survey: SurveyDefinition, answers: Mapping[str, Any]) -> dict[str, Score]:
    """Every score of the survey from the current answers by question key. A missing item is missing, never 0."""
    return {rule.key: _score(rule, answers) for rule in survey.scores}


def _score(rule: ScoreRule, answers: Mapping[str, Any]) -> Score:
    given = [answers[item] for item in rule.items if answers.get(item) is not None]
    missing = len(rule.items) - len(given)
    value = _rounded(rule, given) if given and missing <= rule.missing else None
    return Score(
        value=value,
        band=_band(rule, value),
        answered=len(given),
        items=len(rule.items),
        prorated=value is not None and missing > 0,
        flagged=value is not None and rule.flag_from is not None and value >= rule.flag_from,
    )


def _rounded(rule: ScoreRule, given: list[Any]) -> float | int:
    """The score at the rule's number of decimals; halves are rounded up, as on paper."""
    exact = _exact(rule, given)
    if rule.decimals == 0:
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return float(exact.quantize(Decimal(1).scaleb(-rule.decimals), ROUND_HALF_UP))


def _exact(rule: ScoreRule, given: list[Any]) -> Decimal:
    match rule.method:
        case "count":
            return Decimal(len(given[0]))
        case "sum":
            return _mean(given) * len(rule.items)
        case "mean":
            return _mean(given)
        case "max":
            return max(_numbers(given))
        case "value":
            return next(iter(_numbers(given)))


def _mean(given: list[Any]) -> Decimal:
    numbers = list(_numbers(given))
    return sum(numbers, Decimal(0)) / len(numbers)


def _numbers(given: Iterable[Any]) -> Iterable[Decimal]:
    """Numbers, and codes of choices, which are numbers as well."""
    return (Decimal(int(value)) if isinstance(value, bool) else Decimal(str(value)) for value in given)


def _band(rule: ScoreRule, value: float | int | None) -> str | None:
    if value is None:
        return None
    return next((band.name for band in reversed(rule.bands) if value >= band.lowest), None)
