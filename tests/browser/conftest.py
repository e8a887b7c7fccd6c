"""A browser, a running desk with a clinic in it, and somebody signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from clinics.models import Clinic, User
from followup import tasks as followup_tasks
from followup.models import Patient, Plan, ReviewItem
from followup.operations.call_outs import call_out_due
from messaging import tasks as messaging_tasks
from messaging.models import OutboundMessage
from tests.factories import end_session, make_clinic, make_patient, make_plan, make_staff, put_on_call
from tests.factories.talk import open_one, write
from tests.integration.messaging.texts import queue
from tools.launcher.browser import find_chromium
from watch.core.silence import Answers
from watch.operations import look

WIDE = {"width": 1440, "height": 900}
XSS = '<script>alert(1)</script><img src=x onerror="alert(2)"><b id="planted">7</b>'


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; Django must not mind that Playwright's loop runs in the thread of the test."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Desk:
    """A demo clinic with a plan, staff, and a patient whose answer and whose crisis wait for somebody."""

    url: str
    clinic: Clinic
    admin: User
    plan: Plan
    patient: Patient
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/", *, anonymous: bool = False, **options: Any) -> Page:
        """A page in a browser of its own; whatever the console says or a script throws is a complaint."""
        context = self.browser.new_context(**({"viewport": WIDE} | options))
        if not anonymous:
            client = Client()
            client.force_login(self.admin)
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}])
        page = context.new_page()
        page.on("console", lambda message: self.complain(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(self.url + path)
        return page

    def complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    @property
    def emergency(self) -> ReviewItem:
        """An item to which somebody has been called out."""
        return ReviewItem.objects.get(clinic=self.clinic, rank=0)

    @property
    def item(self) -> ReviewItem:
        """The patient's response that waits for a sign-off."""
        return ReviewItem.objects.get(patient=self.patient, kind="response")


@pytest.fixture
def desk(live_server: LiveServer, browser: Browser, settings: Any) -> Iterator[Desk]:
    settings.PUBLIC_BASE_URL = live_server.url
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    now = timezone.now()
    clinic = make_clinic("demo", now=now, is_demo=True, send_window=[["00:00", "24:00"]] * 7)
    admin = make_staff(clinic, "admin", now=now)
    plan = make_plan(clinic, {}, {"key": "day-1", "offset": "PT24H"}, now=now)
    patient = make_patient(clinic, name="Ada Example")
    talk(patient, "7", "6")
    trouble(clinic)
    put_on_call(admin, since=now)
    write(make_patient(clinic, name="Bo Example"), "my chest hurts and i cant breathe", now=now)
    call_out_due(now=now)
    write(patient, XSS, now=timezone.now())
    yield Desk(live_server.url, clinic, admin, plan, patient, browser)
    for context in browser.contexts:
        context.close()


def trouble(clinic: Clinic) -> None:
    """Something of each kind for the operations page."""
    now = timezone.now()
    waits, unknown = (queue(clinic, now=now, expires_at=now + timedelta(days=1)) for _ in range(2))
    tried = {"attempts": 1, "claimed_at": now - timedelta(minutes=20)}
    later = now + timedelta(minutes=9)
    OutboundMessage.objects.filter(pk=waits.pk).update(**tried, next_attempt_at=later, reason="retry_429")
    OutboundMessage.objects.filter(pk=unknown.pk).update(
        **tried, status="uncertain", next_attempt_at=None, check_at=later, reason="person_told"
    )
    look(ask=lambda: Answers(broker=True, workers=True), now=now)


def talk(patient: Patient, *replies: str) -> None:
    """A care session ends now and the patient answers what is asked after it."""
    end_session(patient, ended_at=timezone.now(), now=timezone.now())
    open_one(patient, now=timezone.now())
    for reply in replies:
        write(patient, reply, now=timezone.now())


@pytest.fixture
def run_due() -> Callable[[], None]:
    """What the scheduler does every few seconds."""

    def sweep() -> None:
        messaging_tasks.handle_pending_inbound()
        followup_tasks.open_due()
        messaging_tasks.dispatch_outbox()

    return sweep
