"""How fast a sender may go, and who answers STOP for it (clinical content, section 6.5 and C-08)."""

from __future__ import annotations

import re

NO_LIMIT = 0.0

PACES: dict[str, float] = {
    "off": NO_LIMIT,
    "toll-free": 3.0,
    "long-code": 1.0,
    "10dlc-low-volume": 3.75,
    "short-code": 100.0,
}
"""Segments a second by kind of sender; campaigns of more volume give their own figure."""

FASTEST = 2000.0
"""Texts a second that an account takes from all its senders together."""

STRAY_SECONDS = 1.0
"""How much of its pace a sender may be ahead: workers look for due texts about as often."""

SERVICE_PREFIX = "MG"

_TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}")
_ADDRESS = re.compile(rf"\+[1-9]\d{{6,14}}|\d{{5,6}}|{SERVICE_PREFIX}[0-9A-Za-z]{{32}}")


def pace_of(text: str) -> float:
    """Segments a second that `text` names, 0 being no limit; ValueError with the remedy."""
    word = text.strip().lower()
    if word in PACES:
        return PACES[word]
    try:
        pace = float(word)
    except ValueError:
        pace = -1.0
    if not 0 <= pace <= FASTEST:
        raise ValueError(f"Give segments a second, at most {FASTEST:.0f}, or one of {', '.join(PACES)}.")
    return pace


def address_problem(address: str) -> str | None:
    """Why `address` cannot send texts, or None."""
    if not _ADDRESS.fullmatch(address):
        return "Give a number like +16185550100, a short code of five or six digits, or a messaging service (MG...)."
    return None


def is_toll_free(address: str) -> bool:
    """Whether the network itself answers STOP to this number, with a text that nobody can change."""
    return bool(_TOLL_FREE.fullmatch(address))
