"""Webhooks' rules: which events there are, how a body is signed, when a delivery is tried again."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum


class Event(StrEnum):
    """What a clinic's own system can be told of; the value is the event's name outside."""

    FOLLOW_UP_COMPLETED = "follow_up.completed"
    FOLLOW_UP_ENDED = "follow_up.ended"  # partly answered, not answered, cancelled while open, not reachable
    SIGNAL_RAISED = "signal.raised"
    REVIEW_CLOSED = "review.closed"
    MESSAGE_FAILED = "message.failed"
    OPT_OUT_CREATED = "opt_out.created"
    WEBHOOK_TEST = "webhook.test"  # asked for by hand, whatever a webhook subscribes to


SUBSCRIBABLE = tuple(event for event in Event if event is not Event.WEBHOOK_TEST)

OBJECTS = {
    Event.FOLLOW_UP_COMPLETED: "follow-ups",
    Event.FOLLOW_UP_ENDED: "follow-ups",
    Event.SIGNAL_RAISED: "signals",
    Event.REVIEW_CLOSED: "reviews",
    Event.MESSAGE_FAILED: "messages",
    Event.OPT_OUT_CREATED: "opt-outs",
    Event.WEBHOOK_TEST: "webhooks",
}
"""The resource of the API that an event's object is read from."""

PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""Before the second, third ... try; the last repeats."""

GIVE_UP_AFTER = timedelta(days=3)
"""How long a delivery is tried, and how long a webhook may fail before it is disabled."""

KEPT_FOR = timedelta(days=30)
"""How long a delivery that is over can be seen and replayed."""

SECRET_PREFIX = "whsec_"  # noqa: S105  # the beginning of every secret, so that scanners know a lost one


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of Followup-Signature: when it was signed, in seconds since 1970, and HMAC-SHA-256 over `<t>.<body>`.

    The receiver computes the same, compares in constant time, and refuses what was signed minutes ago.
    """
    moment = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def next_try(tried_since: datetime, attempts: int, now: datetime) -> datetime | None:
    """When a delivery that failed `attempts` times (from 1) is tried again; None: it is given up."""
    at = now + PAUSES[min(attempts, len(PAUSES)) - 1]
    return at if at - tried_since < GIVE_UP_AFTER else None


def events_problem(events: Collection[str]) -> str | None:
    """Why a webhook cannot subscribe to these, or None."""
    if not events:
        return "Name at least one event."
    unknown = sorted(set(events) - set(SUBSCRIBABLE))
    if unknown or len(set(events)) != len(events):
        return f"Name each event once, out of {', '.join(SUBSCRIBABLE)}."
    return None
