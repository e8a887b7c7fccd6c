"""The worklist and the sign-off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from followup.models import ReviewItem
from followup.operations.call_outs import call_out_due
from tests.factories import NOW, end_session, make_patient, put_on_call
from tests.factories.history import shelve_texts
from tests.factories.talk import open_one, write
from tests.integration.web.conftest import House


def urgent(house: House) -> ReviewItem:
    """A crisis text of another patient."""
    patient = make_patient(house.clinic)
    write(patient, "i want to die")
    return ReviewItem.objects.get(patient=patient)


def test_the_most_urgent_item_stands_first(north: House, desk: Client) -> None:
    item = urgent(north)
    page = desk.get("/").content.decode()
    assert page.index(f"/reviews/{item.pk}/") < page.index(f"/reviews/{north.item.pk}/")
    assert "Possible crisis in a text" in page
    assert "Pain 7" in page


def test_pages_show_a_text_that_has_moved_into_the_history(north: House, desk: Client) -> None:
    item = urgent(north)
    pages = [f"/reviews/{item.pk}/", f"/patients/{item.patient_id}/", f"/patients/{north.patient.pk}/", "/inbox/"]
    before = [(shown.count("i want to die"), shown.count("<li")) for shown in _bodies(desk, pages)]
    assert shelve_texts() > 0
    assert [(shown.count("i want to die"), shown.count("<li")) for shown in _bodies(desk, pages)] == before
    assert before[0][0] >= 1


def _bodies(desk: Client, pages: list[str]) -> list[str]:
    return [desk.get(page).content.decode() for page in pages]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("level=info", True),
        ("level=urgent", False),
        ("kind=message", False),
        ("mine=on", False),
        ("status=closed", False),
    ],
)
def test_the_worklist_is_narrowed_by_its_filters(north: House, desk: Client, query: str, shown: bool) -> None:
    assert (f"/reviews/{north.item.pk}/" in desk.get(f"/?{query}").content.decode()) is shown


@pytest.mark.parametrize("query", ["level=none", "status=x", "after=nonsense"])
def test_filters_that_mean_nothing_are_not_found(desk: Client, query: str) -> None:
    assert desk.get(f"/?{query}").status_code == 404


def test_the_list_is_sent_again_only_when_it_changed(north: House, desk: Client) -> None:
    mark = desk.get("/rows/").context["mark"]
    assert desk.get(f"/rows/?seen={mark}").status_code == 204
    urgent(north)
    assert desk.get(f"/rows/?seen={mark}").status_code == 200


def test_deadlines_pass_without_anybody_doing_anything(desk: Client, at_ten_on_a_tuesday: Any) -> None:
    mark = desk.get("/rows/").context["mark"]
    at_ten_on_a_tuesday.shift(timedelta(minutes=1))
    assert desk.get(f"/rows/?seen={mark}").status_code == 200


def test_pages_ask_the_database_a_fixed_number_of_times(north: House, desk: Client) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(path).status_code == 200
        return len(queries)

    urgent(north)
    paths = ["/", "/inbox/", "/patients/", f"/patients/{north.patient.pk}/", "/plans/", "/surveys/", "/insights/"]
    before = {path: asked(path) for path in paths}
    for _ in range(4):
        urgent(north)
    write(north.patient, "can somebody call me about my appointment")
    end_session(north.patient, reference="INF-again")
    open_one(north.patient)
    write(north.patient, "5")
    assert {path: asked(path) for path in paths} == before


def test_a_review_shows_each_answer_beside_the_exact_question(north: House, desk: Client) -> None:
    page = desk.get(f"/reviews/{north.item.pk}/").content.decode()
    assert "Pain on average over the past 24 hours" in page
    assert "Your mood right now" in page


def test_a_correction_stands_beside_what_it_replaced(north: House, desk: Client) -> None:
    write(north.patient, "oops meant 4")
    page = desk.get(f"/reviews/{north.item.pk}/").content.decode()
    assert "oops meant 4" in page
    assert "before: <s>6</s>" in page


def test_an_item_is_claimed_released_and_handed_on(north: House, desk: Client) -> None:
    item = north.item
    steps = []
    for step in ("claim", "release", "escalate"):
        desk.post(f"/reviews/{item.pk}/{step}/", {"revision": north.item.revision})
        steps.append(north.item.status)
    assert steps == ["claimed", "open", "escalated"]


def test_a_sign_off_closes_the_item_and_can_be_taken_back_for_ten_minutes(
    north: House, desk: Client, at_ten_on_a_tuesday: Any
) -> None:
    item = north.item
    desk.post(f"/reviews/{item.pk}/close/", {"revision": item.revision, "outcome": "reviewed", "note": "Fine."})
    assert north.item.status == "closed"
    assert "Take back the sign-off" in desk.get(f"/reviews/{item.pk}/").content.decode()
    desk.post(f"/reviews/{item.pk}/reopen/", {"revision": north.item.revision})
    assert north.item.status == "open"

    desk.post(f"/reviews/{item.pk}/close/", {"revision": north.item.revision, "outcome": "reviewed", "note": ""})
    at_ten_on_a_tuesday.shift(timedelta(minutes=10, seconds=1))
    assert "Take back the sign-off" not in desk.get(f"/reviews/{item.pk}/").content.decode()
    desk.post(f"/reviews/{item.pk}/reopen/", {"revision": north.item.revision})
    assert north.item.status == "closed"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"outcome": "referred", "note": ""}, "Note: This field is required."),
        ({"outcome": "reviewed", "note": "x"}, "Outcome: Select a valid choice."),
        ({"outcome": "", "note": "x"}, "Outcome: This field is required."),
    ],
)
def test_an_urgent_item_is_not_signed_off_without_saying_how_it_ended(
    north: House, desk: Client, typed: dict[str, str], said: str
) -> None:
    item = urgent(north)
    response = desk.post(f"/reviews/{item.pk}/close/", {"revision": item.revision, **typed})
    assert response.status_code == 422
    assert said in response.content.decode()
    item.refresh_from_db()
    assert item.status == "open"


def test_a_sign_off_of_what_has_changed_meanwhile_is_refused_and_keeps_what_was_typed(
    north: House, desk: Client
) -> None:
    item = north.item
    stale = item.revision
    north.client("clinician").post(f"/reviews/{item.pk}/claim/", {"revision": stale})
    typed = {"revision": stale, "outcome": "reviewed", "note": "Looks well."}
    response = desk.post(f"/reviews/{item.pk}/close/", typed)
    assert response.status_code == 409
    assert "This item has changed since you opened it" in response.content.decode()
    assert "Looks well." in response.content.decode()
    assert north.item.status == "claimed"
    desk.post(f"/reviews/{item.pk}/close/", typed | {"revision": response.context["form"]["revision"].value()})
    assert north.item.status == "closed"


def test_a_text_from_an_unknown_number_can_be_read_and_shows_four_digits_of_it(north: House, desk: Client) -> None:
    write(north.patient, "is this the pharmacy", number="+12175550199")
    item = ReviewItem.objects.get(patient=None)
    page = desk.get(f"/reviews/{item.pk}/").content.decode()
    assert "is this the pharmacy" in page
    assert "•••0199" in page
    assert "+12175550199" not in page
    assert "is this the pharmacy" in desk.get("/inbox/").content.decode()


def test_who_was_called_out_and_who_is_next_stands_beside_the_item(north: House) -> None:
    put_on_call(north.staff["clinician"])
    write(north.patient, "my chest hurts and i cant breathe")
    item = ReviewItem.objects.get(patient=north.patient, rank=0)
    call_out_due(now=NOW)
    desk = north.client("clinician")
    page = desk.get(f"/reviews/{item.pk}/").content.decode()
    assert "Clinician of north" in page
    assert "First on call" in page
    assert "Waiting to leave" in page
    assert "The next in line is called Tue 24 Nov 2026, 10:05 CST" in page
    desk.post(f"/reviews/{item.pk}/claim/", {"revision": ReviewItem.objects.get(pk=item.pk).revision})
    assert "The next in line" not in desk.get(f"/reviews/{item.pk}/").content.decode()
