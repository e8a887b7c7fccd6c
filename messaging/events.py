"""The one wire that goes up: what the room above is told, and the listener that settings name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from messaging.core.keywords import Control
from messaging.core.lifecycle import Purpose
from privacy.sensitive import Sensitive

Screening = dict[str, Any]
FailureKind = Literal["contact", "opted_out", "sender", "bug", "expired", "uncertain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """A text arrived. The listener screens it, whatever it is, and returns the screening.

    `message_id` is the row of the inbox; `control` is what the whole of it says to the service, and has been honoured
    already; `media` counts pictures and the like.
    """

    message_id: UUID
    clinic_id: UUID
    number_hash: str
    number: Sensitive
    body: Sensitive
    control: Control
    media: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut:
    """A number wants no more texts: what was queued is cancelled already. May be told more than once."""

    clinic_id: UUID
    number_hash: str
    source: str
    inbound_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedIn:
    """A number that had opted out wants texts again. It creates no consent. May be told more than once."""

    clinic_id: UUID
    number_hash: str
    source: str
    inbound_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """A text will not arrive, or (`uncertain`) nobody knows for 15 minutes whether it left.

    `contact`: the number cannot be texted. `sender`: the clinic's sender was stopped, the text waits. `bug`: ours.
    `expired`: it became too late to be useful. `code` is the provider's, or a word of ours.
    """

    message_id: UUID
    clinic_id: UUID
    number_hash: str
    context_id: UUID | None
    purpose: Purpose
    kind: FailureKind
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSetAside:
    """A text could not be handled in five tries: a person must read it."""

    message_id: UUID
    clinic_id: UUID
    number_hash: str


Event = InboundText | OptedOut | OptedIn | DeliveryFailed | TextSetAside


class Listener(Protocol):
    """What MESSAGING_LISTENER names; called inside the transaction that marks the row as handled."""

    def __call__(self, event: Event, *, now: datetime) -> Screening | None: ...


@lru_cache(maxsize=8)
def _resolve(path: str) -> Callable[..., Screening | None]:
    listener: Callable[..., Screening | None] = import_string(path)
    return listener


def tell(event: Event, *, now: datetime) -> Screening | None:
    """Call the listener; whatever it raises rises, so that the caller's transaction is undone and tried again."""
    return _resolve(settings.MESSAGING_LISTENER)(event, now=now)
