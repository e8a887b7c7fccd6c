"""Pages by key: where the next one begins, written so that it can stand in an address."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

Item = TypeVar("Item")


class BadCursor(ValueError):
    """The text is no cursor of ours."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and where the next ones begin; `next` is None on the last page."""

    items: Sequence[Item]
    next: str | None = None


def encode(*parts: datetime | UUID | int) -> str:
    """A place in a list as text."""
    plain = [
        part.isoformat() if isinstance(part, datetime) else part if isinstance(part, int) else str(part)
        for part in parts
    ]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(text: str) -> list[str | int]:
    """The parts of a place. Raises BadCursor."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise BadCursor("This is not a cursor of a page.") from error
    if not isinstance(parts, list):
        raise BadCursor("This is not a cursor of a page.")
    return parts


def moment_and_id(text: str) -> tuple[datetime, UUID]:
    """A place in a list that is ordered by time. Raises BadCursor."""
    try:
        moment, key = decode(text)
        return datetime.fromisoformat(str(moment)), UUID(str(key))
    except ValueError as error:
        raise BadCursor("This is not a cursor of a page.") from error
