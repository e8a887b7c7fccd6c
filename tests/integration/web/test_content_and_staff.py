"""Plans, surveys, staff and insights."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.test import Client

from clinics.models import ApiToken, User
from followup.models import Plan
from surveys.models import Survey, SurveyVersion
from tests.factories import NOW
from tests.factories.clinics import PASSWORD
from tests.integration.web.conftest import House


def plan_form(*steps: dict[str, str], **head: str) -> dict[str, str]:
    """What the form of a plan sends."""
    form = {"key": "weekly", "name": "Weekly", "session_kind": "iv-weekly", "save": "1"} | head
    form |= {"steps-TOTAL_FORMS": str(len(steps)), "steps-INITIAL_FORMS": "0"}
    step = {"key": "day-1", "survey": "pulse", "anchor": "ended", "offset": "24 hours", "outside_window": "shift"}
    for place, given in enumerate(steps):
        whole = step | {"reminders": "4 hours", "closes_after": "20 hours"} | given
        form |= {f"steps-{place}-{name}": value for name, value in whole.items()}
    return form


def test_a_plan_is_written_in_words_and_published(north: House, desk: Client) -> None:
    desk.post("/plans/new/", plan_form({}, {"key": "week-1", "offset": "7 days", "reminders": ""}))
    draft = Plan.objects.get(key="weekly")
    assert [(step.offset, step.reminders) for step in draft.steps.all()] == [("PT24H", ["PT4H"]), ("P7D", [])]
    desk.post(f"/plans/{draft.pk}/edit/", plan_form({"offset": "2 days"}) | {"publish": "1"})
    draft.refresh_from_db()
    assert draft.status == "published"
    assert draft.steps.get().offset == "P2D"
    page = desk.get(f"/plans/{draft.pk}/").content.decode()
    assert "2 days after" in page
    assert desk.get(f"/plans/{draft.pk}/edit/")["Location"] == f"/plans/{draft.pk}/"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"reminders": "21 hours"}, "Step 1, reminders after: Falls after closing"),
        ({"offset": "soon"}, "Step 1, asked after: Write a period like 24 hours"),
        ({"offset": "-24 hours"}, "Step 1, asked after: Nothing can be due before a session has ended"),
        ({"survey": "unknown"}, "Step 1, survey: Select a valid choice"),
        ({"key": "Day One!"}, "Step 1, step: Needed: 1 to 50 small letters"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_beside_the_field(desk: Client, step: dict[str, str], said: str) -> None:
    response = desk.post("/plans/new/", plan_form(step))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Plan.objects.filter(key="weekly").exists()


def test_a_second_plan_for_a_kind_of_session_is_refused_with_the_reason(north: House, desk: Client) -> None:
    response = desk.post("/plans/new/", plan_form({}, session_kind="ketamine-iv") | {"publish": "1"})
    assert "Another live plan serves this kind of session" in response.content.decode()


def test_a_step_is_added_without_losing_what_was_typed(desk: Client) -> None:
    form = plan_form({"key": "mine"})
    form.pop("save")
    response = desk.post("/plans/new/", form | {"add": "1"})
    assert response.status_code == 200
    assert len(response.context["steps"].forms) == 2
    assert 'value="mine"' in response.content.decode()


def test_a_new_version_starts_from_a_copy(north: House, desk: Client) -> None:
    page = desk.get(f"/plans/new/?from={north.plan.pk}").content.decode()
    assert 'value="single"' in page
    assert desk.get("/plans/new/?from=nonsense").status_code == 404


def test_a_plan_is_retired(north: House, desk: Client) -> None:
    desk.post(f"/plans/{north.plan.pk}/retire/")
    north.plan.refresh_from_db()
    assert north.plan.status == "retired"
    assert (
        "Only a draft can be published" in desk.post(f"/plans/{north.plan.pk}/publish/", follow=True).content.decode()
    )


def pulse(house: House) -> SurveyVersion:
    return SurveyVersion.objects.get(survey__clinic=house.clinic, survey__key="pulse", status="published")


def test_a_survey_shows_its_questions_in_both_languages(desk: Client) -> None:
    page = desk.get("/surveys/pulse/").content.decode()
    assert "Pain on average over the past 24 hours" in page
    assert "Dolor en promedio" in page
    assert desk.get("/surveys/pulse/9/").status_code == 404
    assert desk.get("/surveys/none/").status_code == 404


@pytest.mark.parametrize(
    ("reply", "language", "said"),
    [
        ("about a 7", "en", "Kept as the answer: 7"),
        ("siete", "es", "Kept as the answer: 7"),
        ("lots", "en", "Asked again"),
        ("please stop texting me", "en", "Stops all texts"),
    ],
)
def test_a_reply_can_be_tried_beside_its_question(
    north: House, desk: Client, reply: str, language: str, said: str
) -> None:
    path = f"/surveys/versions/{pulse(north).pk}/try/pain_avg24/"
    page = desk.post(path, {"reply": reply, "language": language}).content.decode()
    assert said in page


@pytest.mark.parametrize(
    ("question", "before", "reply", "language", "said"),
    [
        ("mood", "8", "oops pain was 5", "en", "Corrects the answer before: 5"),
        ("mood", "ocho", "perdón el dolor era 5", "es", "Corrects the answer before: 5"),
        ("mood", "8", "undo", "en", "Corrects the answer before"),
        ("mood", "lots", "7", "en", "no certain answer to the question before"),
        ("pain_avg24", "8", "7", "en", "Kept as the answer: 7"),
    ],
)
def test_a_reply_can_be_tried_after_the_answer_before(
    north: House, desk: Client, question: str, before: str, reply: str, language: str, said: str
) -> None:
    path = f"/surveys/versions/{pulse(north).pk}/try/{question}/"
    page = desk.post(path, {"reply": reply, "language": language, "before": before}).content.decode()
    assert said in page


@pytest.mark.parametrize(
    ("question", "reply", "language", "said"),
    [
        ("se_gate", "mild", "en", "Kept as the answer: 1 · Mild"),
        ("se_which", "1 y 3", "es", "Kept as the answer: 1 · Nausea, 3 · Dizzy"),
        ("se_other", "my ears ring", "en", "Kept as the answer: my ears ring"),
        ("rescue24", "dos veces", "es", "Kept as the answer: 2"),
        ("rescue24", "2 and I want to die", "en", "crisis"),
    ],
)
def test_a_reply_of_every_type_is_shown_in_words(
    north: House, desk: Client, question: str, reply: str, language: str, said: str
) -> None:
    version = SurveyVersion.objects.get(survey__clinic=north.clinic, survey__key="post-session")
    path = f"/surveys/versions/{version.pk}/try/{question}/"
    assert said in desk.post(path, {"reply": reply, "language": language}).content.decode()


def test_an_upload_becomes_a_draft_that_is_published(north: House, desk: Client) -> None:
    document = pulse(north).document | {"key": "evening"}
    response = desk.post("/surveys/upload/", {"text": yaml.safe_dump(document, allow_unicode=True)})
    assert response["Location"] == "/surveys/evening/1/"
    draft = SurveyVersion.objects.get(survey__key="evening")
    desk.post(f"/surveys/versions/{draft.pk}/publish/")
    draft.refresh_from_db()
    assert draft.status == "published"
    desk.post(f"/surveys/versions/{draft.pk}/retire/")
    draft.refresh_from_db()
    assert draft.status == "retired"


def broken(document: dict[str, Any]) -> dict[str, Any]:
    first, second = (dict(question) for question in document["questions"])
    first["prompt"] = {"en": first["prompt"]["en"]}
    second["type"] = "guess"
    return document | {"key": "broken", "questions": [first, second]}


def test_every_problem_of_an_upload_is_listed_and_nothing_is_kept(north: House, desk: Client) -> None:
    text = yaml.safe_dump(broken(pulse(north).document), allow_unicode=True)
    response = desk.post("/surveys/upload/", {"text": text})
    assert response.status_code == 422
    assert len(response.context["problems"]) >= 2
    assert not Survey.objects.filter(key="broken").exists()


@pytest.mark.parametrize(
    ("text", "said"), [("a: [", "This is not YAML: look at line"), ("- 1", "This holds no survey")]
)
def test_what_is_no_survey_is_refused_with_the_place(desk: Client, text: str, said: str) -> None:
    assert said in desk.post("/surveys/upload/", {"text": text}).content.decode()


def test_staff_are_added_changed_and_deactivated(north: House, desk: Client) -> None:
    new = {"email": "new@north.example", "name": "Nu", "role": "clinician", "password": PASSWORD}
    assert desk.post("/staff/new/", new | {"password": "short"}).status_code == 422
    assert (
        "Somebody has this address already"
        in desk.post("/staff/new/", new | {"email": "admin@north.example"}).content.decode()
    )
    desk.post("/staff/new/", new)
    user = User.objects.get(email="new@north.example")
    desk.post(f"/staff/{user.pk}/", {"name": "Nu", "role": "auditor"})
    user.refresh_from_db()
    assert (user.role, user.is_active) == ("auditor", False)
    me = north.staff["admin"]
    last = desk.post(f"/staff/{me.pk}/", {"name": "Me", "role": "auditor", "is_active": "on"})
    assert "The clinic needs one active admin" in last.content.decode()
    desk.post(f"/staff/{user.pk}/password/", {"password": "four quiet green boats"})
    user.refresh_from_db()
    assert user.check_password("four quiet green boats")


def test_a_token_is_shown_once_and_revoked(north: House, desk: Client) -> None:
    me = north.staff["admin"]
    page = desk.post(f"/staff/{me.pk}/tokens/", {"lifetime": "30", "scopes": ["see_patients"]})
    plaintext = page.context["plaintext"]
    assert plaintext in page.content.decode()
    assert plaintext not in desk.get(f"/staff/{me.pk}/").content.decode()
    token = ApiToken.objects.get()
    assert token.scopes == ["see_patients"]
    desk.post(f"/staff/{me.pk}/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at == NOW


def test_insights_count_what_was_asked_and_answered(north: House, desk: Client, at_ten_on_a_tuesday: Any) -> None:
    at_ten_on_a_tuesday.shift(60)
    page = desk.get("/insights/?days=7")
    assert (page.context["asked"], page.context["answered"], page.context["rate"]) == (1, 1, 100)
    assert desk.get("/insights/?days=2").status_code == 404
