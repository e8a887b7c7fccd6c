"""Webhooks' rules: signatures that a stranger can check, pauses, and which events there are."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from followup.core.webhooks import (
    GIVE_UP_AFTER,
    OBJECTS,
    PAUSES,
    SUBSCRIBABLE,
    Event,
    events_problem,
    next_try,
    signature,
)

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def test_a_signature_is_checked_with_nothing_but_the_standard_library() -> None:
    value = signature("whsec_x", b'{"a": 1}', NOW)
    moment, digest = (part.partition("=")[2] for part in value.split(","))
    assert datetime.fromtimestamp(int(moment), UTC) == NOW
    assert hmac.compare_digest(digest, hmac.new(b"whsec_x", moment.encode() + b'.{"a": 1}', hashlib.sha256).hexdigest())


@pytest.mark.parametrize(
    "other",
    [("whsec_y", b"body", NOW), ("whsec_x", b"Body", NOW), ("whsec_x", b"body", NOW + timedelta(seconds=1))],
)
def test_another_secret_body_or_second_is_another_signature(other: tuple[str, bytes, datetime]) -> None:
    assert signature(*other) != signature("whsec_x", b"body", NOW)


def test_a_delivery_is_tried_ever_more_seldom_for_three_days() -> None:
    at, attempts = NOW, 1
    while (following := next_try(NOW, attempts, at)) is not None:
        assert following - at == PAUSES[min(attempts, len(PAUSES)) - 1]
        at, attempts = following, attempts + 1
    assert GIVE_UP_AFTER - timedelta(hours=6) <= at - NOW < GIVE_UP_AFTER


@pytest.mark.parametrize("events", [[], ["nothing.of.ours"], ["signal.raised"] * 2, ["webhook.test"]])
def test_wrong_events_are_refused_with_those_there_are(events: list[str]) -> None:
    problem = events_problem(events)
    assert problem
    assert "Name" in problem


def test_every_event_names_where_its_object_is_read() -> None:
    assert events_problem(SUBSCRIBABLE) is None
    assert set(OBJECTS) == set(Event)
