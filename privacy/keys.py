"""The keys of the installation, turned into ciphers once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Ciphers by key id; the newest seals, all of them open."""

    newest: str
    ciphers: Mapping[str, AESGCM]


@lru_cache(maxsize=4)
def _ring(keys: tuple[tuple[str, bytes], ...]) -> KeyRing:
    return KeyRing(newest=keys[0][0], ciphers={name: AESGCM(key) for name, key in keys})


def key_ring() -> KeyRing:
    """The ring of the running installation: `FIELD_KEYS`, newest first, checked when the settings were read."""
    return _ring(tuple(settings.FIELD_KEYS.items()))


def hash_key() -> bytes:
    """The key of the blind indexes, 32 bytes."""
    key: bytes = settings.HASH_KEY
    return key
