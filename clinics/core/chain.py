"""The hash chain over a clinic's audit log: an edited, lost or moved row breaks it from there on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
"""What the first row of a clinic is chained to."""


def link(previous: str, position: int, row: Mapping[str, Any]) -> str:
    """The hash of `row` at `position` (from 1) after the row with hash `previous`; values are text, numbers or JSON."""
    canonical = json.dumps([previous, position, row], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
