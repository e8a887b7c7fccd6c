"""What a patient's record must look like; each rule gives the problem in words, or None."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from privacy.phones import NotTextable, parse_mobile

LANGUAGES = ("en", "es")
CONSENT_METHODS = ("written", "web", "verbal")


def text_problem(text: object, longest: int) -> str | None:
    """A text of 1 to `longest` characters without NUL."""
    if not isinstance(text, str) or not text.strip():
        return "Needed."
    if len(text) > longest:
        return f"At most {longest} characters."
    return "Must not contain a NUL character." if "\x00" in text else None


def phone_problem(phone: object) -> str | None:
    """A mobile number in E.164."""
    try:
        parse_mobile(phone if isinstance(phone, str) else "")
    except NotTextable as error:
        return str(error)
    return None


def zone_problem(zone: object) -> str | None:
    """A zone of the IANA list."""
    if isinstance(zone, str) and zone in available_timezones():
        return None
    return "Unknown time zone; write a name of the IANA list, like America/Chicago."


def language_problem(language: object) -> str | None:
    """A language that every text exists in."""
    return None if language in LANGUAGES else f"Unknown language; there are {', '.join(LANGUAGES)}."


def flag_problem(flag: object) -> str | None:
    """Yes or no."""
    return None if isinstance(flag, bool) else "Write true or false."


def method_problem(method: object) -> str | None:
    """One of the ways in which consent can be given (C-01)."""
    return None if method in CONSENT_METHODS else f"Choose one of {', '.join(CONSENT_METHODS)}."


def past_problem(at: object, now: datetime) -> str | None:
    """A moment with a zone, not after now."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        return "Needed: a date and time with zone, like 2026-11-20T16:00:00Z."
    return "Must not lie in the future." if at > now else None
