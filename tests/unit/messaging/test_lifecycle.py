"""The life of an outgoing text."""

import itertools

import pytest

from messaging.core.lifecycle import FINAL, FROM_PROVIDER, MOVES, Outbound, moved_by_provider


def walk(*reports: str) -> str:
    status: str = Outbound.SENDING
    for report in reports:
        status = moved_by_provider(status, report) or status
    return status


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "queued", "delivered", "sent"])))
def test_reports_in_any_order_end_where_the_provider_does(order: tuple[str, ...]) -> None:
    assert walk(*order) == Outbound.DELIVERED


def test_a_report_never_leads_back() -> None:
    assert moved_by_provider(Outbound.SENT, "queued") is None
    assert moved_by_provider(Outbound.DELIVERED, "sent") is None
    assert moved_by_provider(Outbound.DELIVERED, "failed") is None


def test_an_unknown_report_moves_nothing() -> None:
    assert moved_by_provider(Outbound.ACCEPTED, "teleported") is None


def test_every_status_the_provider_has_for_a_text_of_ours_is_known() -> None:
    theirs = "accepted scheduled queued sending sent delivered undelivered failed canceled read partially_delivered"
    assert set(FROM_PROVIDER) == set(theirs.split())


def test_final_texts_go_nowhere() -> None:
    assert {status for status in MOVES if not MOVES[status]} == FINAL
    assert {"delivered", "undelivered", "failed", "cancelled", "expired"} == FINAL


def test_a_late_report_stops_a_text_that_waits_for_its_second_send() -> None:
    assert moved_by_provider(Outbound.QUEUED, "sent") is Outbound.SENT
