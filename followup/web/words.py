"""Statuses, purposes and periods as staff say them."""

from __future__ import annotations

from followup.core.periods import NotAPeriod, parse_period

STATUS = {
    "scheduled": "Planned",
    "open": "Open",
    "completed": "Completed",
    "partial": "Partly answered",
    "expired": "No answer",
    "unreachable": "Not reachable",
    "cancelled": "Cancelled",
    "skipped": "Skipped",
    "booked": "Booked",
    "ended": "Ended",
    "claimed": "Claimed",
    "escalated": "Escalated",
    "closed": "Signed off",
    "active": "Active",
    "paused": "Paused",
    "withdrawn": "Withdrawn",
    "draft": "Draft",
    "published": "Live",
    "retired": "Retired",
    "queued": "Waiting to leave",
    "sending": "Leaving",
    "accepted": "Taken by the carrier",
    "sent": "Sent",
    "delivered": "Delivered",
    "undelivered": "Not delivered",
    "failed": "Failed",
    "uncertain": "Outcome unknown",
    "in_progress": "In progress",
    "given_up_by_hand": "Given up by staff",
    "absent_by_hand": "Staff found that it had not left",
    "left_by_hand": "Staff found that it had left",
    "stopped": "Stopped early",
    "response": "Response",
    "message": "Text",
    "delivery": "Delivery problem",
    "handover": "Needs a person",
    "reviewed": "Reviewed",
    "reached-safe": "Reached: safe",
    "reached-911": "Reached: 911 called",
    "welfare-check": "Welfare check asked for",
    "no-answer-x3": "No answer after three calls",
    "referred": "Referred",
    "false-alarm": "False alarm",
    "opted-out": "Opted out",
    "opted_out": "Their number wants no texts",
    "no_number": "No mobile number",
    "no-roster": "Nobody was on call",
    "fewer": "Wants fewer texts",
    "time_of_day": "Wants texts at another hour",
    "may_stop": "May want the texts to stop",
    "yes_no": "Yes or no",
    "single_choice": "One choice",
    "multi_choice": "Several choices",
}
NEEDS = {
    "response": "Answers to look at",
    "message": "A text to read",
    "delivery": "Texts do not arrive",
    "handover": "The conversation got stuck",
}
DUTIES = {
    "first": "First on call",
    "second": "Second on call",
    "director": "Medical director",
    "fallback": "Fallback list",
}
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def status(value: str) -> str:
    """A status, kind, outcome or tag in words; one without words of its own is written out."""
    return STATUS.get(value, value.replace("_", " ").replace("-", " ").capitalize())


def duty(value: str) -> str:
    """In what part somebody was called out."""
    return DUTIES[value]


def needs(kind: str) -> str:
    """What a review item of a kind asks of its reader."""
    return NEEDS[kind]


def period(text: str) -> str:
    """An ISO 8601 period in words: PT24H is 24 hours, P7D is 7 days, PT0S is at once."""
    try:
        parsed = parse_period(text)
    except NotAPeriod:
        return text
    parts = [_count(abs(parsed.days), "day")] if parsed.days else []
    rest = abs(parsed.seconds)
    for size, unit in UNITS[1:]:
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(_count(amount, unit))
    return " ".join(parts) or "at once"


def _count(amount: int, unit: str) -> str:
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def offset(text: str) -> str:
    """When something is asked: PT24H is 24 hours after, -PT24H is 24 hours before."""
    if text.startswith("-"):
        return f"{period(text[1:])} before"
    words = period(text)
    return words if words == "at once" else f"{words} after"
