"""Alerts, queues and reasons as people say them."""

from __future__ import annotations

from watch.models import Alert

PURPOSES = {
    "safety": "Safety text",
    "staff": "Call-out of staff",
    "control": "Confirmation of STOP, START or HELP",
    "conversation": "Answer in a conversation",
    "question": "First question",
    "service": "Welcome or notice",
    "reminder": "Reminder",
}

QUEUES = {
    "outbox": "Texts to send",
    "unresolved_sends": "Texts to ask the provider about",
    "inbound": "Patients' texts to handle",
    "openings": "Follow-ups to begin",
    "timers": "Reminders and closings",
    "webhooks": "Events for other systems",
    "call_outs": "Call-outs of staff",
    "unseen": "Safety texts to look after",
}

WHY = {
    "worker_lost": "The worker died while it was being sent",
    "timeout": "The provider did not answer in time",
    "reset": "The connection broke after the text had left us",
    "person_told": "The provider cannot say whether it left",
    "retry_unreachable": "The provider cannot be reached",
    "retry_absent": "It never reached the provider",
}

STOPPED = "It waits for the stopped sender"
LATE = "It is due and no worker has taken it"
BEHIND = "It waits until it is known whether an earlier text to this number left"


def words_of(alert: Alert) -> str:
    """How much an alert is about: 3 of 12, or 3 in all; nothing where one thing is meant."""
    if alert.of:
        return f"{alert.count} of {alert.of}"
    return f"{alert.count} in all" if alert.count > 1 else ""


def why(reason: str) -> str:
    """Why a text stands where it stands, from the word in its row."""
    if reason in WHY:
        return WHY[reason]
    for head, words in (("retry_", "The provider refused it for now"), ("sender_stopped_", "The sender is stopped")):
        if reason.startswith(head):
            return f"{words} (code {reason.removeprefix(head)})"
    return "The provider's answer could not be read"
