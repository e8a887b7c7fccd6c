"""Every page, light and dark, wide and narrow: nothing overflows, nothing complains, nobody is shut out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from messaging.models import OutboundMessage
from tests.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = f"""axe.run(document, {{runOnly: {json.dumps(RULES)}}})
    .then(found => JSON.stringify(found.violations.map(one => [one.id, one.nodes.map(node => node.html)])))"""
WIDTHS = {"light": (1440, 320), "dark": (1440,)}


def addresses(desk: Desk) -> list[str]:
    patient = f"/patients/{desk.patient.pk}/"
    session = desk.patient.care_sessions.get()
    return [
        "/",
        "/?status=closed",
        f"/reviews/{desk.item.pk}/",
        f"/reviews/{desk.emergency.pk}/",
        "/inbox/",
        "/patients/",
        "/patients/?q=nobody",
        "/patients/new/",
        "/patients/import/",
        patient,
        f"{patient}edit/",
        f"{patient}consent/",
        f"{patient}pause/",
        f"{patient}care-sessions/new/",
        f"{patient}care-sessions/{session.pk}/",
        "/plans/",
        f"/plans/{desk.plan.pk}/",
        f"/plans/new/?from={desk.plan.pk}",
        "/surveys/",
        "/surveys/pulse/",
        "/surveys/upload/",
        "/staff/",
        "/staff/new/",
        "/staff/on-call/",
        f"/staff/{desk.admin.pk}/",
        "/insights/",
        "/insights/rereading/",
        "/operations/",
        f"/operations/texts/{OutboundMessage.objects.get(status='uncertain').pk}/",
        f"/simulator/{desk.patient.pk}/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/logout/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_read_by_everybody(desk: Desk, scheme: str) -> None:
    page, stranger = desk.open("/", color_scheme=scheme), desk.open("/", anonymous=True, color_scheme=scheme)
    faults = {address: faults_of(page, desk.url + address, WIDTHS[scheme]) for address in addresses(desk)}
    faults["sign-in"] = faults_of(stranger, f"{desk.url}/?ended", WIDTHS[scheme])
    assert {address: found for address, found in faults.items() if found} == {}
    assert desk.complaints == []


def faults_of(page: Page, url: str, widths: tuple[int, ...]) -> list[Any]:
    """What is wrong with a page at each width."""
    faults: list[Any] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        response = page.goto(url)
        if response is None or response.status != 200:
            faults.append(response and response.status)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{too_wide} px too wide at {width}"] if too_wide > 0 else []
        faults += violations(page)
    return faults


def violations(page: Page) -> list[Any]:
    """What axe finds. It is let in through the debugger, since the page's own policy keeps strangers' scripts out."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Runtime.evaluate", {"expression": AXE})
    wanted = {"expression": RUN_AXE, "awaitPromise": True, "returnByValue": True}
    found: list[Any] = json.loads(devtools.send("Runtime.evaluate", wanted)["result"]["value"])
    devtools.detach()
    return found


def test_a_form_that_came_back_says_so_at_its_top_and_leads_to_the_field(desk: Desk) -> None:
    page = desk.open("/patients/new/")
    page.fill("#id_reference", "P-7")
    page.fill("#id_name", "Bo New")
    page.fill("#id_phone", "12345")
    page.click("main button[type=submit]")
    assert page.evaluate("document.activeElement.className") == "summary"
    assert violations(page) == []
    page.click(".summary a")
    assert page.evaluate("document.activeElement.id") == "id_phone"
    assert page.input_value("#id_name") == "Bo New"


def test_what_a_patient_writes_is_text_and_nothing_else(desk: Desk) -> None:
    page = desk.open("/")
    for address in ["/", "/inbox/", f"/patients/{desk.patient.pk}/?show=texts", f"/simulator/{desk.patient.pk}/"]:
        page.goto(desk.url + address)
        assert page.locator("#planted").count() == 0
        assert page.locator("img").count() == 0
    assert page.get_by_text("<script>alert(1)</script>").first.is_visible()
    assert desk.complaints == []
