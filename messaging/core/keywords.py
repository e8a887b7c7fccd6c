"""Whole messages that speak to the service itself: opt-out, opt-in and help words of both languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Control = Literal["stop", "start", "help", ""]

# Clinical content, C-04, C-09 and C-10. YES is no opt-in word: it is an answer.
WORDS: dict[Control, dict[str, frozenset[str]]] = {
    "stop": {
        "en": frozenset(
            {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"}
        ),
        "es": frozenset({"alto", "parar", "baja", "cancelar", "terminar", "detener", "no mas"}),
    },
    "start": {"en": frozenset({"start", "unstop"}), "es": frozenset()},
    "help": {"en": frozenset({"help", "info"}), "es": frozenset({"ayuda"})},
}

RESERVED = frozenset(word for by_language in WORDS.values() for words in by_language.values() for word in words)
"""What no option of a survey may be called, in the form that `bare` gives (C-11)."""

PROVIDER_WORDS: dict[Control, frozenset[str]] = {
    "stop": frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"}),
    "start": frozenset({"start", "yes", "unstop"}),
    "help": frozenset({"help", "info"}),
}
"""Words that the provider answers by itself where its own replies are switched on (clinical content, section 6.5)."""

LONGEST = 40
"""A longer message is no keyword; it is not even looked at."""

_NOT_LETTERS = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class Keyword:
    """The control that a message is, and the language of the word: "" where both languages write it so."""

    control: Control
    language: str = ""


def bare(text: str) -> str:
    """`text` in lower case without accents, punctuation and doubled spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_LETTERS.sub(" ", letters).strip()


def is_answered_by_provider(text: str, control: Control) -> bool:
    """Whether the provider, where it answers by itself, answers this text as `control`."""
    return bare(text) in PROVIDER_WORDS.get(control, frozenset())


def read(text: str) -> Keyword:
    """The control word that the whole of `text` is, or none."""
    word = bare(text) if len(text) <= LONGEST else ""
    for control, by_language in WORDS.items():
        for language, words in by_language.items():
            if word in words:
                return Keyword(control, "es" if language == "es" else "")
    return Keyword("")
