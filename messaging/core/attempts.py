"""The token of one send attempt in a status-callback URL: row and attempt with a MAC, kept nowhere."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

MAC_BYTES = 12
_ROW = 16
_NUMBER = 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """The attempt with this number, from 1, to send this text."""

    message_id: UUID
    number: int


def token_of(attempt: Attempt, key: bytes) -> str:
    """The URL-safe token of 40 characters; `key` is secret and the same for the whole installation."""
    content = attempt.message_id.bytes + attempt.number.to_bytes(_NUMBER)
    return base64.urlsafe_b64encode(content + _mac(content, key)).decode()


def read_token(token: str, key: bytes) -> Attempt | None:
    """The attempt that `token` was made for, or None when it was not made with `key`."""
    try:
        raw = base64.b64decode(token.encode("ascii", "replace"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, mac = raw[: _ROW + _NUMBER], raw[_ROW + _NUMBER :]
    if len(content) != _ROW + _NUMBER or not hmac.compare_digest(mac, _mac(content, key)):
        return None
    return Attempt(UUID(bytes=content[:_ROW]), int.from_bytes(content[_ROW:]))


def _mac(content: bytes, key: bytes) -> bytes:
    return hmac.new(key, b"attempt:" + content, hashlib.sha256).digest()[:MAC_BYTES]
