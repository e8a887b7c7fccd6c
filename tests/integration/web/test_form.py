"""The door of the web form: who is let in, what is shown to whom, and what is left behind in headers and logs."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from clinics.models import AuditEvent
from config.logging import configure_logging
from followup.core.form import MOST_FROM_ADDRESS, MOST_GUESSES
from followup.models import Answer, Conversation, FollowUp, FormGuess, FormLink, Patient
from followup.operations.open_due import open_due
from privacy.tokens import token_digest
from tests.factories import NOW, end_session, make_patient, make_plan
from tests.factories.talk import links, texts, write
from tests.integration.web.conftest import House

QUESTION = "Feeling nervous"
XSS = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture
def asked(north: House) -> Patient:
    """A patient whose date of birth is known, asked by link."""
    make_plan(north.clinic, {"survey": "gad-7"}, key="long", session_kind="long")
    patient = make_patient(north.clinic, name="Ada Example", date_of_birth="1961-03-14")
    end_session(patient, kind="long")
    open_due(now=NOW)
    return patient


def let_in(patient: Patient, client: Client | None = None) -> tuple[Client, str]:
    """A browser in which the patient has shown who they are."""
    client, path = client or Client(), links(patient)[-1]
    born = {"year": "1961", "month": "3", "day": "14"}
    assert (
        client.post(path, born if patient.date_of_birth else {"digits": patient.phone.reveal()[-4:]}).status_code == 302
    )
    return client, path


def send(client: Client, path: str, **typed: Any) -> HttpResponse:
    """Fill in the page that is shown, and send it."""
    page = client.get(path).content.decode()
    hidden = dict(re.findall(r'name="(question|revision|lang)" value="([^"]*)"', page))
    return client.post(path, hidden | typed)  # type: ignore[return-value]  # the test client's own kind of response


# -- before the patient is known ---------------------------------------------------------------------------------------


def test_a_previewer_learns_the_clinics_name_only_and_uses_nothing_up(asked: Patient) -> None:
    path = links(asked)[0]
    rows = AuditEvent.objects.count()
    for _ in range(3):
        page = Client().get(path, headers={"User-Agent": "facebookexternalhit/1.1"})
        assert page.status_code == 200
        text = page.content.decode()
        assert "North Clinic" in text
        assert not any(word in text for word in (QUESTION, "Ada", "GAD", "1961-03-14", asked.reference))
    assert Client().head(path).status_code == 200
    link = FormLink.objects.get()
    assert (link.entered_at, link.used_at, link.wrong_guesses) == (None, None, 0)
    assert AuditEvent.objects.count() == rows
    let_in(asked)


def test_nobody_may_keep_index_frame_or_pass_on_a_page(asked: Patient) -> None:
    client, path = let_in(asked)
    for page in (Client().get(path), client.get(path), Client().get("/f/nothing-of-ours/")):
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Frame-Options"] == "DENY"
        assert "noindex" in page["X-Robots-Tag"]
        policy = page["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "<script" not in page.content.decode()
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page.content.decode()) == []
    cookie = client.cookies["form"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (path, True, "Strict")


def test_the_token_stands_in_no_table_but_the_sealed_text(asked: Patient) -> None:
    token = links(asked)[0].split("/")[2]
    assert len(token) >= 22  # 128 bits in base 64
    link = FormLink.objects.get()
    assert link.digest == token_digest(token)
    assert token not in str([FormLink.objects.values(), AuditEvent.objects.values(), Conversation.objects.values()])


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, as lines."""
    configure_logging("json")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    buffer = io.StringIO()
    handler.setStream(buffer)
    yield buffer
    configure_logging("console")


def test_no_log_line_and_no_audit_row_holds_the_token(
    asked: Patient, lines: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    path = links(asked)[0]
    token = path.split("/")[2]
    client = Client()
    client.post(path, {"year": "1950", "month": "1", "day": "1"})
    client.post(path, {"year": "x"})
    client.get(f"/f/{token}x/")
    let_in(asked, client)
    send(client, path)
    FormLink.objects.update(voided_at=NOW)
    client.get(path)
    assert len(caplog.records) >= 4
    assert token not in caplog.text
    assert token not in lines.getvalue()
    assert token not in str(list(AuditEvent.objects.values()))


# -- guessing ----------------------------------------------------------------------------------------------------------


def test_guessed_links_hit_nothing_and_are_soon_refused(asked: Patient) -> None:
    codes = [Client().get(f"/f/guess-{number}/").status_code for number in range(MOST_FROM_ADDRESS + 20)]
    assert codes == [404] * MOST_FROM_ADDRESS + [429] * 20
    assert Client().get(links(asked)[0]).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").get(links(asked)[0]).status_code == 200


def test_who_is_let_in_already_is_not_shut_out_by_a_guessing_neighbour(asked: Patient) -> None:
    client, path = let_in(asked)
    for number in range(MOST_FROM_ADDRESS):
        Client().get(f"/f/guess-{number}/")
    assert client.get(path).status_code == 200


def test_the_count_of_an_address_ends_by_itself_and_names_no_address(asked: Patient, at_ten_on_a_tuesday: Any) -> None:
    for number in range(MOST_FROM_ADDRESS):
        Client().get(f"/f/guess-{number}/")
    assert "127.0.0.1" not in str(list(FormGuess.objects.values()))
    at_ten_on_a_tuesday.move_to(NOW + timedelta(hours=3))
    assert Client().get(links(asked)[0]).status_code == 200
    at_ten_on_a_tuesday.move_to(NOW + timedelta(hours=30))
    Client().get("/f/guess/")
    assert FormGuess.objects.count() == 1


def test_wrong_dates_of_birth_make_the_link_void_from_however_many_addresses(asked: Patient) -> None:
    path = links(asked)[0]
    wrong = {"year": "1950", "month": "1", "day": "1"}
    codes = [Client(REMOTE_ADDR=f"203.0.113.{n}").post(path, wrong).status_code for n in range(MOST_GUESSES)]
    assert codes == [403] * (MOST_GUESSES - 1) + [410]
    right = Client().post(path, {"year": "1961", "month": "3", "day": "14"})
    assert right.status_code == 410
    assert "North Clinic" in right.content.decode()


def test_what_cannot_be_read_as_a_date_is_no_guess(asked: Patient) -> None:
    page = Client().post(links(asked)[0], {"year": "1961", "month": "13", "day": "40"})
    assert (page.status_code, FormLink.objects.get().wrong_guesses) == (422, 0)
    assert 'value="1961"' in page.content.decode()


def test_a_cookie_of_one_link_opens_no_other(asked: Patient, north: House) -> None:
    client, path = let_in(asked)
    other = make_patient(north.clinic)
    end_session(other, kind="long")
    open_due(now=NOW)
    theirs = links(other)[0]
    client.cookies["form"]["path"] = "/"
    assert QUESTION in client.get(path).content.decode()
    assert QUESTION not in client.get(theirs).content.decode()
    assert client.post(theirs, {"question": "gad_1", "revision": "1", "answer": "1"}).status_code == 422
    assert not Answer.objects.filter(patient=other).exists()


# -- answering ---------------------------------------------------------------------------------------------------------


def test_a_whole_form_is_answered_without_a_script_and_resumes_where_the_patient_stopped(asked: Patient) -> None:
    client, path = let_in(asked)
    assert "Question 1 of 7" in client.get(path).content.decode()
    send(client, path, answer="2")
    again, path = let_in(asked)
    assert "Question 2 of 7" in again.get(path).content.decode()
    for _ in range(6):
        assert send(again, path, answer="0").status_code == 302
    page = again.get(path)
    assert (page.status_code, FollowUp.objects.get(patient=asked).status) == (200, "completed")
    assert "Your answers were saved" in page.content.decode()
    assert QUESTION not in Client().get(path).content.decode()


def test_an_answer_that_is_missing_or_wrong_is_asked_for_again_beside_the_question(asked: Patient) -> None:
    client, path = let_in(asked)
    missing, wrong = send(client, path), send(client, path, answer="9")
    assert (missing.status_code, wrong.status_code) == (422, 422)
    assert "Please answer, then press Next." in missing.content.decode()
    assert "Please choose from the list." in wrong.content.decode()
    assert not Answer.objects.filter(patient=asked).exists()


def test_the_language_of_the_page_is_that_of_everything_after_it(asked: Patient) -> None:
    client, path = let_in(asked)
    page = client.get(f"{path}?lang=es").content.decode()
    assert '<html lang="es">' in page
    assert "Pregunta 1 de 7" in page
    client.post(path, {"question": "gad_1", "revision": "2", "answer": "1", "lang": "es"})
    asked.refresh_from_db()
    assert (asked.language, Answer.objects.get(patient=asked).language) == ("es", "es")
    assert "Pregunta 2 de 7" in client.get(path).content.decode()


def test_back_shows_the_answer_that_is_kept_and_changes_it(asked: Patient) -> None:
    client, path = let_in(asked)
    send(client, path, answer="2")
    page = client.get(f"{path}?q=1").content.decode()
    assert re.search(r'value="2"\s+checked', page)
    revision = Conversation.objects.get(patient=asked).revision
    client.post(path, {"question": "gad_1", "revision": str(revision), "answer": "3", "lang": "en"})
    assert Answer.objects.get(patient=asked, superseded_at=None).value == "3"


def test_a_page_that_a_text_has_overtaken_says_so_and_changes_nothing(asked: Patient) -> None:
    client, path = let_in(asked)
    page = client.get(path).content.decode()
    stale = re.search(r'name="revision" value="(\d+)"', page)
    assert stale is not None
    write(asked, "1", now=NOW)
    late = client.post(path, {"question": "gad_1", "revision": stale[1], "answer": "3", "lang": "en"})
    assert (late.status_code, Answer.objects.get(patient=asked).value) == (409, "1")
    assert "You answered this question before" in late.content.decode()


def test_a_page_left_open_for_an_hour_can_be_sent_but_not_looked_at(asked: Patient, at_ten_on_a_tuesday: Any) -> None:
    client, path = let_in(asked)
    at_ten_on_a_tuesday.move_to(NOW + timedelta(hours=1))
    assert QUESTION not in client.get(path).content.decode()
    sent = client.post(path, {"question": "gad_1", "revision": "2", "answer": "3", "lang": "en"})
    assert (sent.status_code, Answer.objects.get(patient=asked).value) == (302, "3")
    assert "When were you born" in client.get(path).content.decode()


def test_what_a_patient_writes_comes_back_as_text(north: House) -> None:
    make_plan(north.clinic, {"survey": "side-effects"}, key="words", session_kind="words")
    patient = make_patient(north.clinic, channel="web")
    end_session(patient, kind="words")
    open_due(now=NOW)
    client, path = let_in(patient)
    send(client, path, answer="1")
    send(client, path, answer="0")
    send(client, path, answer=XSS)
    place = client.get(f"{path}?q=3").content.decode()
    assert "&lt;script&gt;" in place
    assert XSS not in place
    desk = north.client("clinician").get(f"/patients/{patient.pk}/").content.decode()
    assert XSS not in desk
    assert "&lt;script&gt;" in desk


# -- staff -------------------------------------------------------------------------------------------------------------


def test_staff_see_what_became_of_a_link_and_send_a_new_one_in_its_place(asked: Patient, north: House) -> None:
    let_in(asked)
    follow_up = FollowUp.objects.get(patient=asked)
    desk = north.client("coordinator")
    assert "Link sent 10:00, opened 10:00" in desk.get(f"/patients/{asked.pk}/").content.decode()
    page = desk.get(f"/patients/{asked.pk}/?show=texts").content.decode()
    assert "/f/[token]/" in page
    assert links(asked)[0].split("/")[2] not in page
    desk.post(f"/patients/{asked.pk}/follow-ups/{follow_up.pk}/send-link/")
    old, new = links(asked)
    assert Client().get(old).status_code == 410
    assert Client().get(new).status_code == 200
    assert AuditEvent.objects.filter(action="follow_up.send_link", patient_id=asked.pk).count() == 1


def test_another_clinics_staff_can_send_no_link(asked: Patient, south: House) -> None:
    follow_up = FollowUp.objects.get(patient=asked)
    path = f"/patients/{asked.pk}/follow-ups/{follow_up.pk}/send-link/"
    assert south.client().post(path).status_code == 404
    assert len(links(asked)) == 1


def test_a_link_in_the_middle_is_a_patients_for_the_asking(asked: Patient) -> None:
    write(asked, "¿me puede mandar el enlace por favor?", now=NOW)
    assert len(links(asked)) == 2
    assert "You can answer here" in texts(asked, "conversation")[-1]


def test_the_simulator_shows_a_link_that_opens(asked: Patient, north: House, settings: Any) -> None:
    from messaging.models import OutboundMessage

    north.clinic.is_demo = True
    north.clinic.save()
    OutboundMessage.objects.filter(number_hash=asked.phone_hash).update(sent_at=NOW)
    page = Client().get(f"/simulator/{asked.pk}/").content.decode()
    assert f'href="{settings.PUBLIC_BASE_URL}{links(asked)[0]}"' in page
