"""Bring numbers to a few kinds, so that lists and model can speak of readings: fever, pulse, blood pressure."""

import re
from bisect import bisect_right
from typing import Final

# Hypertensive-crisis limits: clinical content, section 3.5, E14. Low limit: a systolic value at which people faint.
_CRISIS_SYSTOLIC: Final = 180
_CRISIS_DIASTOLIC: Final = 120
_LOW_SYSTOLIC: Final = 85

# From each limit on, a number is of that kind. 38 (Celsius) and 100.4 (Fahrenheit) are the usual fever limits.
_LIMITS: Final = (11.0, 30.0, 38.0, 42.5, 55.0, 90.0, 100.4, 109.0, 130.0, 180.0, 261.0, 1950.0, 2031.0)
_KINDS: Final = ("", "n20", "n35", "n40", "n50", "n80", "n95", "n102", "n120", "n150", "n200", "n400", "nyear", "n400")
_PLAIN: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?")
_CALLED: Final = frozenset({"911", "988"})  # emergency and crisis lines, not readings


def kind_of_number(word: str) -> str:
    """The kind of a number word ("38.5" is "n40", "190/110" is "nbp"); numbers up to ten stay as they are."""
    if word in _CALLED:
        return word
    if "/" in word:
        return _kind_of_pair(word)
    if len(word) > 9 or not _PLAIN.fullmatch(word):
        return "nother"
    return _KINDS[bisect_right(_LIMITS, float(word))] or word


def _kind_of_pair(word: str) -> str:
    """A blood pressure if it can be one ("systolic/diastolic" in mmHg), else a fraction or date of no interest."""
    parts = word.split("/")
    if len(parts) != 2 or not all(part.isdigit() and len(part) <= 3 for part in parts):
        return "nother"
    systolic, diastolic = map(int, parts)
    if not (50 <= systolic <= 300 and 25 <= diastolic <= 200 and diastolic < systolic):
        return "nother"
    if systolic >= _CRISIS_SYSTOLIC or diastolic >= _CRISIS_DIASTOLIC:
        return "nbp"
    return "nlowbp" if systolic <= _LOW_SYSTOLIC else "nother"


def crisis_pressure(words: list[str]) -> tuple[int, int] | None:
    """The first blood pressure of crisis height (E14) among the words of a text: systolic and diastolic, in mmHg."""
    word = next((word for word in words if "/" in word and _kind_of_pair(word) == "nbp"), None)
    if word is None:
        return None
    systolic, _, diastolic = word.partition("/")
    return int(systolic), int(diastolic)
