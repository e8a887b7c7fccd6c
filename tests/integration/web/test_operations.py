"""The operations page: who may open it, what it shows of whom, and what is done there twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from clinics.models import Clinic
from messaging.models import InboundMessage, OutboundMessage, SenderStop
from tests.factories import NOW
from tests.integration.messaging.texts import ADA, queue
from tests.integration.web.conftest import House, audited
from watch.models import Alert

OPERATORS, OTHERS = ("admin", "coordinator"), ("clinician", "auditor")


def alert(clinic: Clinic | None, **fields: object) -> Alert:
    defaults = {"condition": "texts-set-aside", "count": 2, "since": NOW, "last_seen_at": NOW}
    return Alert.objects.create(clinic=clinic, remind_at=NOW + timedelta(hours=4), **(defaults | fields))


def calm() -> None:
    """Nothing waits to be sent any more."""
    OutboundMessage.objects.filter(status="queued").update(
        status="cancelled", reason="x", next_attempt_at=None, finished_at=NOW
    )


@pytest.mark.parametrize("role", OPERATORS)
def test_the_page_opens_for_who_operates_and_leaves_one_row(north: House, role: str) -> None:
    calm()
    answer = north.client(role).get("/operations/")
    assert answer.status_code == 200
    assert "Everything is moving" in answer.content.decode()
    assert audited("operations") == ["operations.read"]


@pytest.mark.parametrize("role", OTHERS)
def test_the_page_is_closed_to_others_and_they_see_no_link_to_it(north: House, role: str) -> None:
    client, own = north.client(role), alert(north.clinic)
    assert client.get("/operations/").status_code == 403
    assert client.get("/operations/rows/").status_code == 403
    assert client.post(f"/operations/alerts/{own.pk}/acknowledge/").status_code == 403
    assert audited("operations") == ["operations.refuse", "operations.refuse"]
    assert 'href="/operations/"' not in client.get("/plans/").content.decode()


def test_strangers_are_sent_to_the_sign_in(north: House) -> None:
    for path in ("/operations/", "/operations/rows/"):
        assert Client().get(path)["Location"].startswith("/?next=")


def test_a_clinic_sees_its_own_alerts_and_those_of_the_whole_service(north: House, south: House) -> None:
    alert(north.clinic)
    alert(None, condition="workers-silent", count=1)
    ours, theirs = (house.client().get("/operations/").content.decode() for house in (north, south))
    assert "Patients&#x27; texts could not be handled" in ours
    assert "Patients&#x27; texts could not be handled" not in theirs
    assert "No worker is running" in ours
    assert "No worker is running" in theirs
    assert '<span class="menu-count">2' in ours
    assert '<span class="menu-count">1' in theirs


def test_a_second_click_acknowledges_nothing_more(north: House) -> None:
    own, client = alert(north.clinic), north.client("coordinator")
    for said in ("nobody is reminded of it any more", "somebody is on it already"):
        page = client.post(f"/operations/alerts/{own.pk}/acknowledge/", follow=True).content.decode()
        assert said in page
    assert "Coordinator of north is on it" in page
    assert audited("alert") == ["alert.acknowledge"]


def test_an_outsider_acknowledges_nothing(north: House, south: House) -> None:
    own = alert(north.clinic)
    south.client().post(f"/operations/alerts/{own.pk}/acknowledge/")
    own.refresh_from_db()
    assert own.acknowledged_at is None
    assert audited("alert") == []


def test_a_page_that_has_nothing_new_to_show_is_not_sent_again(north: House) -> None:
    client = north.client()
    mark = client.get("/operations/").context["mark"]
    assert client.get("/operations/rows/", {"seen": mark}).status_code == 204
    alert(north.clinic)
    fresh = client.get("/operations/rows/", {"seen": mark}, headers={"HX-Request": "true"})
    assert fresh.status_code == 200
    assert "1 open alert" in fresh.content.decode()


def stuck(clinic: Clinic, status: str = "queued", *, minutes: int = 20, reason: str = "retry_429") -> OutboundMessage:
    """A text that was tried so many minutes ago and stands still since."""
    text = queue(clinic, now=NOW - timedelta(hours=1))
    tried = NOW - timedelta(minutes=minutes)
    waiting = {"next_attempt_at": NOW + timedelta(minutes=9)} if status == "queued" else {"next_attempt_at": None}
    OutboundMessage.objects.filter(pk=text.pk).update(
        status=status, attempts=1, claimed_at=tried, reason=reason, **waiting
    )
    text.refresh_from_db()
    return text


def aside(clinic: Clinic) -> InboundMessage:
    return InboundMessage.objects.create(
        clinic=clinic,
        provider_id="SM1",
        number=ADA,
        number_hash="h",
        sender="s",
        body="what the patient wrote",
        received_at=NOW,
        set_aside_at=NOW,
        tries=5,
    )


def test_the_page_says_what_is_stuck_and_why_with_masked_numbers_and_no_words_of_anybody(north: House) -> None:
    calm()
    stuck(north.clinic)
    stuck(north.clinic, "uncertain", reason="person_told")
    stuck(north.clinic, "uncertain", minutes=1, reason="timeout")
    queue(north.clinic, now=NOW - timedelta(minutes=4))
    aside(north.clinic)
    SenderStop.objects.create(clinic=north.clinic, code="30034", since=NOW, until=NOW + timedelta(minutes=15))
    north.patient.phone_problem = "delivery_failed_30005"
    north.patient.save(update_fields=["phone_problem"])
    page = north.client("coordinator").get("/operations/").content.decode()
    for words in (
        "The provider refused it for now (code 429)",
        "The provider cannot say whether it left",
        "The provider is being asked",
        "It waits for the stopped sender",
        "Handling it failed 5 times",
        "refuses the clinic's sender with code 30034",
        "Delivery failed 30005",
        "•••0123",
    ):
        assert words in page, words
    assert ADA not in page
    assert "how is your pain" not in page
    assert "what the patient wrote" not in page


def post(house: House, path: str, **body: str) -> str:
    return house.client("coordinator").post(f"/operations/{path}", body, follow=True).content.decode()


def test_a_text_is_tried_now_or_given_up_and_a_second_click_finds_nothing_to_do(north: House) -> None:
    first, second = stuck(north.clinic), stuck(north.clinic)
    assert "It goes out at once" in post(north, f"texts/{first.pk}/retry/")
    assert "dealt with meanwhile" in post(north, f"texts/{first.pk}/retry/")
    assert "Given up" in post(north, f"texts/{second.pk}/give-up/")
    assert "dealt with meanwhile" in post(north, f"texts/{second.pk}/give-up/")
    assert audited("message.retry") + audited("message.give") == ["message.retry", "message.give_up"]


def test_a_sender_is_resumed_and_a_patients_text_handled_again_once(north: House) -> None:
    SenderStop.objects.create(clinic=north.clinic, code="30034", since=NOW, until=NOW + timedelta(minutes=15))
    text = aside(north.clinic)
    for path, said in [
        ("sender/resume/", "Texts leave again"),
        (f"texts/{text.pk}/handle-again/", "being handled again"),
    ]:
        assert said in post(north, path)
        assert "dealt with meanwhile" in post(north, path)
    text.refresh_from_db()
    assert text.pending_since == NOW
    assert audited("sender") + audited("message.handle") == ["sender.resume", "message.handle_again"]


def test_a_person_decides_whether_a_text_left(north: House) -> None:
    text = stuck(north.clinic, "uncertain", reason="person_told")
    path = f"texts/{text.pk}/"
    assert "Did this text leave?" in north.client("coordinator").get(f"/operations/{path}").content.decode()
    assert "This field is required" in post(north, path)
    assert "SM or MM and 32 digits" in post(north, path, left="yes", provider_sid="what")
    assert "Kept: it is sent, if still useful" in post(north, path, left="no", provider_sid="ignored")
    assert "dealt with meanwhile" in post(north, path, left="yes")
    text.refresh_from_db()
    assert (text.status, text.reason) == ("queued", "absent_by_hand")
    assert audited("message.settle") == ["message.settle"]


def test_nobody_decides_while_the_provider_is_being_asked(north: House) -> None:
    text = stuck(north.clinic, "uncertain", minutes=14, reason="timeout")
    assert "The provider is still being asked" in post(north, f"texts/{text.pk}/", left="no")
    text.refresh_from_db()
    assert text.status == "uncertain"


def test_an_outsider_finds_nothing_and_changes_nothing(north: House, south: House) -> None:
    waits, unknown, read = stuck(north.clinic), stuck(north.clinic, "uncertain"), aside(north.clinic)
    SenderStop.objects.create(clinic=north.clinic, code="30034", since=NOW, until=NOW + timedelta(minutes=15))
    stranger = south.client()
    statuses = [
        stranger.post(f"/operations/texts/{text.pk}/{verb}", {"left": "no"}).status_code
        for text, verb in [(waits, "retry/"), (waits, "give-up/"), (unknown, ""), (read, "handle-again/")]
    ]
    assert statuses == [404] * 4
    stranger.post("/operations/sender/resume/")
    assert SenderStop.objects.filter(ended_at=None).exists()
    assert "0123" not in stranger.get("/operations/").content.decode()


@pytest.mark.parametrize("role", OTHERS)
def test_who_does_not_operate_changes_nothing(north: House, role: str) -> None:
    text, client = stuck(north.clinic), north.client(role)
    for path in (
        "sender/resume/",
        *(f"texts/{text.pk}/{verb}" for verb in ("", "retry/", "give-up/", "handle-again/")),
    ):
        assert client.post(f"/operations/{path}", {"left": "no"}).status_code == 403
    text.refresh_from_db()
    assert text.status == "queued"


def test_who_runs_the_installation_sees_alerts_of_other_clinics_and_no_texts_of_theirs(
    north: House, south: House
) -> None:
    alert(south.clinic, condition="sender-stopped", subject="30034")
    stuck(south.clinic)
    calm()
    stuck(south.clinic)
    assert "South Clinic" not in north.client().get("/operations/").content.decode()
    north.staff["admin"].is_superuser = True
    north.staff["admin"].save()
    page = north.client().get("/operations/").content.decode()
    assert "South Clinic" in page
    assert "refused it for now" not in page
