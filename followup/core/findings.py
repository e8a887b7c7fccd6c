"""What a rule says when it holds: its id, how serious it is, what it saw, and the text that goes out at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from followup.core.lifecycle import RANK, Level

CALL_PATIENT: Final = "call-patient"
"""Tag of an item whose patient a person phones (clinical content, section 4.2 rule 8; M3, N2, N3)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds. `rule` is the id in the clinical content; `inputs` never hold text a patient wrote.

    `ask` is the key of the survey that it leads to, `tags` say what it is about on the worklist, `act_within` shortens
    the time in which a person should have looked at it.
    """

    rule: str
    level: Level
    inputs: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    safety_text: str = ""
    ask: str = ""
    tags: tuple[str, ...] = ()
    act_within: timedelta | None = None

    @property
    def rank(self) -> int:
        """0 for an emergency, rising as it matters less."""
        return RANK[self.level]
