"""A patient's whole way through the web form, on a small phone, in both languages."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from followup.models import Answer, FollowUp, Patient, Signal
from tests.browser.conftest import XSS, Desk
from tests.browser.test_every_page import violations
from tests.factories import end_session, make_patient, make_plan, put_on_call
from tests.factories.talk import links, open_one

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 320, "height": 640}}
"""The pages hold no script, and their policy lets none run."""


def asked(desk: Desk, survey: str, **fields: str) -> Patient:
    """A patient who has just been texted a link to `survey`."""
    now = timezone.now()
    make_plan(desk.clinic, {"survey": survey}, key=survey, session_kind=survey, now=now)
    patient = make_patient(desk.clinic, **fields)
    end_session(patient, ended_at=now, now=now, kind=survey)
    open_one(patient, now=timezone.now())
    return patient


def check(page: Page) -> None:
    """Nothing overflows and axe has nothing to say, at 320 px and at twice the size."""
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 640})
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, page.title()
    page.set_viewport_size({"width": 320, "height": 640})
    assert violations(page) == []


def choose(page: Page, label: str, button: str = "Next") -> None:
    page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name=button).click()


def test_the_phq9_is_answered_by_thumb_and_item_9_is_met_with_help(desk: Desk) -> None:
    put_on_call(desk.admin, since=timezone.now())
    patient = asked(desk, "phq-9", date_of_birth="1961-03-14")
    page = desk.open(links(patient)[0], anonymous=True, **PHONE)
    check(page)
    for label, typed in (("Month", "3"), ("Day", "14"), ("Year", "1961")):
        page.get_by_label(label).fill(typed)
    page.get_by_role("button", name="Start").click()
    check(page)
    page.get_by_role("button", name="Next").click()
    assert page.get_by_role("alert").inner_text() == "Please answer, then press Next."
    check(page)
    choose(page, "Several days")
    page.get_by_role("link", name="Back").click()
    assert page.get_by_label("Several days", exact=True).is_checked()
    check(page)
    choose(page, "Nearly every day")
    for _ in range(7):
        choose(page, "Not at all")
    assert "Question 9 of 9" in page.inner_text("main")
    choose(page, "Several days")
    check(page)
    assert "You matter" in page.get_by_role("alert").inner_text()
    assert page.get_by_role("link", name="988").first.get_attribute("href") == "tel:988"
    assert Signal.objects.filter(patient=patient, rule="M1").exists()
    assert Answer.objects.get(patient=patient, question="phq_1", superseded_at=None).value == "3"


def test_the_check_is_answered_in_spanish_and_words_of_despair_stop_it(desk: Desk) -> None:
    patient = asked(desk, "side-effects", channel="web", language="es")
    page = desk.open(links(patient)[0], anonymous=True, **PHONE)
    assert page.locator("html").get_attribute("lang") == "es"
    check(page)
    page.get_by_label("¿Cuáles son los últimos 4 números de su teléfono?").fill(patient.phone.reveal()[-4:])
    page.get_by_role("button", name="Empezar").click()
    choose(page, "Leve", "Siguiente")
    check(page)
    page.get_by_label("Náusea", exact=True).check()
    choose(page, "Otro", "Siguiente")
    check(page)
    page.get_by_role("textbox").fill(f"{XSS} quiero morir")
    page.get_by_role("button", name="Siguiente").click()
    assert "Hicimos una pausa" in page.inner_text("main")
    assert "988" in page.get_by_role("alert").first.inner_text()
    check(page)
    assert FollowUp.objects.get(patient=patient).status == "open"
    desk_page = desk.open(f"/patients/{patient.pk}/")
    assert desk_page.locator("#planted").count() == 0
    assert [each for each in desk.complaints if "dialog" in each] == []


def test_a_scale_is_answered_where_the_patient_asked_for_links_and_the_end_says_thanks(desk: Desk) -> None:
    patient = asked(desk, "pulse", channel="web")
    page = desk.open(links(patient)[0], anonymous=True, color_scheme="dark", **PHONE)
    page.get_by_label("last 4 digits").fill(patient.phone.reveal()[-4:])
    page.get_by_role("button", name="Start").click()
    check(page)
    page.locator("label.choice", has_text="6").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("link", name="Español").click()
    assert "Pregunta 2 de 2" in page.inner_text("main")
    page.locator("label.choice", has_text="5").click()
    page.get_by_role("button", name="Siguiente").click()
    assert "Gracias" in page.inner_text("h1")
    check(page)
    assert desk.complaints == []
