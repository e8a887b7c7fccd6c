"""Figures for Prometheus, and who may read them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from config.metrics import QUEUES
from messaging.models import OutboundMessage
from tests.factories import make_clinic
from tests.integration.messaging.texts import queue as queue_text
from watch.core.silence import Answers
from watch.operations import look

pytestmark = pytest.mark.django_db

PROXIED = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}


def test_metrics_show_every_queue_and_the_process(client: Client) -> None:
    text = client.get("/metrics").content.decode()
    for queue in QUEUES:
        assert f'followup_queue_waiting{{queue="{queue.name}"}} 0.0' in text
        assert f'followup_queue_oldest_due_seconds{{queue="{queue.name}"}} 0.0' in text
    assert "process_resident_memory_bytes" in text


def test_metrics_are_closed_to_strangers_and_to_what_came_through_a_proxy(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="198.51.100.4").status_code == 403
    assert client.get("/metrics", **PROXIED).status_code == 403


def test_the_token_opens_metrics_from_anywhere(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a-token-of-some-length"
    right, wrong = "Bearer a-token-of-some-length", "Bearer another"
    assert client.get("/metrics", HTTP_AUTHORIZATION=right, **PROXIED).status_code == 200
    assert client.get("/metrics", HTTP_AUTHORIZATION=wrong, **PROXIED).status_code == 403


def test_no_token_opens_metrics_when_none_is_set(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ", **PROXIED).status_code == 403


def test_metrics_show_what_is_stuck_silent_and_filtered(client: Client) -> None:
    clinic, now = make_clinic(surveys=False), timezone.now()
    for place in range(4):
        text = queue_text(clinic, now=now - timedelta(minutes=5), expires_at=now + timedelta(hours=1))
        OutboundMessage.objects.filter(pk=text.pk).update(
            status="sent",
            next_attempt_at=None,
            provider_id=f"SM{place}",
            sent_at=now - timedelta(minutes=5),
            error_code="30007" if place == 0 else "",
        )
    text = client.get("/metrics").content.decode()
    assert "followup_callbacks 4.0" in text
    assert "followup_callbacks_share 1.0" in text
    assert "followup_filtered_share 0.25" in text
    assert "followup_uncertain 0.0" in text
    assert "followup_set_aside_oldest_seconds 0.0" in text
    look(ask=lambda: Answers(broker=True, workers=False), now=now + timedelta(seconds=300))
    assert 'followup_alerts_open{condition="callbacks-silent"} 1.0' in client.get("/metrics").content.decode()
