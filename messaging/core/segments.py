"""How many SMS parts a text takes, and look-alike characters that would double its price for nothing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gsm0338 import Codec

SINGLE_SEPTETS, PART_SEPTETS = 160, 153
SINGLE_UNITS, PART_UNITS = 70, 67
"""Units of one part alone, and of each part once there are several (clinical content, section 6.1)."""

ESCAPE = "\x1b"
LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\t\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("\u200b\u200c\u2060\ufeff\u00ad", ""),
        "\u2026": "...",
        "\u2022": "-",
        "\u00bd": "1/2",
        "\u00bc": "1/4",
        "\u00be": "3/4",
    }
)

_codec = Codec()


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text takes on the air: `units` are septets in GSM-7 and UTF-16 units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def tidy(text: str) -> str:
    """`text` in NFC with typographic look-alikes replaced, as it should be counted and sent; letters stay."""
    return unicodedata.normalize("NFC", text).translate(LOOKALIKES)


def count(text: str) -> Segments:
    """Count by filling parts as a phone network does: a character of two units is never split between parts."""
    widths = [_septets(character) for character in text]
    if all(widths):
        return Segments("GSM-7", sum(widths), _parts(widths, SINGLE_SEPTETS, PART_SEPTETS))
    widths = [1 if ord(character) < 0x10000 else 2 for character in text]
    return Segments("UCS-2", sum(widths), _parts(widths, SINGLE_UNITS, PART_UNITS))


def parts_of(text: str) -> int:
    """How many parts `text` takes in the form in which it is sent."""
    return count(tidy(text)).parts


@lru_cache(maxsize=4096)
def _septets(character: str) -> int:
    """1 or 2 septets, or 0 for what GSM-7 cannot write."""
    if character == ESCAPE:
        return 0
    try:
        return len(_codec.encode(character)[0])
    except UnicodeEncodeError:
        return 0


def _parts(widths: list[int], single: int, each: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, free = 1, each
    for width in widths:
        if width > free:
            parts, free = parts + 1, each
        free -= width
    return parts
