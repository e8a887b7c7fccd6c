"""The token: one word, number, symbol or emoji of a reply, the common currency of the reader's layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["word", "number", "symbol", "emoji"]


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is folded, `raw` as typed; `start` and `end` are places in the cleaned text.

    `glued` says that nothing stood between this token and the one before; `gap` is the strongest break before it: ""
    for none, "," inside a sentence, "." at the start of one.
    """

    text: str
    kind: TokenKind
    raw: str
    start: int
    end: int
    glued: bool
    gap: str


Tokens = tuple[Token, ...]


def joined(tokens: Tokens) -> str:
    """The folded words with single spaces between them."""
    return " ".join(token.text for token in tokens)
