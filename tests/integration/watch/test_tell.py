"""Telling: by real SMTP and a real POST, through failures, with no transaction open and nobody's data in it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from clinics.models import Clinic
from messaging.core.lifecycle import Outbound
from messaging.models import OutboundMessage
from tests.factories import NOW
from tests.integration.messaging.texts import ADA, queue
from tests.integration.watch.conftest import look_after
from tests.listening import Hooks, Mails
from tools.launcher.embedded import free_port
from watch.models import Notice
from watch.operations import tell
from watch.operations.without_rows import tell_without_rows

OPEN_TRANSACTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
"""

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_work")]


@pytest.fixture
def _late(north: Clinic) -> None:
    """A text of the north clinic that nobody sends."""
    queue(north, now=NOW)


def after(seconds: float) -> Any:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.usefixtures("_late")
def test_an_alert_and_its_end_are_mailed_and_posted_with_nobodys_data(hooks: Hooks, mails: Mails) -> None:
    look_after(200)
    assert tell(now=after(200)) == 2
    assert tell(now=after(201)) == 0
    ((to, mail),) = mails.got
    assert to == ["ops@clinic.example"]
    assert mail["Subject"] == "[Followup] Work is due and nobody does it: texts to send (north)"
    text = mail.get_content()  # type: ignore[attr-defined]  # the parser's policy makes it an EmailMessage
    assert "Since 2026-11-24 16:00 UTC" in text
    assert "/operations/" in text
    ((_, headers, body),) = hooks.got
    told = json.loads(body)
    assert headers["Content-Type"] == "application/json"
    assert (told["type"], told["condition"], told["subject"], told["clinic"]) == (
        "alert.raised",
        "queue-late",
        "outbox",
        "north",
    )
    assert ADA not in text + body.decode()
    assert "pain" not in text + body.decode()
    OutboundMessage.objects.update(status=Outbound.CANCELLED, reason="x", next_attempt_at=None, finished_at=NOW)
    look_after(400)
    assert tell(now=after(400)) == 2
    assert json.loads(hooks.got[-1][2])["type"] == "alert.ended"
    assert mails.got[-1][1]["Subject"].startswith("[Followup] Over: Work is due")


@pytest.mark.usefixtures("_late")
def test_a_mail_server_that_is_away_delays_the_mail_and_not_the_post(hooks: Hooks, mails: Mails, settings: Any) -> None:
    settings.EMAIL_PORT, there = free_port(), settings.EMAIL_PORT
    look_after(200)
    assert tell(now=after(200)) == 1
    assert len(hooks.got) == 1
    waiting = Notice.objects.get(channel="email")
    assert (waiting.attempts, waiting.next_try_at, waiting.problem) == (1, after(215), "mail_ConnectionRefusedError")
    settings.EMAIL_PORT = there
    assert tell(now=after(210)) == 0
    assert tell(now=after(215)) == 1
    assert len(mails.got) == 1


@pytest.mark.usefixtures("_late")
def test_a_refused_recipient_and_a_failing_address_are_tried_for_a_day_and_then_given_up(
    hooks: Hooks, mails: Mails
) -> None:
    mails.refuses, hooks.statuses = True, [500] * 200
    look_after(200)
    moment = after(200)
    while waiting := list(Notice.objects.filter(next_try_at__isnull=False).order_by("next_try_at")):
        moment = waiting[0].next_try_at
        assert tell(now=moment) == 0
    assert {notice.problem for notice in Notice.objects.all()} == {"mail_SMTPRecipientsRefused", "answered_500"}
    assert after(23 * 3600) < moment < after(25 * 3600)
    assert not Notice.objects.filter(given_up_at=None).exists()


@pytest.mark.usefixtures("_late")
def test_an_address_that_leads_inside_is_not_called_unless_the_installation_allows_it(
    hooks: Hooks, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_WEBHOOKS = False
    look_after(200)
    assert tell(now=after(200)) == 0
    assert Notice.objects.get().problem == "forbidden_address"
    assert hooks.got == []


@pytest.mark.usefixtures("_late")
def test_a_teller_that_dies_leaves_the_notice_to_the_next(hooks: Hooks, settings: Any) -> None:
    look_after(200)
    Notice.objects.update(attempts=1, next_try_at=after(320))  # as the dead one's claim left it
    assert tell(now=after(319)) == 0
    assert tell(now=after(320)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_late")
def test_no_transaction_is_open_while_somebody_is_told(hooks: Hooks) -> None:
    found: list[int] = []

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute(OPEN_TRANSACTIONS)
            found.append(cursor.fetchone()[0])
        connection.close()

    hooks.on_post = count
    look_after(200)
    assert tell(now=after(200)) == 1
    assert found == [0]


def test_without_a_database_each_channel_is_told_once_and_a_dead_one_hurts_nobody(
    hooks: Hooks, mails: Mails, settings: Any
) -> None:
    tell_without_rows("The database does not answer, and nothing runs", since=NOW)
    assert json.loads(hooks.got[0][2])["type"] == "alert.database"
    assert mails.got[0][1]["Subject"] == "[Followup] The database does not answer, and nothing runs"
    settings.EMAIL_PORT, settings.ALERT_WEBHOOK_URL = free_port(), f"http://127.0.0.1:{free_port()}/"
    tell_without_rows("The database does not answer, and nothing runs", since=NOW)
