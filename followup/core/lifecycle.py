"""The lives of follow-ups, care sessions and review items: statuses and the moves that are legal."""

from __future__ import annotations

from enum import StrEnum


class FollowUpStatus(StrEnum):
    """Where a follow-up stands."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    COMPLETED = "completed"
    PARTIAL = "partial"
    EXPIRED = "expired"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


FOLLOW_UP_MOVES: dict[FollowUpStatus, frozenset[FollowUpStatus]] = {
    FollowUpStatus.SCHEDULED: frozenset(
        {FollowUpStatus.OPEN, FollowUpStatus.CANCELLED, FollowUpStatus.SKIPPED, FollowUpStatus.UNREACHABLE}
    ),
    FollowUpStatus.OPEN: frozenset(
        {
            FollowUpStatus.COMPLETED,
            FollowUpStatus.PARTIAL,
            FollowUpStatus.EXPIRED,
            FollowUpStatus.UNREACHABLE,
            FollowUpStatus.CANCELLED,
        }
    ),
    FollowUpStatus.COMPLETED: frozenset(),
    FollowUpStatus.PARTIAL: frozenset(),
    FollowUpStatus.EXPIRED: frozenset(),
    FollowUpStatus.UNREACHABLE: frozenset(),
    FollowUpStatus.CANCELLED: frozenset(),
    FollowUpStatus.SKIPPED: frozenset(),
}


class Reason(StrEnum):
    """Why a follow-up was not asked, or not finished; shown to staff in words."""

    NONE = ""
    OUTSIDE_WINDOW = "outside_window"
    TOO_LATE = "too_late"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    PHONE_BUSY = "phone_busy"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_MOVED = "session_moved"
    NEW_SESSION = "new_session"
    WITHDRAWN = "withdrawn"
    NO_LIVE_SURVEY = "no_live_survey"
    SAFETY_HOLD = "safety_hold"
    DELIVERY_FAILED = "delivery_failed"
    HANDED_OVER = "handed_over"
    NO_REPLY = "no_reply"
    WRONG_PERSON = "wrong_person"
    BY_STAFF = "by_staff"
    NOT_APPLICABLE = "not_applicable"
    DAILY_LIMIT = "daily_limit"
    PAUSED = "paused"


class SessionStatus(StrEnum):
    """Where a care session stands."""

    BOOKED = "booked"
    ENDED = "ended"
    CANCELLED = "cancelled"


SESSION_MOVES: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.BOOKED: frozenset({SessionStatus.ENDED, SessionStatus.CANCELLED}),
    SessionStatus.ENDED: frozenset({SessionStatus.CANCELLED}),
    SessionStatus.CANCELLED: frozenset(),
}


class ReviewStatus(StrEnum):
    """Where a review item stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    ESCALATED = "escalated"
    CLOSED = "closed"


REVIEW_MOVES: dict[ReviewStatus, frozenset[ReviewStatus]] = {
    ReviewStatus.OPEN: frozenset({ReviewStatus.CLAIMED, ReviewStatus.ESCALATED, ReviewStatus.CLOSED}),
    ReviewStatus.CLAIMED: frozenset({ReviewStatus.OPEN, ReviewStatus.ESCALATED, ReviewStatus.CLOSED}),
    ReviewStatus.ESCALATED: frozenset({ReviewStatus.CLAIMED, ReviewStatus.CLOSED}),
    ReviewStatus.CLOSED: frozenset({ReviewStatus.OPEN}),  # undo of a sign-off, within its window
}


class Level(StrEnum):
    """How much attention something needs (clinical content, section 3.1)."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    WATCH = "watch"
    INFO = "info"


RANK: dict[Level, int] = {Level.EMERGENCY: 0, Level.URGENT: 1, Level.WATCH: 2, Level.INFO: 3}
