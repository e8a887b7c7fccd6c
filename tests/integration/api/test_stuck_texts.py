"""Texts that stand still, decided through the API: once, audited, and never another clinic's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.models import AuditEvent
from messaging.models import InboundMessage, OutboundMessage
from tests.integration.api.test_doors import attrs, problem
from tests.integration.messaging.texts import queue


@pytest.fixture
def text(north) -> OutboundMessage:
    """A text that was tried and waits."""
    now = timezone.now()
    row = queue(north.clinic, now=now, expires_at=now + timedelta(days=1))
    OutboundMessage.objects.filter(pk=row.pk).update(
        attempts=1, claimed_at=now, next_attempt_at=now + timedelta(minutes=30), reason="retry_429"
    )
    return row


def do(api, row, verb, body=None):
    return api.post(f"/api/v1/messages/{row.pk}/{verb}/", body or {})


def test_a_text_is_tried_at_once_and_a_second_request_finds_nothing_to_do(north, text):
    api = north.client("coordinator")
    assert do(api, text, "retry").json() == {"id": str(text.pk), "status": "queued", "reason": "retry_429"}
    text.refresh_from_db()
    assert text.next_attempt_at <= timezone.now()
    assert attrs(problem(do(api, text, "retry"), 409)) == {"status"}
    assert AuditEvent.objects.filter(action="message.retry").count() == 1


def test_a_text_is_given_up(api, text):
    assert do(api, text, "give-up").json()["status"] == "cancelled"
    assert attrs(problem(do(api, text, "give-up"), 409)) == {"status"}


def test_an_uncertain_text_is_resolved_after_the_provider_has_been_asked(api, text):
    now = timezone.now()
    unknown = {"status": "uncertain", "next_attempt_at": None, "check_at": now, "claimed_at": now}
    OutboundMessage.objects.filter(pk=text.pk).update(**unknown)
    assert attrs(problem(do(api, text, "resolve", {"left": False}), 409)) == {"message"}
    OutboundMessage.objects.filter(pk=text.pk).update(claimed_at=now - timedelta(minutes=16))
    assert attrs(problem(do(api, text, "resolve", {"left": True, "provider_sid": "x"}), 409)) == {"provider_sid"}
    assert attrs(problem(do(api, text, "resolve", {"left": "perhaps"}), 400)) == {"left"}
    assert do(api, text, "resolve", {"left": True}).json()["status"] == "failed"


def test_an_inbound_text_that_was_set_aside_is_handled_again(api, north):
    now = timezone.now()
    aside = InboundMessage.objects.create(
        clinic=north.clinic,
        provider_id="SM1",
        number="x",
        number_hash="h",
        sender="s",
        body="b",
        received_at=now,
        set_aside_at=now,
    )
    assert do(api, aside, "retry").json()["status"] == "pending"
    assert attrs(problem(do(api, aside, "retry"), 409)) == {"status"}


@pytest.mark.parametrize("verb", ["retry", "give-up", "resolve"])
def test_an_outsider_finds_no_text(south, text, verb):
    problem(do(south.client(), text, verb, {"left": True} if verb == "resolve" else {}), 404)
    text.refresh_from_db()
    assert (text.status, text.reason) == ("queued", "retry_429")
