"""The stand-in's books: every message it ever took, in order, as the provider would list it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any


def wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Message:
    """One message; inbound ones stand here too."""

    sid: str
    account: str
    to: str
    from_: str
    body: str
    created_at: datetime
    service: str | None = None
    callback: str = ""
    validity: int = 36000
    direction: str = "outbound-api"
    status: str = "queued"
    error_code: int | None = None
    price: str | None = None
    sent_at: datetime | None = None
    media: int = 0
    history: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The message resource of API version 2010-04-01."""
        uri = f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}"
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": _rfc2822(self.created_at),
            "date_sent": _rfc2822(self.sent_at),
            "date_updated": _rfc2822(self.sent_at or self.created_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.from_ or None,
            "messaging_service_sid": self.service,
            "num_media": str(self.media),
            "num_segments": "0" if self.service else "1",
            "price": self.price,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


def _rfc2822(at: datetime | None) -> str | None:
    return format_datetime(at) if at else None


class Books:
    """Thread-safe; `clock` is the provider's own. `lag` is how long a message is missing from lists."""

    def __init__(self, clock: Callable[[], datetime] = wall_clock) -> None:
        self.clock = clock
        self.lag = timedelta(0)
        self._lock = threading.RLock()
        self._messages: dict[str, Message] = {}

    def add(self, **fields: Any) -> Message:
        """Take a message and give it an id."""
        message = Message(sid=f"SM{secrets.token_hex(16)}", created_at=self.clock(), **fields)
        with self._lock:
            self._messages[message.sid] = message
        return message

    def get(self, account: str, sid: str) -> Message | None:
        message = self._messages.get(sid)
        return message if message and message.account == account else None

    def move(self, sid: str, status: str, error_code: int | None = None) -> Message:
        """Set a status, as the network would."""
        with self._lock:
            message = self._messages[sid]
            message.status = status
            message.history.append(status)
            message.error_code = error_code
            if status in ("sent", "delivered") and message.sent_at is None:
                message.sent_at = self.clock()
        return message

    def redact(self, message: Message) -> None:
        with self._lock:
            message.body = ""

    def taken(self, to: str | None = None) -> list[Message]:
        """What was accepted from us, oldest first: the journal that an audit reads."""
        with self._lock:
            sent = [message for message in self._messages.values() if message.direction == "outbound-api"]
        return [message for message in sent if to in (None, message.to)]

    def listed(self, account: str, **filters: str) -> list[Message]:
        """What a list shows: newest first, without what the lag still hides. Filters by To, From and DateSent."""
        hidden_since = self.clock() - self.lag
        with self._lock:
            messages = [message for message in self._messages.values() if message.account == account]
        shown = [message for message in messages if message.created_at <= hidden_since and _fits(message, filters)]
        return sorted(shown, key=lambda message: message.created_at, reverse=True)


def _fits(message: Message, filters: dict[str, str]) -> bool:
    wanted = {"To": message.to, "From": message.from_}
    if any(filters[name] != value for name, value in wanted.items() if name in filters):
        return False
    bounds = [(name, datetime.fromisoformat(filters[name])) for name in ("DateSent<", "DateSent>") if name in filters]
    if bounds and message.sent_at is None:
        return False
    return all(message.sent_at <= at if name == "DateSent<" else message.sent_at >= at for name, at in bounds)
