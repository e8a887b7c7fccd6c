"""The table of errors (clinical content, section 6.6)."""

from datetime import timedelta

import pytest

from messaging.core.retry import RULES, UNREACHABLE, Act, decide, is_sender_filtered


@pytest.mark.parametrize("code", ["20429", "30001", "63017"])
def test_decide_backs_off_three_times_and_then_stops(code: str) -> None:
    pauses = [decide(code, tried).delay for tried in (1, 2, 3, 4)]
    assert pauses == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), None]
    assert decide(code, 4).act is Act.GIVE_UP


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("20003", Act.SENDER),
        ("21211", Act.CONTACT),
        ("21606", Act.SENDER),
        ("21610", Act.OPTED_OUT),
        ("21614", Act.CONTACT),
        ("21617", Act.BUG),
        ("21703", Act.SENDER),
        ("30004", Act.BLOCKED),
        ("30005", Act.CONTACT),
        ("30007", Act.FILTERED),
        ("21611", Act.WAIT),
        ("30022", Act.WAIT),
        ("63038", Act.WAIT),
        ("30034", Act.SENDER),
        ("35114", Act.BUG),
    ],
)
def test_decide_never_retries_what_a_retry_cannot_mend(code: str, act: Act) -> None:
    assert decide(code, 1) == decide(code, 9)
    assert (decide(code, 1).act, decide(code, 1).delay) == (act, None)


@pytest.mark.parametrize(("code", "tries"), [("21612", 2), ("30003", 3), ("30006", 2), ("30008", 2), ("99999", 2)])
def test_decide_calls_staff_after_as_many_tries_as_the_table_allows(code: str, tries: int) -> None:
    assert decide(code, tries - 1).act is Act.RETRY
    assert decide(code, tries).act is Act.CONTACT


def test_decide_honours_retry_after() -> None:
    assert decide("20429", 1, retry_after=7).delay == timedelta(seconds=7)


def test_decide_does_not_let_a_short_retry_after_use_up_all_tries() -> None:
    pauses = [decide("20429", tried, retry_after=1).delay for tried in (1, 2, 3)]
    assert pauses == [timedelta(seconds=1), timedelta(minutes=5), timedelta(minutes=30)]


def test_decide_does_not_let_retry_after_make_tries_endless() -> None:
    assert decide("20429", 4, retry_after=7).act is Act.GIVE_UP


def test_decide_tries_an_unreachable_provider_until_the_text_expires() -> None:
    assert decide(UNREACHABLE, 1).delay == timedelta(seconds=15)
    assert decide(UNREACHABLE, 500).delay == timedelta(minutes=5)


def test_every_rule_of_the_table_ends_in_something_other_than_a_retry() -> None:
    assert all(rule.then is not Act.RETRY for rule in RULES.values())


def test_no_code_is_tried_more_than_five_times() -> None:
    assert all(len(rule.delays) <= 4 for code, rule in RULES.items() if code != UNREACHABLE)


@pytest.mark.parametrize(
    ("filtered", "sent", "to_blame"), [(1, 1, False), (2, 99, True), (2, 100, False), (3, 100, True)]
)
def test_filtering_is_the_senders_fault_beyond_two_in_a_hundred(filtered: int, sent: int, to_blame: bool) -> None:
    assert is_sender_filtered(filtered, sent) is to_blame
