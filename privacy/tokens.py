"""Secrets that are shown once and kept only as a digest."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32
LINK_TOKEN_BYTES = 20
"""160 bits: beyond guessing, and short enough for a link to fit into one text with its words."""


def new_token(prefix: str = "") -> str:
    """A fresh secret of 256 bits, safe in URLs; the prefix tells people what it is for."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def new_link_token() -> str:
    """A fresh secret of 160 bits for a one-time link, safe in URLs."""
    return secrets.token_urlsafe(LINK_TOKEN_BYTES)


def token_digest(token: str) -> str:
    """SHA-256 in hex: enough for secrets that are random already, and the same for equal tokens."""
    return hashlib.sha256(token.encode()).hexdigest()
