"""What a value layer hands to the decision: a value with its certainty, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.core.replies.reading import Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """`value` None means ask again. `extra` says that the text holds more than the value."""

    value: Value
    confidence: float
    reason: str
    tried: bool = True
    extra: bool = False


def found(value: Value, reason: str, *, confidence: float = 0.97, extra: bool = False) -> Outcome:
    """A certain value."""
    return Outcome(value, confidence, reason, extra=extra)


def unclear(reason: str, *, tried: bool = True) -> Outcome:
    """No certain value."""
    return Outcome(None, 0.9 if tried else 0.5, reason, tried=tried)
