"""The other end of the wire for tests of this room: it keeps what it was told and fails when asked to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from messaging.events import Event, InboundText

told: list[Event] = []
failing: list[Exception] = []
SCREENING = {"flags": [], "version": "test"}


class Broken(Exception):
    """What the room above raises when it has a fault."""


def on_event(event: Event, *, now: datetime) -> dict[str, Any] | None:
    if failing:
        raise failing[0]
    told.append(event)
    return SCREENING if isinstance(event, InboundText) else None


def events_of(kind: type[Event]) -> list[Any]:
    return [event for event in told if isinstance(event, kind)]
