"""Sealing of single values: AES-256-GCM, bound to the row and column they belong to."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag

from privacy.keys import key_ring

FORMAT = 1
NONCE_BYTES = 12


class Sealed(bytes):
    """Bytes as they stand in the database: format, key id, nonce, ciphertext with tag."""


class CannotOpen(Exception):
    """The value was changed, moved to another row, or sealed with a key this installation does not hold."""


def seal(text: str, place: str) -> Sealed:
    """Seal `text` for `place` (`table.column:pk`). The empty string is a value like any other."""
    ring = key_ring()
    name = ring.newest.encode()
    nonce = os.urandom(NONCE_BYTES)
    body = ring.ciphers[ring.newest].encrypt(nonce, text.encode(), place.encode())
    return Sealed(bytes([FORMAT, len(name)]) + name + nonce + body)


def key_id(sealed: bytes) -> str:
    """The id of the key that sealed this value."""
    if len(sealed) < 2 or sealed[0] != FORMAT:
        raise CannotOpen("The stored value is not in a format this version knows.")
    return bytes(sealed[2 : 2 + sealed[1]]).decode("ascii", "replace")


def unseal(sealed: bytes, place: str) -> str:
    """The text that was sealed for `place`. Raises CannotOpen; never returns the ciphertext."""
    cipher = key_ring().ciphers.get(key_id(sealed))
    if cipher is None:
        raise CannotOpen("The key that sealed this value is not in FIELD_KEYS.")
    start = 2 + sealed[1]
    nonce, body = bytes(sealed[start : start + NONCE_BYTES]), bytes(sealed[start + NONCE_BYTES :])
    try:
        return cipher.decrypt(nonce, body, place.encode()).decode()
    except InvalidTag as error:
        raise CannotOpen("The stored value does not belong to this row, or was changed.") from error
