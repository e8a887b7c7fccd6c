"""Identifiers for rows: time-ordered UUIDs (RFC 9562, version 7), so that new rows land at the end of every index."""

from __future__ import annotations

import os
import threading
import time
import uuid

RANDOM_BITS = 74
SET_BACK = 10_000 << RANDOM_BITS  # ten seconds
_lock = threading.Lock()
_latest = 0


def new_id() -> uuid.UUID:
    """A fresh UUIDv7: 48 bits of milliseconds since 1970, then 74 random bits.

    Ids of one process rise strictly, also within a millisecond (RFC 9562, section 6.2, method 2): two texts that are
    queued together leave in that order. A clock that was set back by more than SET_BACK is followed.
    """
    global _latest  # noqa: PLW0603  # the one number that ids must stay above
    milliseconds = time.time_ns() // 1_000_000
    fresh = milliseconds << RANDOM_BITS | int.from_bytes(os.urandom(10), "big") >> 80 - RANDOM_BITS
    step = 1 + int.from_bytes(os.urandom(4), "big")
    with _lock:
        behind = 0 <= _latest - fresh < SET_BACK
        _latest = _latest + step if behind else fresh
        value = _latest
    high, low = value >> 62, value & (1 << 62) - 1
    return uuid.UUID(int=(high >> 12) << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | 0x2 << 62 | low)
