"""The page of answers that today's reader would read differently: for clinicians and admins of the clinic alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.test import Client

from followup.core.lifecycle import Level
from followup.models import Answer, FollowUp
from followup.operations import items
from tests.factories import NOW, end_session, make_patient
from tests.factories.talk import open_one
from tests.integration.web.conftest import House, audited

PAGE = "/insights/rereading/"


def old_answer(house: House, text: str, value: Any, **fields: Any) -> Answer:
    """The answer of a patient of the house, as an earlier reader left it."""
    patient = make_patient(house.clinic)
    end_session(patient)
    asked: FollowUp = open_one(patient)
    return Answer.objects.create(
        clinic_id=asked.clinic_id,
        patient_id=asked.patient_id,
        follow_up=asked,
        question="pain_avg24",
        **{
            "prompt": "Pain on average?", "language": "en", "raw_text": text, "value": value, "kind": "value",
            "reader_version": "2025.1", "source": "patient", "channel": "sms", "answered_at": NOW,
        }
        | fields,
    )  # fmt: skip


def page(desk: Client, address: str = PAGE) -> str:
    return desk.get(address).content.decode()


def test_what_would_differ_stands_beside_the_question_with_the_way_to_the_patient(north: House, desk: Client) -> None:
    answer = old_answer(north, "8 or 9 <b>", 9)
    shown = page(desk)
    for words in (
        "Pain on average?",
        "8 or 9 &lt;b&gt;",
        "Kept, by reader 2025.1",
        "Would be asked again",
        f"/patients/{answer.patient_id}/",
        "1 answer looked at",
        "Nothing changes by itself",
    ):
        assert words in shown
    assert audited("answer.") == ["answer.reread"]
    assert Answer.objects.get(pk=answer.pk).value == 9


def test_a_new_value_is_shown_and_the_review_is_one_click_away(north: House, desk: Client) -> None:
    answer = old_answer(north, "7", 9)
    item = items.for_follow_up(answer.follow_up, north.clinic, Level.INFO, now=NOW)
    shown = page(desk)
    assert "Would be kept as 7" in shown
    assert f"/reviews/{item.pk}/" in shown


def test_a_reader_that_changes_nothing_says_so(north: House, desk: Client) -> None:
    assert "The newer reader reads everything the same." in page(desk)
    old_answer(north, "7", 7)
    shown = page(desk)
    assert "The newer reader reads everything the same." in shown
    assert "1 answer looked at" in shown


def test_an_address_further_back_begins_before_the_answer_that_it_names(north: House, desk: Client) -> None:
    answers = [old_answer(north, "7", 9) for _ in range(3)]
    assert page(desk).count("Kept, by reader") == 3
    assert page(desk, f"{PAGE}?before={answers[1].pk}").count("Kept, by reader") == 1


def test_an_address_that_is_no_place_in_the_history_is_not_found(desk: Client) -> None:
    assert desk.get(f"{PAGE}?before=yesterday").status_code == 404


def test_a_colleague_without_the_right_is_refused_and_an_outsider_sees_nothing(north: House, south: House) -> None:
    answer = old_answer(north, "about a seven", 9)
    assert north.client("coordinator").get(PAGE).status_code == 403
    assert north.client("auditor").get(PAGE).status_code == 403
    assert "about a seven" in page(north.client("clinician"))
    outside = page(south.client(), f"{PAGE}?before={UUID(int=answer.pk.int + 1)}")
    assert "about a seven" not in outside
    assert "No answer that counts was read by an earlier version." in outside
