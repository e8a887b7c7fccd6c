"""What a clinic's own settings must look like: every problem is found at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

LANGUAGES = ("en", "es")
DAYS = 7

LEAST_MONTHS, MOST_MONTHS = 3, 600
"""How short and how long texts may be kept by months: anything that can still come for a text has come by then."""

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_DESK_PHONE = re.compile(r"[+\d][\d\s().-]{2,18}\d")
_TREATMENT_WORDS = re.compile(
    r"ketamin|esketamin|spravato|infusi|depress|depresi|psych|psiqu|suicid|opioid|addict|adicci", re.IGNORECASE
)

WINDOW_FORM = 'seven entries, Monday first, each ["09:00", "20:00"] in local time or null'


def key_problem(key: str) -> str | None:
    """Why `key` cannot name a clinic, or None."""
    if not _KEY.fullmatch(key) or len(key) > 50:
        return "Use at most 50 lower-case letters and digits, with single hyphens between, like north-clinic."
    return None


def name_problem(name: str, longest: int) -> str | None:
    """Why `name` cannot be kept, or None."""
    if not name.strip():
        return "Give a name."
    if len(name) > longest:
        return f"Use at most {longest} characters."
    return None


def short_name_problem(short_name: str) -> str | None:
    """Why texts cannot call the clinic so, or None: the name must not give the treatment away (T-06)."""
    problem = name_problem(short_name, 40)
    if problem is None and _TREATMENT_WORDS.search(short_name):
        return "Patients' texts show this name: choose one that names no treatment, drug or diagnosis."
    return problem


def zone_problem(zone: str) -> str | None:
    """Why `zone` is not a time zone, or None."""
    return None if zone in available_timezones() else "Give a zone of the tz database, like America/Chicago."


def retention_problem(months: int | None) -> str | None:
    """Why texts cannot be deleted after so many `months`, or None; None months are legal and mean never."""
    if months is None or LEAST_MONTHS <= months <= MOST_MONTHS:
        return None
    return f"Give whole months from {LEAST_MONTHS} to {MOST_MONTHS}, or none to keep texts for ever."


def language_problem(language: str) -> str | None:
    """Why texts cannot be in `language`, or None."""
    return None if language in LANGUAGES else f"Choose one of {', '.join(LANGUAGES)}."


def phone_problem(phone: str) -> str | None:
    """Why `phone` cannot stand in a text as the desk's number, or None; blank is legal."""
    if phone and not _DESK_PHONE.fullmatch(phone):
        return "Write the desk's number as patients dial it, at most 20 characters, like 618-555-0100."
    return None


def window_problem(window: object) -> str | None:
    """Why `window` is not a week of sending hours, or None. 24:00 is a legal closing time."""
    if not isinstance(window, Sequence) or isinstance(window, str) or len(window) != DAYS:
        return f"Give {WINDOW_FORM}."
    if not all(day is None or _is_day(day) for day in window):
        return f"Give {WINDOW_FORM}; each day opens before it closes."
    if all(day is None for day in window):
        return "Open at least one day: otherwise no text ever leaves."
    return None


def _is_day(day: Any) -> bool:
    if not isinstance(day, Sequence) or isinstance(day, str) or len(day) != 2:
        return False
    opening, closing = day
    if not all(isinstance(time, str) and _TIME.fullmatch(time) for time in day):
        return False
    return bool(opening < closing)


def parse_window(text: str) -> list[list[str] | None]:
    """`09:00-20:00` as the same hours on each day of the week; raises ValueError with the remedy."""
    opening, hyphen, closing = text.strip().partition("-")
    window: list[list[str] | None] = [[opening.strip(), closing.strip()] for _ in range(DAYS)]
    if not hyphen or window_problem(window):
        raise ValueError("Write the hours as 09:00-20:00, opening before closing.")
    return window
