"""The other end of the one wire: what messaging tells this room about texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from followup.operations.failed_texts import take_failure, take_set_aside
from followup.operations.opted import take_opt_in, take_opt_out
from followup.operations.take_reply import take_text
from messaging.events import DeliveryFailed, Event, InboundText, OptedIn, OptedOut, TextSetAside


def on_messaging_event(event: Event, *, now: datetime) -> dict[str, Any] | None:
    """Handle an event inside messaging's transaction; whatever is raised undoes it and is tried again.

    Returns the screening of a text, None for everything else. May be told the same more than once.
    """
    match event:
        case InboundText():
            return take_text(event, now=now)
        case OptedOut():
            take_opt_out(event, now=now)
        case OptedIn():
            take_opt_in(event, now=now)
        case DeliveryFailed():
            take_failure(event, now=now)
        case TextSetAside():
            take_set_aside(event, now=now)
        case _:
            assert_never(event)
    return None
