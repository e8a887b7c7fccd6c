"""The keys of the installation, read from the settings once and turned into ciphers."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Ciphers by key id; the newest seals, all of them open."""

    newest: str
    ciphers: dict[str, AESGCM]


def parse_keys(text: str) -> KeyRing:
    """Read `id:base64,id:base64`, newest first. Raises ImproperlyConfigured with the remedy."""
    ciphers: dict[str, AESGCM] = {}
    for part in (piece.strip() for piece in text.split(",") if piece.strip()):
        name, _, encoded = part.partition(":")
        if not name or len(name) > 32 or name in ciphers:
            raise ImproperlyConfigured("FIELD_KEYS: each key needs its own short id, written id:base64.")
        ciphers[name] = AESGCM(_decoded(encoded))
    if not ciphers:
        raise ImproperlyConfigured("FIELD_KEYS: give at least one key, written id:base64 (32 bytes).")
    return KeyRing(newest=next(iter(ciphers)), ciphers=ciphers)


def _decoded(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("FIELD_KEYS: a key is not valid base64.") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured("FIELD_KEYS: a key must be 32 bytes before base64.")
    return key


@lru_cache(maxsize=4)
def _ring(text: str) -> KeyRing:
    return parse_keys(text)


def key_ring() -> KeyRing:
    """The ring of the running installation."""
    return _ring(settings.FIELD_KEYS)


@lru_cache(maxsize=4)
def _hash_key(encoded: str) -> bytes:
    return base64.b64decode(encoded, validate=True)


def hash_key() -> bytes:
    """The key of the blind indexes, 32 bytes."""
    return _hash_key(settings.HASH_KEY)
