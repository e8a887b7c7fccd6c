"""Plans as documents: everything that is wrong is said at once."""

from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import followup
from followup.core.plan_document import InvalidPlan, parse_plan

LIBRARY = Path(followup.__file__).parent / "library"
STEP = {"key": "day-1", "survey": "pulse", "offset": "PT24H", "reminders": ["PT4H"], "closes_after": "PT20H"}
PLAN: dict[str, Any] = {"key": "single", "name": "Single", "session_kind": "ketamine-iv", "steps": [STEP]}


def problems(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidPlan) as refusal:
        parse_plan(deepcopy(PLAN) | changes)
    return refusal.value.problems


def test_the_shipped_plans_are_valid() -> None:
    plans = sorted(LIBRARY.glob("*.yaml"))
    assert plans
    for path in plans:
        assert parse_plan(yaml.safe_load(path.read_text())).steps


def test_a_plan_whose_reminder_falls_after_closing_is_refused() -> None:
    found = problems(steps=[STEP | {"reminders": ["PT20H"]}])
    assert list(found) == ["steps[0].reminders[0]"]
    assert "after closing" in found["steps[0].reminders[0]"]


def test_every_problem_is_named_at_once() -> None:
    found = problems(
        name="",
        colour="red",
        steps=[STEP | {"offset": "tomorrow", "anchor": "lunch", "durable": "yes"}, STEP | {"local_time": "25:00"}],
    )
    assert set(found) == {
        "name",
        "colour",
        "steps[0].offset",
        "steps[0].anchor",
        "steps[0].durable",
        "steps[1].local_time",
        "steps[1].key",
    }


def test_nothing_may_be_due_before_a_session_has_ended() -> None:
    assert "steps[0].offset" in problems(steps=[STEP | {"offset": "-PT1H"}])


@pytest.mark.parametrize(
    "document", [None, [], "plan", {"steps": None}, {"steps": [None]}, {"steps": [[]]}, {"steps": {}}]
)
def test_what_is_no_plan_is_refused_and_never_crashes(document: object) -> None:
    with pytest.raises(InvalidPlan):
        parse_plan(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["PT1H", "P1D", "10:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PLAN, *STEP]), inner, max_size=6),
    max_leaves=12,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*PLAN, *STEP], JSON)))
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    with suppress(InvalidPlan):
        assert parse_plan(document).steps
