"""When somebody is told of an alert, again, and how long a notice that does not get through is tried."""

from __future__ import annotations

from datetime import datetime, timedelta

from watch.core.conditions import BY_KEY

CALM = timedelta(minutes=2)
"""An alert ends when its condition has not held for so long; a condition that comes and goes is one alert."""

REMIND_EVERY = timedelta(hours=4)
"""How often somebody is told again of an alert that nobody has acknowledged."""

PAUSES = (
    timedelta(seconds=15),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
)
"""Before the second, third ... try of a notice; the last repeats."""

GIVE_UP_AFTER = timedelta(hours=24)

SUBJECTS = {
    "outbox": "texts to send",
    "unresolved_sends": "texts whose outcome must be asked for",
    "inbound": "texts of patients to handle",
    "openings": "follow-ups to begin",
    "timers": "reminders and closings",
    "webhooks": "events for other systems",
}


def next_try(made_at: datetime, attempts: int, now: datetime) -> datetime | None:
    """When a notice that failed `attempts` times (from 1) is tried again; None: it is given up."""
    at = now + PAUSES[min(attempts, len(PAUSES)) - 1]
    return at if at - made_at < GIVE_UP_AFTER else None


def title(condition: str, subject: str) -> str:
    """The alert in one line: what is wrong, and of what; a condition that is no longer in the table by its key."""
    known = BY_KEY.get(condition)
    head = known.title if known else condition
    return f"{head}: {SUBJECTS.get(subject, subject)}" if subject else head


def remedy(condition: str) -> str:
    """What to do."""
    known = BY_KEY.get(condition)
    return known.remedy if known else ""
