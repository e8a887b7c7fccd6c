"""Surveys and their versions on the real database: drafted, published, retired, and frozen by the trigger."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clinics.core.actor import SYSTEM, Actor
from clinics.models import AuditEvent, Clinic
from messaging.core.segments import parts_of
from surveys import library
from surveys.core.definition import InvalidSurvey
from surveys.models import Survey, SurveyVersion
from surveys.operations import (
    SurveyConflict,
    create_survey,
    install_library,
    publish,
    retire,
    save_draft,
)
from surveys.queries import definition_of, live_versions, surveys, versions
from tests.factories.clinics import NOW, make_clinic

pytestmark = pytest.mark.django_db
ADMIN = Actor("staff", "an-admin")


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic(surveys=False)


def pulse(prompt: str = "") -> dict[str, Any]:
    document = copy.deepcopy(library.document("pulse"))
    if prompt:
        document["questions"][0]["prompt"]["en"] = prompt
    return document


def create(clinic: Clinic, document: dict[str, Any]) -> SurveyVersion:
    return create_survey(clinic=clinic, document=document, count_parts=parts_of, by=ADMIN, now=NOW)


def put_live(version: SurveyVersion) -> SurveyVersion:
    return publish(version=version, count_parts=parts_of, by=ADMIN, now=NOW)


def test_a_new_version_replaces_the_live_one_and_both_stay_as_they_were_asked(clinic: Clinic) -> None:
    first = put_live(create(clinic, pulse()))
    reworded = pulse("Pain in the past day: reply 0 (no pain) to 10 (worst pain you can imagine).")
    draft = save_draft(survey=first.survey, document=reworded, count_parts=parts_of, by=ADMIN, now=NOW)
    assert live_versions([(clinic.id, "pulse")])[clinic.id, "pulse"].number == 1
    put_live(draft)
    live = live_versions([(clinic.id, "pulse")])[clinic.id, "pulse"]
    assert (live.number, live.id) == (2, draft.id)
    assert live.definition.question("pain_avg24").prompt["en"].startswith("Pain in the past day")
    assert definition_of(first.id).question("pain_avg24").prompt["en"].startswith("Pain on average")
    assert [each.status for each in versions(clinic.id, "pulse")] == ["published", "retired"]


def test_saving_twice_keeps_one_draft(clinic: Clinic) -> None:
    first = create(clinic, pulse())
    again = save_draft(
        survey=first.survey,
        document=pulse("Pain, 0 to 10?"),
        count_parts=parts_of,
        by=ADMIN,
        now=NOW + timedelta(hours=1),
    )
    assert (again.id, again.number) == (first.id, 1)
    assert again.digest != first.digest
    assert definition_of(first.id).question("pain_avg24").prompt["en"] == "Pain, 0 to 10?"


def test_a_bad_document_changes_nothing_and_names_every_problem(clinic: Clinic) -> None:
    bad = pulse("How was your infusion?")
    del bad["questions"][1]["prompt"]["es"]
    with pytest.raises(InvalidSurvey) as refusal:
        create(clinic, bad)
    assert [each.path for each in refusal.value.problems] == ["questions[0].prompt.en", "questions[1].prompt.es"]
    assert not Survey.objects.exists()


def test_the_same_key_twice_and_a_changed_key_are_refused(clinic: Clinic) -> None:
    version = create(clinic, pulse())
    with pytest.raises(SurveyConflict) as refusal:
        create(clinic, pulse())
    assert set(refusal.value.problems) == {"key"}
    with pytest.raises(InvalidSurvey, match="stays so"):
        save_draft(survey=version.survey, document=pulse() | {"key": "other"}, count_parts=parts_of, by=ADMIN, now=NOW)


def test_only_a_draft_is_published_and_only_a_live_version_retired(clinic: Clinic) -> None:
    version = create(clinic, pulse())
    with pytest.raises(SurveyConflict):
        retire(version=version, by=ADMIN, now=NOW)
    live = put_live(version)
    with pytest.raises(SurveyConflict):
        put_live(live)
    retire(version=live, by=ADMIN, now=NOW)
    assert live_versions([(clinic.id, "pulse")]) == {}


def test_every_write_is_in_the_audit_log(clinic: Clinic) -> None:
    retire(version=put_live(create(clinic, pulse())), by=ADMIN, now=NOW)
    actions = AuditEvent.objects.filter(object_type="survey_version", actor_id="an-admin").order_by("id")
    assert sorted(event.action for event in actions) == ["survey.create", "survey.publish", "survey.retire"]
    assert actions[0].detail == {"survey": "pulse", "number": 1}


@pytest.mark.parametrize(
    "change",
    [{"document": {}}, {"digest": "0" * 64}, {"number": 9}, {"status": "draft", "published_at": None}],
    ids=["document", "digest", "number", "status"],
)
def test_the_database_refuses_to_change_what_was_published(clinic: Clinic, change: dict[str, Any]) -> None:
    version = put_live(create(clinic, pulse()))
    if "status" in change:
        change |= {"published_by": None}
    with pytest.raises(IntegrityError, match="only be retired"), transaction.atomic():
        SurveyVersion.objects.filter(pk=version.pk).update(**change)


def test_the_database_refuses_to_delete_what_was_published_and_lets_a_draft_go(clinic: Clinic) -> None:
    version = put_live(create(clinic, pulse()))
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        SurveyVersion.objects.filter(pk=version.pk).delete()
    draft = save_draft(survey=version.survey, document=pulse("Pain?"), count_parts=parts_of, by=ADMIN, now=NOW)
    draft.delete()
    assert SurveyVersion.objects.count() == 1


def test_the_database_refuses_a_second_draft_and_a_second_live_version(clinic: Clinic) -> None:
    version = create(clinic, pulse())
    twin = {"survey": version.survey, "document": {}, "digest": "", "created_at": NOW, "created_by": "x"}
    with pytest.raises(DatabaseError, match="survey_one_draft"), transaction.atomic():
        SurveyVersion.objects.create(number=2, **twin)
    put_live(version)
    with pytest.raises(DatabaseError, match="survey_one_live_version"), transaction.atomic():
        SurveyVersion.objects.create(number=2, status="published", published_at=NOW, published_by="x", **twin)


def test_the_library_is_installed_once_and_leaves_what_the_clinic_has(clinic: Clinic) -> None:
    own = put_live(create(clinic, pulse("Pain, 0 to 10?")))
    installed = install_library(clinic=clinic, by=SYSTEM, now=NOW)
    assert len(installed) == len(library.shipped()) - len(library.switched_off()) - 1
    assert install_library(clinic=clinic, by=SYSTEM, now=NOW) == []
    assert live_versions([(clinic.id, "pulse")])[clinic.id, "pulse"].id == own.id
    assert not surveys(clinic.id).filter(key="peg").exists()


def test_a_survey_that_is_switched_off_is_installed_by_its_key(clinic: Clinic) -> None:
    (peg,) = install_library(clinic=clinic, by=SYSTEM, now=NOW, keys=["peg"])
    assert definition_of(peg.id).languages == ("en",)


def test_one_clinic_sees_nothing_of_the_others(clinic: Clinic) -> None:
    other = make_clinic("south", surveys=False)
    put_live(create(clinic, pulse()))
    assert not surveys(other.id).exists()
    assert not versions(other.id, "pulse").exists()
    assert live_versions([(other.id, "pulse")]) == {}
