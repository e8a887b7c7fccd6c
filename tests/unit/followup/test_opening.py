"""Whether a due follow-up is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from followup.core.lifecycle import FollowUpStatus, Reason
from followup.core.opening import RETRY_BUSY, RETRY_HELD, Candidate, Drop, Open, PutBack, decide

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
CLOSES = NOW + timedelta(hours=4)
READY = Candidate(
    closes_at=CLOSES,
    waited_for=Reason.NONE,
    withdrawn=False,
    consent=True,
    opted_out=False,
    unreachable=False,
    paused_until=None,
    held=False,
    busy=False,
    skip_outside=False,
    window_opens_at=NOW,
    has_survey=True,
)
SOON = NOW + timedelta(seconds=5)
LATER, AFTER_CLOSING = NOW + timedelta(hours=1), CLOSES + timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Open()),
        ({"withdrawn": True}, Drop(FollowUpStatus.CANCELLED, Reason.WITHDRAWN)),
        ({"consent": False}, Drop(FollowUpStatus.SKIPPED, Reason.NO_CONSENT)),
        ({"opted_out": True}, Drop(FollowUpStatus.SKIPPED, Reason.OPTED_OUT)),
        ({"unreachable": True}, Drop(FollowUpStatus.UNREACHABLE, Reason.DELIVERY_FAILED)),
        ({"closes_at": NOW}, Drop(FollowUpStatus.SKIPPED, Reason.TOO_LATE)),
        ({"closes_at": NOW, "waited_for": Reason.PHONE_BUSY}, Drop(FollowUpStatus.SKIPPED, Reason.PHONE_BUSY)),
        ({"has_survey": False}, Drop(FollowUpStatus.SKIPPED, Reason.NO_LIVE_SURVEY)),
        ({"paused_until": LATER}, PutBack(Reason.PAUSED, LATER)),
        ({"paused_until": NOW}, Open()),
        ({"paused_until": AFTER_CLOSING}, Drop(FollowUpStatus.SKIPPED, Reason.PAUSED)),
        ({"window_opens_at": LATER}, PutBack(Reason.OUTSIDE_WINDOW, LATER)),
        ({"window_opens_at": LATER, "skip_outside": True}, Drop(FollowUpStatus.SKIPPED, Reason.OUTSIDE_WINDOW)),
        ({"window_opens_at": AFTER_CLOSING}, Drop(FollowUpStatus.SKIPPED, Reason.OUTSIDE_WINDOW)),
        ({"window_opens_at": None}, Drop(FollowUpStatus.SKIPPED, Reason.OUTSIDE_WINDOW)),
        ({"held": True}, PutBack(Reason.SAFETY_HOLD, NOW + RETRY_HELD)),
        ({"busy": True}, PutBack(Reason.PHONE_BUSY, NOW + RETRY_BUSY)),
        (
            {"busy": True, "closes_at": NOW + timedelta(seconds=5)},
            PutBack(Reason.PHONE_BUSY, NOW + timedelta(seconds=5)),
        ),
    ],
)
def test_a_due_follow_up_is_asked_put_back_or_dropped(changes: dict[str, Any], expected: object) -> None:
    assert decide(replace(READY, **changes), NOW) == expected
