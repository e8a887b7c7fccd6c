"""What is logged names nobody."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client

from config.errors import scrub
from config.logging import configure_logging


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Log JSON lines into a buffer for one test."""
    configure_logging("json")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    buffer = io.StringIO()
    handler.setStream(buffer)
    yield buffer
    configure_logging("console")


def test_numbers_and_addresses_are_masked_in_values_and_tracebacks(lines: io.StringIO) -> None:
    log = structlog.get_logger("test")
    ids = {"id": "0192f0c4-aaaa-7bbb-8ccc-1234567890ab"}
    try:
        raise ValueError("cannot text +16185550123")
    except ValueError:
        log.exception("text_failed", to="+1 (618) 555-0123", by="pat@example.org", **ids)
    line = json.loads(lines.getvalue())
    assert "555-0123" not in lines.getvalue()
    assert "5550123" not in lines.getvalue()
    assert "example.org" not in lines.getvalue()
    assert line["id"] == ids["id"]
    assert "ValueError" in line["exception"]


def test_records_of_other_packages_take_the_same_way(lines: io.StringIO) -> None:
    logging.getLogger("somebody.else").warning("called %s", "+16185550123")
    assert "5550123" not in lines.getvalue()
    assert json.loads(lines.getvalue())["level"] == "warning"


def test_one_time_tokens_in_addresses_are_masked(lines: io.StringIO) -> None:
    logging.getLogger("django.request").warning("Not Found: /f/s3cr3tT0ken/ and /webhooks/twilio/status/s3cr3tT0ken/")
    assert "s3cr3tT0ken" not in lines.getvalue()
    assert "/f/[token]/" in lines.getvalue()


def test_the_lines_of_a_request_carry_its_id(lines: io.StringIO, client: Client) -> None:
    answer = client.get("/nowhere/", headers={"X-Request-Id": "trace-me-12345678"})
    assert answer.status_code == 404
    assert json.loads(lines.getvalue().splitlines()[0])["request_id"] == "trace-me-12345678"


def test_the_providers_client_does_not_log_addresses_at_info() -> None:
    assert not logging.getLogger("twilio.http_client").isEnabledFor(logging.INFO)


def test_error_reports_leave_the_request_and_the_user_behind() -> None:
    event = {
        "request": {"method": "POST", "url": "https://x/f/s3cr3tT0ken/", "data": {"Body": "I want to die"}},
        "user": {"ip_address": "203.0.113.9"},
        "exception": {"values": [{"type": "ValueError", "value": "cannot text +16185550123"}]},
    }
    report = json.dumps(scrub(event, {}))
    for secret in ("s3cr3tT0ken", "die", "203.0", "555"):
        assert secret not in report
