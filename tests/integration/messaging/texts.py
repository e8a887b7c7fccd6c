"""Texts for tests of this room."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from clinics.models import Clinic
from messaging.core.lifecycle import Purpose
from messaging.models import OutboundMessage
from messaging.operations import TextDraft, enqueue
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Chicago
ADA, BEN = "+16185550123", "+16185550124"
_keys = count(1)


def draft(clinic: Clinic, number: str = ADA, **fields: Any) -> TextDraft:
    """A question to Ada that is useful for a day."""
    defaults: dict[str, Any] = {
        "clinic_id": clinic.pk,
        "dedupe_key": f"text-{next(_keys)}",
        "number": Sensitive(number),
        "number_hash": phone_hash(number),
        "body": "North Care: how is your pain, 0 to 10?",
        "language": "en",
        "purpose": Purpose.QUESTION,
        "expires_at": NOW + timedelta(days=1),
    }
    return TextDraft(**(defaults | fields))


def queue(clinic: Clinic, number: str = ADA, *, now: datetime = NOW, **fields: Any) -> OutboundMessage:
    """A text in the outbox."""
    made = draft(clinic, number, **fields)
    enqueue([made], now=now)
    return OutboundMessage.objects.get(dedupe_key=made.dedupe_key)


def numbers(count_of_them: int) -> list[str]:
    """That many numbers which exist for stories only."""
    areas = ("618", "314", "217", "636", "573", "660", "816", "417", "712", "515", "563", "641", "319", "608", "262")
    return [f"+1{areas[place // 100]}5550{100 + place % 100}" for place in range(count_of_them)]
