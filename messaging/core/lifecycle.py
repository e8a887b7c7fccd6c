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
    CONTROL = "control"  # opt-out, opt-in and help confirmations
    CONVERSATION = "conversation"  # an answer to something the patient just wrote
    QUESTION = "question"  # the first text of a follow-up
    SERVICE = "service"  # enrolment and notices
    REMINDER = "reminder"


PRIORITY: dict[Purpose, int] = {
    Purpose.SAFETY: 0,
    Purpose.CONTROL: 1,
    Purpose.CONVERSATION: 2,
    Purpose.QUESTION: 3,
    Purpose.SERVICE: 4,
    Purpose.REMINDER: 5,
}

IGNORES_WINDOW = frozenset({Purpose.SAFETY, Purpose.CONTROL, Purpose.CONVERSATION})

MOVES: dict[Outbound, frozenset[Outbound]] = {
    Outbound.QUEUED: frozenset({Outbound.SENDING, Outbound.CANCELLED, Outbound.EXPIRED}),
    Outbound.SENDING: frozenset({Outbound.ACCEPTED, Outbound.QUEUED, Outbound.FAILED, Outbound.UNCERTAIN}),
    Outbound.UNCERTAIN: frozenset(
        {
            Outbound.ACCEPTED,
            Outbound.SENT,
            Outbound.DELIVERED,
            Outbound.UNDELIVERED,
            Outbound.FAILED,
            Outbound.QUEUED,
            Outbound.CANCELLED,
            Outbound.EXPIRED,
        }
    ),
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
