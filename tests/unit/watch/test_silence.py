"""From the pulse of the sweeps to the one part that is to be started again."""

from datetime import UTC, datetime, timedelta

import pytest

from watch.core.silence import Answers, Pulse, cause, is_still, silent_sweeps

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
EVERY = {"quick": 5.0, "slow": 60.0, "hourly": 3600.0}


def pulse(**ages: float) -> Pulse:
    last = {name: NOW - timedelta(seconds=age) for name, age in ages.items()}
    return Pulse(every=EVERY, last=last, begun=NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        (Answers(broker=False, workers=False), "broker_away"),
        (Answers(broker=True, workers=False), "workers_silent"),
        (Answers(broker=True, workers=True), "scheduler_silent"),
    ],
)
def test_what_is_away_is_told_by_who_answers(answers: Answers, name: str) -> None:
    found = cause(pulse(quick=95, slow=120), answers)
    assert (found.name, found.age(NOW)) == (name, 95)


def test_nothing_is_still_while_any_sweep_beats() -> None:
    assert not is_still(pulse(quick=999, slow=89), NOW)
    assert is_still(pulse(quick=999, slow=90), NOW)


def test_a_service_that_was_never_seen_at_work_is_silent_from_when_somebody_first_looked() -> None:
    assert is_still(pulse(), NOW)
    assert not is_still(Pulse(every=EVERY, last={}, begun=NOW - timedelta(seconds=89)), NOW)


def test_one_silent_sweep_is_named_and_what_comes_by_the_hour_may_be_late() -> None:
    found = silent_sweeps(pulse(quick=119, slow=360), NOW)
    assert [figure.subject for figure in found] == ["slow"]
    assert [figure.subject for figure in silent_sweeps(pulse(quick=120, slow=359), NOW)] == ["quick"]
