"""Is a text in the provider's books ours: its words may come back written differently from how they were sent."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

ALIKE = 0.8
"""Share of letters that agree where the provider replaced some; two questions differ by more (house choice)."""


def same_words(ours: str, theirs: str) -> bool:
    """Whether `theirs` may be what became of `ours` at the provider.

    Quotes, dashes, blanks, accents and emoji may have been replaced there, words may have been put before it, and all
    of it may have been emptied: then number and time alone decide.
    """
    sent, listed = _letters(ours), _letters(theirs)
    if not sent or not listed or listed.endswith(sent):
        return True
    return SequenceMatcher(None, sent, listed[-len(sent) :], autojunk=False).ratio() >= ALIKE


def _letters(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKD", text.casefold()) if character.isalnum())
