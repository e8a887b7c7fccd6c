"""The second reader of requests to stop: a small linear model, for the wordings that no list foresees.

People ask to be left alone in more words than a list will ever hold ("unhook me from the reminder machine"). The model
learnt them from the lines of nine writers in training/texts, beside as many texts that end something else.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final

from surveys.core.replies.learnt.model import load
from surveys.core.replies.learnt.normalise import Pieces, cut

OPT_OUT: Final = "opt_out"
NUMBER: Final = "#"
"""Stands for every number: which one it is says nothing of what the text wants."""

PERHAPS: Final = -3.5
"""Log odds below the line from which a person looks whether the text asks to stop; see training/opt_outs/REPORT.md."""

_NONE: Final = -100.0
_MODEL: Final = load((files("surveys.core.replies.opt_outs") / "data" / "model.bin").read_bytes())


def pieces_of(text: str) -> Pieces:
    """The words of a text as the model knows them, in training and in use."""
    pieces = cut(text)
    return Pieces([NUMBER if word.isdigit() else word for word in pieces.words], pieces.breaks)


def by_wording(text: str) -> bool:
    """Whether a text asks us to stop, in whatever words; never raises, linear in the text."""
    return _margin(text) > 0


def perhaps_by_wording(text: str) -> bool:
    """Whether a text may ask us to stop, so that a person should look at it."""
    return _margin(text) > PERHAPS


@lru_cache(maxsize=1)
def _margin(text: str) -> float:
    """How far, in log odds, a text passes the line from which it counts as a request to stop; below 0 it does not."""
    if not any(map(str.isalpha, text)):
        return _NONE
    return _MODEL.margins(pieces_of(text), {}, (0.0,))[OPT_OUT]
