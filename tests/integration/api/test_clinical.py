"""What the API shows of a survey's life: follow-up, texts, answers, signals, review; and what a stranger sees of it."""

import csv
import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.db.models import F

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent
from followup.api.resources.exports import as_csv
from followup.models import FollowUp, Patient, ReviewItem, Signal
from messaging.models import InboundMessage, OutboundMessage
from surveys.operations import install_library
from tests.factories import NOW, end_session, make_patient, make_plan
from tests.factories.history import shelve_texts
from tests.factories.talk import open_one, write
from tests.integration.api.test_doors import attrs, new_events, problem

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_ten_in_chicago():
    with time_machine.travel(NOW + 10 * MINUTE, tick=False):
        yield


@pytest.fixture
def patient(north) -> Patient:
    """Somebody whose care session has just ended, under a plan that asks at once and a day later."""
    install_library(clinic=north.clinic, by=SYSTEM, now=NOW)
    make_plan(north.clinic, {}, {"key": "day-1", "offset": "PT24H"})
    found = make_patient(north.clinic)
    end_session(found)
    return found


@pytest.fixture
def answered(patient) -> FollowUp:
    """Their first follow-up, answered, with one correction and a formula for a mood."""
    follow_up = open_one(patient)
    write(patient, "5")
    write(patient, "oops I meant 8 for my pain", now=NOW + MINUTE)
    write(patient, "6", now=NOW + 2 * MINUTE)
    return follow_up


def listed(api, resource, **query):
    return api.get(f"/api/v1/{resource}/", query).json()["results"]


def test_follow_ups_say_where_they_stand(api, patient, answered):
    done, due = sorted(listed(api, "follow-ups", patient=str(patient.pk)), key=lambda row: row["due_at"])
    assert (done["status"], done["survey"], done["survey_version"], done["step"]) == (
        "completed",
        "pulse",
        1,
        "at-once",
    )
    assert (due["status"], due["survey_version"], due["opened_at"]) == ("scheduled", None, None)
    assert [row["id"] for row in listed(api, "follow-ups", status="completed")] == [str(answered.pk)]
    assert api.get(f"/api/v1/follow-ups/{done['id']}/").json() == done


def test_a_scheduled_follow_up_is_brought_forward_once(api, patient, answered):
    due = FollowUp.objects.get(status="scheduled")
    now = api.post(f"/api/v1/follow-ups/{due.pk}/send-now/")
    assert now.status_code == 200
    assert now.json()["due_at"] == "2026-11-24T16:10:00Z"
    assert attrs(problem(api.post(f"/api/v1/follow-ups/{answered.pk}/send-now/"), 409)) == {"status"}


def test_a_response_shows_answers_beside_their_questions_with_history(api, patient, answered):
    (response,) = listed(api, "responses", patient=str(patient.pk), survey="pulse")
    assert (response["status"], response["follow_up"], response["survey_version"]) == ("completed", str(answered.pk), 1)
    old, new, mood = response["answers"]
    assert (old["question"], old["value"], old["raw_text"]) == ("pain_avg24", 5, "5")
    assert old["superseded_at"] == "2026-11-24T16:01:00Z"
    assert (new["value"], new["superseded_at"]) == (8, None)
    assert (mood["question"], mood["value"], mood["channel"]) == ("mood", 6, "sms")
    assert "0" in old["prompt"]
    assert api.get(f"/api/v1/messages/{mood['message']}/").json()["body"] == "6"
    assert response["scores"]
    assert api.get(f"/api/v1/responses/{response['id']}/").json() == response


def test_responses_since_a_moment(api, answered):
    assert listed(api, "responses", since="2026-11-24T16:05:00Z") == []
    assert len(listed(api, "responses", updated_since="2026-11-24T16:01:30Z")) == 1


def test_messages_go_both_ways_newest_first(api, patient, answered):
    rows = listed(api, "messages", patient=str(patient.pk))
    assert [row["created_at"] for row in rows] == sorted((row["created_at"] for row in rows), reverse=True)
    assert {row["direction"] for row in rows} == {"inbound", "outbound"}
    came = listed(api, "messages", direction="inbound", status="handled")
    assert [row["body"] for row in came] == ["6", "oops I meant 8 for my pain", "5"]
    asked = listed(api, "messages", follow_up=str(answered.pk))
    assert {row["direction"] for row in asked} == {"outbound"}
    assert {"question", "conversation"} <= {row["purpose"] for row in asked}


def test_pages_of_messages_hold_every_text_once(api, answered):
    whole = [row["id"] for row in listed(api, "messages")]
    seen, url = [], "/api/v1/messages/?page_size=2"
    while url:
        page = api.get(url).json()
        seen.append([row["id"] for row in page["results"]])
        url = page["next"] or ""
        back = page["previous"]
    assert [row for page in seen for row in page] == whole
    assert [row["id"] for row in api.get(back).json()["results"]] == seen[-2]


def test_texts_in_the_history_are_listed_shown_and_named_as_before(api, patient, answered, django_assert_num_queries):
    def everything():
        lists = [listed(api, "messages"), listed(api, "responses"), listed(api, "messages", patient=str(patient.pk))]
        page = api.get("/api/v1/messages/?page_size=3").json()
        return lists, page["results"], api.get(page["next"]).json()["results"]

    OutboundMessage.objects.update(
        status="delivered", next_attempt_at=None, provider_id=F("dedupe_key"), finished_at=NOW + 9 * MINUTE
    )
    before = everything()
    OutboundMessage.objects.filter(queued_at__gte=NOW + 2 * MINUTE).update(tidy_at=NOW)  # some stay live
    assert shelve_texts(now=NOW + 10 * MINUTE, tidied=False) > 0
    assert OutboundMessage.objects.exists()
    assert not InboundMessage.objects.exists()
    assert everything() == before
    answer = before[0][1][0]["answers"][-1]
    with django_assert_num_queries(4):
        assert api.get(f"/api/v1/messages/{answer['message']}/").json()["body"] == answer["raw_text"]


def test_a_coordinator_sees_that_texts_went_and_not_what_they_said(north, answered):
    rows = listed(north.client("coordinator"), "messages")
    assert rows
    assert {row["body"] for row in rows} == {None}


def test_a_crisis_text_is_a_signal_and_the_first_review(api, patient, answered):
    write(patient, "I want to kill myself", now=NOW + 5 * MINUTE)
    signal = listed(api, "signals", patient=str(patient.pk))[0]
    review = listed(api, "reviews", status="open", level=signal["level"])[0]
    assert signal["review"] == review["id"]
    assert signal["id"] in review["signals"]
    assert signal["level"] in ("urgent", "emergency")
    assert "I want" not in json.dumps(signal)
    assert api.get(f"/api/v1/signals/{signal['id']}/").json() == signal


def test_a_review_is_claimed_signed_off_and_taken_back(north, answered):
    clinician = north.client("clinician")
    item = listed(clinician, "reviews")[0]
    url = f"/api/v1/reviews/{item['id']}/"
    claimed = clinician.post(f"{url}claim/", {"revision": item["revision"]}).json()
    assert (claimed["status"], claimed["claimed_by"]) == ("claimed", str(north.staff["clinician"].pk))
    stale = clinician.post(f"{url}close/", {"revision": item["revision"], "outcome": "reviewed"})
    assert attrs(problem(stale, 409)) == {"revision"}
    body = {"revision": claimed["revision"], "outcome": "reviewed", "note": "Looks fine."}
    closed = clinician.post(f"{url}close/", body).json()
    assert (closed["status"], closed["outcome"], closed["note"]) == ("closed", "reviewed", "Looks fine.")
    opened = clinician.post(f"{url}reopen/", {"revision": closed["revision"]}).json()
    assert (opened["status"], opened["outcome"]) == ("open", "")
    escalated = clinician.post(f"{url}escalate/", {"revision": opened["revision"]}).json()
    assert (escalated["status"], escalated["level"]) == ("escalated", "urgent")
    short = clinician.post(f"{url}close/", {"revision": escalated["revision"], "outcome": "reviewed"})
    assert attrs(problem(short, 400)) == {"outcome", "note"}


def test_each_action_on_a_review_leaves_one_row_that_names_the_token(north, answered):
    clinician = north.client("clinician")
    item = ReviewItem.objects.get()
    before = AuditEvent.objects.latest("pk").pk
    clinician.post(f"/api/v1/reviews/{item.pk}/claim/", {"revision": item.revision})
    assert new_events(before) == ["review.claim"]
    event = AuditEvent.objects.latest("pk")
    assert (event.actor_kind, event.patient_id) == ("token", item.patient_id)


def test_an_export_holds_every_answer_and_no_formula(api, patient, answered):
    write(patient, "=HYPERLINK(0)", now=NOW + 6 * MINUTE)
    before = AuditEvent.objects.latest("pk").pk
    response = api.get("/api/v1/exports/responses/")
    assert response["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [(line["question"], line["value"]) for line in lines] == [
        ("pain_avg24", "5"),
        ("pain_avg24", "8"),
        ("mood", "6"),
    ]
    assert {line["reference"] for line in lines} == {patient.reference}
    assert new_events(before) == ["answer.export"]
    whole = json.loads(b"".join(api.get("/api/v1/exports/responses/", {"form": "json"}).streaming_content))
    assert [row["value"] for row in whole] == [5, 8, 6]
    assert attrs(problem(api.get("/api/v1/exports/responses/", {"form": "xml"}), 400)) == {"form"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_a_cell_is_never_a_formula(text):
    head, line = as_csv(iter([{"raw_text": text, "prompt": "about a 7", "value": -1}]))
    (row,) = csv.DictReader(io.StringIO(head + line, newline=""))
    assert (row["raw_text"], row["prompt"], row["value"]) == (f"'{text}", "about a 7", "-1")


def everything(patient):
    """The address of one row of each kind that the patient's clinic has."""
    item, follow_up = ReviewItem.objects.first(), FollowUp.objects.filter(status="completed").get()
    return {
        "patients": patient.pk,
        "care-sessions": follow_up.care_session_id,
        "plans": follow_up.plan_step.plan_id,
        "follow-ups": follow_up.pk,
        "responses": follow_up.response.pk,
        "messages": follow_up.answers.first().message_id,
        "signals": Signal.objects.first().pk,
        "reviews": item.pk,
    }


def test_a_stranger_finds_nothing_of_another_clinic(south, patient, answered):
    write(patient, "I want to kill myself", now=NOW + 5 * MINUTE)
    stranger = south.client()
    for resource, pk in everything(patient).items():
        assert listed(stranger, resource) == [], resource
        problem(stranger.get(f"/api/v1/{resource}/{pk}/"), 404)
    for resource in ("care-sessions", "follow-ups", "responses", "messages", "signals", "reviews", "opt-outs"):
        assert listed(stranger, resource, patient=str(patient.pk)) == [], resource
    review, follow_up = ReviewItem.objects.first(), FollowUp.objects.filter(status="scheduled").get()
    for url, body in (
        (f"reviews/{review.pk}/claim/", {"revision": review.revision}),
        (f"reviews/{review.pk}/close/", {"revision": review.revision, "outcome": "false-alarm", "note": "x"}),
        (f"follow-ups/{follow_up.pk}/send-now/", {}),
        (f"follow-ups/{follow_up.pk}/link/", {}),
        (f"patients/{patient.pk}/withdraw/", {}),
        ("opt-outs/", {"patient": str(patient.pk)}),
    ):
        problem(stranger.post(f"/api/v1/{url}", body), 404)
    problem(stranger.patch(f"/api/v1/patients/{patient.pk}/", {"language": "es"}), 404)
    lines = b"".join(stranger.get("/api/v1/exports/responses/").streaming_content).decode().splitlines()
    assert len(lines) == 1
    patient.refresh_from_db()
    assert (patient.status, patient.language) == ("active", "en")


def test_two_clinics_with_the_same_phone_know_nothing_of_each_other(north, south, patient, answered):
    make_patient(south.clinic, phone=patient.phone.reveal())
    stranger = south.client()
    assert {row["purpose"] for row in listed(stranger, "messages")} == {"service"}
    assert stranger.post("/api/v1/opt-outs/", {"patient": listed(stranger, "patients")[0]["id"]}).status_code == 201
    assert listed(north.client(), "patients")[0]["opted_out"] is False


@pytest.mark.parametrize(
    ("resource", "queries"),
    [
        ("care-sessions", 3),
        ("follow-ups", 3),
        ("plans", 4),
        ("responses", 4),
        ("messages", 4),
        ("signals", 3),
        ("reviews", 5),
        ("surveys", 3),
        ("opt-outs", 3),
        ("audit-events", 3),
    ],
)
def test_a_list_takes_as_many_queries_however_long_it_is(
    api, north, patient, answered, resource, queries, django_assert_num_queries
):
    write(patient, "I want to kill myself", now=NOW + 5 * MINUTE)
    for _ in range(3):
        other = make_patient(north.clinic)
        end_session(other)
        open_one(other)
        write(other, "7")
        write(other, "STOP", now=NOW + MINUTE)
    api.get(f"/api/v1/{resource}/")
    with django_assert_num_queries(queries):  # the token, the rows with what belongs to them, the audit row
        assert listed(api, resource)
