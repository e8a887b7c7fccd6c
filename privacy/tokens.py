"""Secrets that are shown once and kept only as a digest."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token(prefix: str = "") -> str:
    """A fresh secret of 256 bits, safe in URLs; the prefix tells people what it is for."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> str:
    """SHA-256 in hex: enough for secrets that are random already, and the same for equal tokens."""
    return hashlib.sha256(token.encode()).hexdigest()
