"""Working at the desk: by keyboard, live, without doing anything twice, and never left open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from followup.models import ReviewItem
from tests.browser.conftest import Desk
from tests.factories import make_patient
from tests.factories.clinics import PASSWORD
from tests.factories.talk import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_signs_in_and_works_through_the_list_by_keyboard(desk: Desk) -> None:
    page = desk.open("/", anonymous=True)
    page.fill("#id_login", desk.admin.email)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator(".line-open").first.get_attribute("id")
    assert page.evaluate("document.activeElement.id") == first
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign off")).to_be_visible()
    assert desk.complaints == []


def test_the_list_shows_what_is_new_by_itself_and_leaves_the_focus_alone(desk: Desk) -> None:
    page = desk.open("/")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.id")
    write(make_patient(desk.clinic, name="Cy Crisis"), "i want to die", now=timezone.now())
    expect(page.locator(".line", has_text="Cy Crisis")).to_be_visible(timeout=15_000)
    expect(page.locator("#news")).to_contain_text("1 urgent")
    assert page.evaluate("document.activeElement.id") == focused
    assert desk.complaints == []


def test_a_lost_connection_is_told_and_its_end_too(desk: Desk) -> None:
    page = desk.open("/")
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible(timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator("#lost")).to_be_hidden(timeout=15_000)


def test_two_clicks_sign_off_once_and_the_sign_off_can_be_taken_back(desk: Desk) -> None:
    before = desk.item.revision
    page = desk.open(f"/reviews/{desk.item.pk}/")
    page.check("input[value=reviewed]")
    page.fill("#id_note", "Fine.")
    page.get_by_role("button", name="Sign off").dblclick()
    expect(page.get_by_text("Signed off. You can take it back for ten minutes.")).to_be_visible()
    assert desk.item.revision == before + 1
    page.get_by_role("button", name="Take back the sign-off").click()
    expect(page.get_by_text("The sign-off is taken back.")).to_be_visible()
    assert desk.item.status == "open"
    assert desk.complaints == []


def test_a_screen_that_nobody_uses_is_warned_and_then_left(desk: Desk) -> None:
    page = desk.open("/patients/")
    page.clock.install()
    page.reload()
    page.clock.fast_forward("14:05")
    expect(page.locator("#idle")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.locator("#idle")).to_be_hidden()
    page.clock.fast_forward("15:05")
    expect(page).to_have_url(f"{desk.url}/?ended")


def test_a_reply_is_tried_without_leaving_the_survey(desk: Desk) -> None:
    page = desk.open("/surveys/pulse/")
    question = page.locator("#q-pain_avg24")
    question.get_by_label("Try a reply").fill("about a 7")
    question.get_by_role("button", name="Read it").click()
    expect(question.locator(".try-result")).to_contain_text("Kept as the answer: 7")
    assert desk.complaints == []


def test_the_menu_opens_on_a_narrow_screen(desk: Desk) -> None:
    page = desk.open("/", viewport={"width": 320, "height": 700})
    expect(page.get_by_role("link", name="Patients")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Patients").click()
    expect(page.get_by_role("heading", name="Patients")).to_be_visible()


def test_a_care_session_in_the_simulator_ends_as_a_response_on_the_worklist(
    desk: Desk, run_due: Callable[[], None]
) -> None:
    patient = make_patient(desk.clinic, name="Sim Ulated")
    worklist = desk.open("/")
    phone = desk.open(f"/simulator/{patient.pk}/", anonymous=True)
    phone.get_by_role("button", name="End a care session now").click()
    for reply, answered in [("", "Pain on average"), ("about a 7", "Your mood"), ("siete", "Thank you")]:
        if reply:
            phone.get_by_label("Reply as Sim Ulated").fill(reply)
            phone.get_by_role("button", name="Send").click()
            expect(phone.locator(".mine").last).to_contain_text(reply)
        run_due()
        expect(phone.locator(".theirs").last).to_contain_text(answered, timeout=15_000)
    line = worklist.locator(".line", has_text="Sim Ulated")
    expect(line).to_contain_text("Pain 7", timeout=15_000)
    assert ReviewItem.objects.filter(patient=patient).count() == 1
    assert desk.complaints == []


def test_a_second_text_typed_while_the_first_is_under_way_is_not_lost(desk: Desk) -> None:
    patient = make_patient(desk.clinic, name="Sim Ulated")
    phone = desk.open(f"/simulator/{patient.pk}/", anonymous=True)
    box = phone.get_by_label("Reply as Sim Ulated")
    for text in ("first", "second"):
        box.fill(text)
        box.press("Enter")
    expect(phone.locator(".mine", has_text="first")).to_have_count(1)
    expect(phone.locator(".mine", has_text="second")).to_have_count(1)
    expect(box).to_have_value("")
    assert desk.complaints == []


def test_stuck_texts_are_decided_by_keyboard_and_the_page_shows_it_by_itself(desk: Desk) -> None:
    page, other = desk.open("/operations/"), desk.open("/operations/")
    page.get_by_role("link", name="Decide").focus()
    page.keyboard.press("Enter")
    page.get_by_label("It did not leave: send it now").check()
    page.get_by_role("button", name="Keep the decision").dblclick()
    expect(page.get_by_text("Kept: it is sent, if still useful.")).to_be_visible()
    expect(other.get_by_role("heading", name="Texts of unknown outcome")).to_be_hidden(timeout=15_000)
    assert desk.complaints == []
