"""What a text wants when it is no answer, from the reader's reading of it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from surveys.core.replies.reading import Reading

PAUSE_FOR: Final = timedelta(days=7)
"""How long "give me a break" lasts when no end is named (house choice); staff can change it."""


class Wish(StrEnum):
    """What somebody wants from us besides answering."""

    OPT_OUT = "opt_out"
    PAUSE = "pause"
    SPANISH = "language:es"
    ENGLISH = "language:en"
    WRONG_PERSON = "wrong_person"
    HELP = "help"
    NOTHING = "nothing"
    A_PERSON = "a_person"


def wish_of(reading: Reading) -> Wish:
    """The wish behind a text outside any question. What has no effect of its own is read by a person."""
    if reading.kind == "opt_out":
        return Wish.OPT_OUT
    if reading.kind == "help":
        return Wish.HELP
    if reading.kind == "not_for_us" and reading.intent != "wrong_person":
        return Wish.NOTHING
    return wish_named(reading.intent)


def wish_named(intent: str | None) -> Wish:
    """The wish that the reader calls `intent`; fewer texts, another hour and questions are for a person."""
    named = {wish.value: wish for wish in (Wish.PAUSE, Wish.SPANISH, Wish.ENGLISH, Wish.WRONG_PERSON, Wish.HELP)}
    return named.get(intent or "", Wish.A_PERSON)
