"""Surveys and plans through the API: written, published, retired, and refused with every problem at once."""

import copy

import pytest

from clinics.core.actor import SYSTEM
from surveys.operations import install_library
from tests.factories import NOW
from tests.integration.api.test_doors import attrs, problem

SURVEYS = "/api/v1/surveys/"
PLANS = "/api/v1/plans/"

QUESTION = {
    "key": "sleep",
    "type": "scale",
    "min": 0,
    "max": 10,
    "prompt": {"en": "Reply 0-10: how well did you sleep?", "es": "Responda 0-10: ¿qué tan bien durmió?"},
}
DOCUMENT = {
    "format": 1,
    "key": "sleep-check",
    "languages": ["en", "es"],
    "name": {"en": "Sleep", "es": "Sueño"},
    "questions": [QUESTION],
}
STEP = {
    "key": "day-1",
    "survey": "post-session",
    "anchor": "ended",
    "offset": "PT24H",
    "local_time": None,
    "outside_window": "shift",
    "reminders": ["PT4H"],
    "closes_after": "PT20H",
    "durable": False,
}
PLAN = {"key": "single-session", "name": "Single", "session_kind": "ketamine-iv", "publish": True, "steps": [STEP]}


@pytest.fixture
def library(north):
    """The shipped surveys, live in the north clinic."""
    install_library(clinic=north.clinic, by=SYSTEM, now=NOW)


def versions(key="sleep-check"):
    return f"{SURVEYS}{key}/versions/"


def test_a_survey_lives_from_draft_to_retired(api):
    made = api.post(SURVEYS, {"document": DOCUMENT})
    assert made.status_code == 201, made.json()
    assert (made.json()["number"], made.json()["status"]) == (1, "draft")
    assert api.get(f"{SURVEYS}sleep-check/").json()["draft_version"] == 1
    edited = copy.deepcopy(DOCUMENT) | {"name": {"en": "Sleep check", "es": "Sueño"}}
    assert api.patch(f"{versions()}1/", {"document": edited}).json()["document"]["name"]["en"] == "Sleep check"
    assert api.post(f"{versions()}1/publish/").json()["status"] == "published"
    problem(api.patch(f"{versions()}1/", {"document": DOCUMENT}), 409)
    second = api.post(versions(), {"document": DOCUMENT})
    assert (second.status_code, second.json()["number"]) == (201, 2)
    problem(api.post(versions(), {"document": DOCUMENT}), 409)
    api.post(f"{versions()}2/publish/")
    listed = api.get(versions()).json()["results"]
    assert {(row["number"], row["status"]) for row in listed} == {(1, "retired"), (2, "published")}
    assert "document" not in listed[0]
    assert api.post(f"{versions()}2/retire/").json()["status"] == "retired"
    shown = api.get(f"{SURVEYS}sleep-check/").json()
    assert (shown["live_version"], shown["draft_version"]) == (None, None)


def test_every_problem_of_a_document_is_named_with_its_place(api):
    wrong = copy.deepcopy(DOCUMENT)
    wrong["questions"][0]["prompt"].pop("es")
    wrong["questions"].append(QUESTION | {"type": "guess"})
    wrong["name"]["es"] = ""
    refused = problem(api.post(SURVEYS, {"document": wrong}), 400)
    assert len(refused["errors"]) >= 3
    assert all(attr.startswith("document.") for attr in attrs(refused))
    assert api.get(SURVEYS).json()["results"] == []


@pytest.mark.parametrize("body", [{}, {"document": []}, {"document": "sleep"}, {"document": None}])
def test_a_document_is_an_object(api, body):
    assert attrs(problem(api.post(SURVEYS, body), 400)) == {"document"}


def test_a_key_names_one_survey(api):
    api.post(SURVEYS, {"document": DOCUMENT})
    problem(api.post(SURVEYS, {"document": DOCUMENT}), 409)


def test_a_survey_of_another_clinic_does_not_exist(api, south):
    api.post(SURVEYS, {"document": DOCUMENT})
    other = south.client()
    for url in (f"{SURVEYS}sleep-check/", versions(), f"{versions()}1/"):
        problem(other.get(url), 404)
    problem(other.post(f"{versions()}1/publish/"), 404)
    assert other.get(SURVEYS).json()["results"] == []


def test_a_plan_is_published_at_once_and_shown_as_it_was_written(api, library):
    made = api.post(PLANS, PLAN)
    assert made.status_code == 201, made.json()
    row = made.json()
    assert (row["version"], row["status"]) == (1, "published")
    assert {name: row["steps"][0][name] for name in STEP} == STEP
    assert api.get(f"{PLANS}{row['id']}/").json() == row


def test_a_plan_lives_from_draft_to_retired(api, library):
    first = api.post(PLANS, PLAN).json()
    draft = api.post(PLANS, PLAN | {"publish": False}).json()
    assert (draft["version"], draft["status"]) == (2, "draft")
    url = f"{PLANS}{draft['id']}/"
    change = {"name": "Changed", "session_kind": "ketamine-iv", "steps": [STEP | {"offset": "PT0S"}]}
    assert api.patch(url, change).json()["steps"][0]["offset"] == "PT0S"
    assert api.post(f"{url}publish/").json()["status"] == "published"
    assert api.get(f"{PLANS}{first['id']}/").json()["status"] == "retired"
    problem(api.patch(url, change), 409)
    assert api.post(f"{url}retire/").json()["status"] == "retired"
    problem(api.post(f"{url}retire/"), 409)


def test_every_problem_of_a_plan_is_named_with_its_place(api, library):
    steps = [
        STEP | {"reminders": ["PT21H"], "survey": "Post Session", "closes_after": "20 hours"},
        STEP | {"offset": "soon", "anchor": "begun"},
    ]
    refused = attrs(problem(api.post(PLANS, PLAN | {"steps": steps, "colour": "blue", "name": ""}), 400))
    assert refused >= {
        "colour",
        "name",
        "steps.0.survey",
        "steps.0.closes_after",
        "steps.1.key",
        "steps.1.offset",
        "steps.1.anchor",
    }
    late = problem(api.post(PLANS, PLAN | {"steps": [STEP | {"reminders": ["PT21H"]}]}), 400)
    assert attrs(late) == {"steps.0.reminders.0"}


def test_a_plan_needs_surveys_that_are_live(api):
    assert attrs(problem(api.post(PLANS, PLAN), 400)) == {"steps.0.survey"}
    assert api.get(PLANS).json()["results"] == []


@pytest.mark.parametrize("body", [[], "plan", 7, None])
def test_a_plan_is_an_object(api, body):
    problem(api.post(PLANS, body, format="json"), 400)


def test_a_plan_of_another_clinic_does_not_exist(api, library, south):
    plan = api.post(PLANS, PLAN).json()
    other = south.client()
    problem(other.get(f"{PLANS}{plan['id']}/"), 404)
    problem(other.post(f"{PLANS}{plan['id']}/retire/"), 404)
    assert other.get(PLANS).json()["results"] == []
