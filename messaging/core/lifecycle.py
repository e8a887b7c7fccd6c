"""The life of an outgoing text: its statuses and the moves that are legal."""

from __future__ import annotations

from enum import StrEnum


class Outbound(StrEnum):
    """Where an outgoing text stands."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Purpose(StrEnum):
    """Why a text is sent; its order of urgency is in PRIORITY."""

    SAFETY = "safety"
    STAFF = "staff"  # calls somebody on call to an item; nothing about a patient
    CONTROL = "control"  # opt-out, opt-in and help confirmations
    CONVERSATION = "conversation"  # an answer to something the patient just wrote
    QUESTION = "question"  # the first text of a follow-up
    SERVICE = "service"  # enrolment and notices, which come before any question (clinical content, C-03 and 4.2.10)
    REMINDER = "reminder"


PRIORITY: dict[Purpose, int] = {
    Purpose.SAFETY: 0,
    Purpose.STAFF: 0,
    Purpose.CONTROL: 1,
    Purpose.CONVERSATION: 2,
    Purpose.SERVICE: 3,
    Purpose.QUESTION: 4,
    Purpose.REMINDER: 5,
}

IGNORES_WINDOW = frozenset({Purpose.SAFETY, Purpose.STAFF, Purpose.CONTROL, Purpose.CONVERSATION})

PROVIDER_STATUSES = frozenset({Outbound.ACCEPTED, Outbound.SENT, Outbound.DELIVERED, Outbound.UNDELIVERED})

# A callback may arrive before our own request is answered, and the one of an attempt that was thought lost may arrive
# when the text waits for the next: then it has left, and the second send must not happen.
MOVES: dict[Outbound, frozenset[Outbound]] = {
    Outbound.QUEUED: PROVIDER_STATUSES | {Outbound.SENDING, Outbound.CANCELLED, Outbound.EXPIRED, Outbound.FAILED},
    Outbound.SENDING: PROVIDER_STATUSES | {Outbound.QUEUED, Outbound.FAILED, Outbound.UNCERTAIN},
    Outbound.UNCERTAIN: PROVIDER_STATUSES | {Outbound.QUEUED, Outbound.CANCELLED, Outbound.EXPIRED, Outbound.FAILED},
    Outbound.ACCEPTED: frozenset({Outbound.SENT, Outbound.DELIVERED, Outbound.UNDELIVERED, Outbound.FAILED}),
    Outbound.SENT: frozenset({Outbound.DELIVERED, Outbound.UNDELIVERED, Outbound.FAILED}),
    Outbound.DELIVERED: frozenset(),
    Outbound.UNDELIVERED: frozenset(),
    Outbound.FAILED: frozenset(),
    Outbound.CANCELLED: frozenset(),
    Outbound.EXPIRED: frozenset(),
}

FINAL = frozenset(status for status, moves in MOVES.items() if not moves)


def may_move(before: str, after: str) -> bool:
    """Whether a text may go from `before` to `after`."""
    return Outbound(after) in MOVES[Outbound(before)]


# What the provider calls a status, and what it is to us (clinical content, section 6.2).
FROM_PROVIDER: dict[str, Outbound] = {
    "accepted": Outbound.ACCEPTED,
    "scheduled": Outbound.ACCEPTED,
    "queued": Outbound.ACCEPTED,
    "sending": Outbound.ACCEPTED,
    "sent": Outbound.SENT,
    "partially_delivered": Outbound.SENT,
    "delivered": Outbound.DELIVERED,
    "read": Outbound.DELIVERED,
    "undelivered": Outbound.UNDELIVERED,
    "failed": Outbound.FAILED,
    "canceled": Outbound.FAILED,
}


def moved_by_provider(before: str, reported: str) -> Outbound | None:
    """Where a report of the provider moves a text, or None when it is unknown, stale or a repetition."""
    after = FROM_PROVIDER.get(reported)
    return after if after and may_move(before, after) else None
