"""Time that has passed over texts: what is done with stands in the history."""

from __future__ import annotations

from datetime import datetime, timedelta

from messaging.models import OutboundMessage
from messaging.operations import move_to_history
from messaging.operations.history import KEPT_LIVE
from tests.factories.clinics import NOW


def shelve_texts(*, now: datetime = NOW, tidied: bool = True) -> int:
    """Let every text that was queued end, and move all to the history as the sweeps do weeks after `now`."""
    OutboundMessage.objects.filter(finished_at__isnull=True).update(
        status="cancelled", reason="test", next_attempt_at=None, check_at=None, finished_at=now
    )
    if tidied:
        OutboundMessage.objects.update(tidy_at=None)
    later = now + KEPT_LIVE + timedelta(days=1)
    move_to_history(now=later)
    return move_to_history(now=later + timedelta(hours=1))
