"""Who is behind a write: every operation names one, and the audit log keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or machine that acts; `id` is a row id or a fixed word, never a name or an address."""

    kind: Literal["staff", "token", "patient", "system"]
    id: str
    ip: str | None = None
    request_id: str | None = None


SYSTEM = Actor("system", "service")
