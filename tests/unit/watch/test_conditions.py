"""Figures in, findings out: each condition holds from its limit on, and causes hide what follows from them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinics.core.figures import Figure, by_name
from watch.core.conditions import BY_KEY, CAUSES, CONDITIONS, FOLLOWS, findings
from watch.core.telling import GIVE_UP_AFTER, PAUSES, next_try, remedy, title

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
NORTH, SOUTH = UUID(int=1), UUID(int=2)


def figure(name: str, *, age: float = 0, **fields: Any) -> Figure:
    return Figure(name=name, oldest=NOW - timedelta(seconds=age), **fields)


def keys(*figures: Figure) -> list[str]:
    return [finding.condition for finding in findings(figures, now=NOW)]


@pytest.mark.parametrize(
    ("fine", "wrong", "key"),
    [
        (figure("queue", age=179, subject="outbox"), figure("queue", age=180, subject="outbox"), "queue-late"),
        (figure("uncertain", age=719), figure("uncertain", age=720), "texts-uncertain"),
        (figure("held_up", count=0), figure("held_up", count=1), "texts-held-up"),
        (figure("set_aside", count=0), figure("set_aside"), "texts-set-aside"),
        (figure("filtered", count=1, of=10), figure("filtered", count=2, of=100), "texts-filtered"),
        (figure("filtered", count=2, of=101), figure("filtered", count=3, of=150), "texts-filtered"),
        (figure("callbacks", count=1, of=3, age=200), figure("callbacks", count=2, of=3), "callbacks-silent"),
        (figure("callbacks", count=0, of=9), figure("callbacks", count=5, of=9), "callbacks-silent"),
        (figure("callbacks", count=1, of=1, age=239), figure("callbacks", count=1, of=1, age=240), "callbacks-silent"),
        (figure("nothing-of-ours"), figure("sender_stop", subject="30034"), "sender-stopped"),
    ],
)
def test_a_condition_holds_from_its_limit_on(fine: Figure, wrong: Figure, key: str) -> None:
    assert keys(fine) == []
    assert keys(wrong) == [key]


def test_every_alert_of_a_silent_service_is_out_within_five_minutes() -> None:
    look_every, longest_try = 30, 30
    for condition in CONDITIONS:
        limit = {"texts-uncertain": 900, "webhook-failing": 3700}.get(condition.key, 300)
        assert condition.age + look_every + longest_try <= limit, condition.key


def test_each_clinic_and_each_queue_is_a_finding_of_its_own() -> None:
    late = [
        figure("queue", age=999, subject=subject, clinic_id=clinic)
        for subject in ("a", "b")
        for clinic in (NORTH, SOUTH)
    ]
    assert len({finding.key for finding in findings(late, now=NOW)}) == 4


def test_two_entries_of_one_condition_are_one_finding() -> None:
    assert keys(figure("callbacks", count=5, of=5, age=600)) == ["callbacks-silent"]


@pytest.mark.parametrize("cause", ["broker_away", "workers_silent", "scheduler_silent"])
def test_while_nothing_runs_only_the_cause_is_told_and_what_does_not_follow_from_it(cause: str) -> None:
    late = figure("queue", age=999, subject="outbox")
    assert keys(figure(cause), late, figure("callbacks", count=5, of=5, age=999), figure("set_aside")) == [
        cause.replace("_", "-"),
        "texts-set-aside",
    ]


def test_every_condition_says_what_is_wrong_and_what_to_do() -> None:
    for condition in CONDITIONS:
        assert condition.title
        assert condition.remedy.endswith(".")
        assert title(condition.key, "") == condition.title
        assert remedy(condition.key) == condition.remedy
    assert title("queue-late", "outbox") == "Work is due and nobody does it: texts to send"
    assert title("of-a-later-version", "x") == "of-a-later-version: x"
    assert BY_KEY.keys() >= CAUSES | FOLLOWS


def test_a_notice_is_tried_ever_more_seldom_and_given_up_after_a_day() -> None:
    made, at, tries = NOW, NOW, 0
    while (at_next := next_try(made, tries + 1, at)) is not None:
        tries += 1
        assert at_next - at == PAUSES[min(tries, len(PAUSES)) - 1]
        at = at_next
    assert at - made < GIVE_UP_AFTER
    assert tries > 40


def test_figures_of_all_clinics_add_up() -> None:
    sums = by_name([figure("x", age=5, count=2, of=3), figure("x", age=9, count=1, of=4), Figure(name="y", count=0)])
    assert (sums["x"].count, sums["x"].of, sums["x"].age(NOW)) == (3, 7, 9)
    assert sums["y"].age(NOW) == 0
