"""Plans are drafted, published, replaced and retired."""

import io
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from followup.models import FollowUp, Patient, Plan
from followup.operations import plans
from followup.operations.errors import Conflict, Refused
from followup.queries.plans import document_of, live_plan
from tests.factories import NOW, PLAN, end_session, make_plan


def create(clinic: Clinic, **changes: Any) -> Plan:
    return plans.create_plan(clinic=clinic, document=deepcopy(PLAN) | changes, by=SYSTEM, now=NOW)


def test_a_plan_can_be_written_and_read_back_as_its_document(plan: Plan) -> None:
    document = document_of(plan)
    assert plans.parse_plan(document) == plans.parse_plan(
        {key: value for key, value in PLAN.items() if key != "publish"}
    )


def test_a_new_version_takes_over_and_the_old_one_is_retired(clinic: Clinic, plan: Plan) -> None:
    second = create(clinic, name="Better")
    plan.refresh_from_db()
    assert (plan.status, second.status, second.version) == ("retired", "published", 2)
    assert live_plan(clinic, "single") == second


def test_what_an_old_version_has_scheduled_stays(clinic: Clinic, plan: Plan, patient: Patient) -> None:
    end_session(patient)
    create(clinic, name="Better")
    assert FollowUp.objects.get(patient=patient).status == "scheduled"


def test_a_draft_is_changed_until_it_is_published(clinic: Clinic) -> None:
    draft = create(clinic, publish=False)
    step = PLAN["steps"][0] | {"key": "later", "offset": "P1D"}
    plans.save_draft(plan=draft, document=deepcopy(PLAN) | {"steps": [step], "publish": False}, by=SYSTEM, now=NOW)
    assert [step.key for step in draft.steps.all()] == ["later"]
    live = plans.publish(plan=draft, by=SYSTEM, now=NOW)
    for change in (
        lambda: plans.save_draft(plan=live, document=deepcopy(PLAN), by=SYSTEM, now=NOW),
        lambda: plans.publish(plan=live, by=SYSTEM, now=NOW),
    ):
        with pytest.raises(Conflict):
            change()


def test_a_second_draft_and_a_second_plan_for_a_kind_are_conflicts(clinic: Clinic, plan: Plan) -> None:
    create(clinic, publish=False)
    with pytest.raises(Conflict, match="draft"):
        create(clinic, publish=False)
    with pytest.raises(Conflict, match="serves"):
        create(clinic, key="other")


def test_a_plan_that_asks_an_unknown_survey_cannot_be_published(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        create(clinic, steps=[PLAN["steps"][0] | {"survey": "nothing"}])
    assert list(refusal.value.problems) == ["steps[0].survey"]
    assert not Plan.objects.exists()


def test_a_retired_plan_schedules_nothing(plan: Plan, patient: Patient) -> None:
    plans.retire(plan=plan, by=SYSTEM, now=NOW)
    end_session(patient)
    assert not FollowUp.objects.exists()


def test_a_plan_travels_through_files(clinic: Clinic, tmp_path: Path) -> None:
    call_command("load_plan", "followup/library/single-session.yaml", stdout=io.StringIO())
    out = io.StringIO()
    call_command("dump_plan", "single-session", stdout=out)
    copy = tmp_path / "copy.yaml"
    copy.write_text(out.getvalue())
    call_command("load_plan", str(copy), "--draft", stdout=io.StringIO())
    first, second = Plan.objects.order_by("version")
    assert document_of(first) == document_of(second)
    assert second.status == "draft"


def test_a_file_that_is_no_plan_is_refused_with_every_problem(clinic: Clinic, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"key": "x", "steps": [{"key": "a"}]}')
    with pytest.raises(CommandError, match=r"(?s)name.*session_kind.*offset"):
        call_command("load_plan", str(bad))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_plan", str(tmp_path / "missing.yaml"))


def test_a_plan_cannot_be_dumped_where_there_is_none_and_a_clinic_must_be_named_among_several(clinic: Clinic) -> None:
    with pytest.raises(CommandError, match="no live plan"):
        call_command("dump_plan", "nothing")
    from tests.factories import make_clinic

    make_clinic("south", surveys=False)
    with pytest.raises(CommandError, match="--clinic"):
        call_command("dump_plan", "nothing")


def test_two_clinics_have_their_own_plans(clinic: Clinic, plan: Plan) -> None:
    from tests.factories import make_clinic

    south = make_clinic("south")
    make_plan(south)
    assert Plan.objects.filter(status="published").count() == 2
