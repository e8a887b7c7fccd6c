"""A conversation as lines that a clinician can read: what was said, and what follows from it."""

from __future__ import annotations

from typing import Final, assert_never

from surveys.core.effects import (
    Effect,
    Finished,
    ForStaff,
    HandOver,
    KeepAnswer,
    OptOut,
    ReplaceAnswer,
    Say,
    SendLink,
    SwitchLanguage,
    Wish,
)
from surveys.core.replies.reading import Value

CLINIC: Final = "CLINIC   "
PATIENT: Final = "PATIENT  "
NOTE: Final = "         "


def line_of(effect: Effect) -> str:
    """One effect as one line."""
    return f"{CLINIC}{effect.text}" if isinstance(effect, Say) else f"{NOTE}- {_note(effect)}"


def alarm(flags: tuple[str, ...]) -> str:
    """The line for a text that the safety screen has flagged."""
    return f"{NOTE}- alarm: {', '.join(flags)}"


def _note(effect: Effect) -> str:  # noqa: C901  # one case for each effect
    match effect:
        case KeepAnswer():
            return f"{effect.question}: {_shown(effect)}"
        case ReplaceAnswer():
            return f"{effect.question} changed to: {_shown(effect)}"
        case Finished():
            return f"over: {effect.outcome}"
        case HandOver():
            return f"a person takes over: {effect.reason}"
        case ForStaff():
            return f"a person reads this text: {effect.reason}"
        case SwitchLanguage():
            return f"language from now on: {effect.language}"
        case OptOut():
            return "no more texts to this number"
        case Wish():
            return f"wish: {effect.kind}{' ' + effect.detail if effect.detail else ''}"
        case Say():
            return effect.text
        case SendLink():
            return f"a link to the web form: {effect.reason}"
    assert_never(effect)


def _shown(effect: KeepAnswer | ReplaceAnswer) -> str:
    return "as written" if effect.kind == "text" else effect.kind if effect.kind == "skipped" else _plain(effect.value)


def _plain(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
