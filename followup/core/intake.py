"""What a patient's record must look like; each rule gives the problem in words, or None."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import available_timezones

from privacy.phones import NotTextable, parse_mobile

LANGUAGES = ("en", "es")
CHANNELS = ("sms", "web")
EARLIEST_BIRTH = date(1900, 1, 1)
CONSENT_METHODS = ("written", "web", "verbal")
CARE = "care-follow-up"
"""What a patient agrees to be texted for, where nothing else is said."""


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


def channel_problem(channel: object) -> str | None:
    """How a patient is asked: by text, or by links to the web form."""
    return None if channel in CHANNELS else f"Choose one of {', '.join(CHANNELS)}."


def birth_problem(text: object, now: datetime) -> str | None:
    """A date of birth in ISO form that somebody alive may have, or blank where it is not known."""
    if text == "":
        return None
    try:
        born = date.fromisoformat(text) if isinstance(text, str) and len(text) == len("1961-03-14") else None
    except ValueError:
        born = None
    if born is None:
        return "Write the date as year, month and day, like 1961-03-14, or leave it out."
    return None if EARLIEST_BIRTH <= born <= now.date() else "Nobody alive was born on this day; check the year."


def method_problem(method: object) -> str | None:
    """One of the ways in which consent can be given (C-01)."""
    return None if method in CONSENT_METHODS else f"Choose one of {', '.join(CONSENT_METHODS)}."


def past_problem(at: object, now: datetime) -> str | None:
    """A moment with a zone, not after now."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        return "Needed: a date and time with zone, like 2026-11-20T16:00:00Z."
    return "Must not lie in the future." if at > now else None
