"""Whether a follow-up that has fallen due is asked now, later or not at all, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from followup.core.lifecycle import FollowUpStatus, Reason

RETRY_BUSY: Final = timedelta(minutes=10)
"""How soon one behind another conversation is tried again; the end of that one wakes it at once (our choice)."""
WITHOUT_ROSTER: Final = {"phq-9": "phq-8", "month-1-form": "month-1-form-8"}
"""What is asked instead while nobody is on call to act on an answer about self-harm (clinical content, rule M1b)."""
RETRY_HELD: Final = timedelta(hours=1)
"""How soon one behind an open safety concern is tried again; closing the concern wakes it at once (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What decides about one due follow-up. `window_opens_at` is `now` inside the window, None when it never opens."""

    closes_at: datetime
    waited_for: Reason
    withdrawn: bool
    consent: bool
    opted_out: bool
    unreachable: bool
    paused_until: datetime | None
    held: bool
    busy: bool
    skip_outside: bool
    window_opens_at: datetime | None
    has_survey: bool


@dataclass(frozen=True, slots=True)
class Open:
    """Ask it now."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """Try again at `until`."""

    reason: Reason
    until: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """Never ask it."""

    status: FollowUpStatus
    reason: Reason


Decision = Open | PutBack | Drop


def decide(candidate: Candidate, now: datetime) -> Decision:
    """What becomes of a due follow-up. The checks run from what is final to what may pass."""
    for holds, status, reason in (
        (candidate.withdrawn, FollowUpStatus.CANCELLED, Reason.WITHDRAWN),
        (not candidate.consent, FollowUpStatus.SKIPPED, Reason.NO_CONSENT),
        (candidate.opted_out, FollowUpStatus.SKIPPED, Reason.OPTED_OUT),
        (candidate.unreachable, FollowUpStatus.UNREACHABLE, Reason.DELIVERY_FAILED),
        (now >= candidate.closes_at, FollowUpStatus.SKIPPED, candidate.waited_for or Reason.TOO_LATE),
        (not candidate.has_survey, FollowUpStatus.SKIPPED, Reason.NO_LIVE_SURVEY),
    ):
        if holds:
            return Drop(status, reason)
    return _or_later(candidate, now)


def _or_later(candidate: Candidate, now: datetime) -> Decision:
    if candidate.paused_until is not None and candidate.paused_until > now:
        return _later(candidate, Reason.PAUSED, candidate.paused_until)
    if candidate.window_opens_at is None or (candidate.skip_outside and candidate.window_opens_at > now):
        return Drop(FollowUpStatus.SKIPPED, Reason.OUTSIDE_WINDOW)
    if candidate.window_opens_at > now:
        return _later(candidate, Reason.OUTSIDE_WINDOW, candidate.window_opens_at)
    if candidate.held:
        return _later(candidate, Reason.SAFETY_HOLD, now + RETRY_HELD)
    if candidate.busy:
        return _later(candidate, Reason.PHONE_BUSY, now + RETRY_BUSY)
    return Open()


def _later(candidate: Candidate, reason: Reason, until: datetime) -> Decision:
    """Put it back, unless it would close before: then it is dropped for the same reason."""
    if reason in {Reason.SAFETY_HOLD, Reason.PHONE_BUSY}:
        return PutBack(reason, min(until, candidate.closes_at))
    return PutBack(reason, until) if until < candidate.closes_at else Drop(FollowUpStatus.SKIPPED, reason)
