"""What a rule says when it holds: its id, how serious it is, what it saw, and the text that goes out at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from followup.core.lifecycle import RANK, Level


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds. `rule` is the id in the clinical content; `inputs` never hold text a patient wrote."""

    rule: str
    level: Level
    inputs: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    safety_text: str = ""

    @property
    def rank(self) -> int:
        """0 for an emergency, rising as it matters less."""
        return RANK[self.level]
