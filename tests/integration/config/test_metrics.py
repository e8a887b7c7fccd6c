"""Figures for Prometheus, and who may read them."""

import pytest
from django.test import Client
from pytest_django import Settings

from config.metrics import QUEUES

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
