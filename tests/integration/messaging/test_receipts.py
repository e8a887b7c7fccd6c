"""Status callbacks through the signed webhook: applied only forward (G7)."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinics.models import Clinic
from messaging.core.lifecycle import Outbound
from messaging.events import DeliveryFailed, OptedOut
from messaging.models import DeliveryReceipt, OutboundMessage
from messaging.operations import dispatch, reconcile
from messaging.operations.claim import claim
from messaging.operations.dispatch import _outgoing
from messaging.operations.senders import account_of
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.texts import ADA, NOW, queue
from tests.standin import Message, StandIn
from tests.standin.server import ACCOUNT

pytestmark = pytest.mark.django_db


def again(row: OutboundMessage) -> OutboundMessage:
    return OutboundMessage.objects.get(pk=row.pk)


def call_back(provider: StandIn, message: Message, status: str, code: int | None = None, **changes: Any) -> int:
    """Post a status callback as the provider does; the HTTP status."""
    form = provider.callbacks.status_form(message, status, code) | changes
    signature = provider.callbacks.signature(message.callback, form, message.account)
    path = message.callback.removeprefix("http://testserver")
    with time_machine.travel(provider.books.clock(), tick=False):
        return Client().post(path, form, headers={"X-Twilio-Signature": signature}).status_code


def sent(provider: StandIn, clinic: Clinic, clock: Clock, **fields: Any) -> tuple[OutboundMessage, Message]:
    row = queue(clinic, **fields)
    dispatch(now_fn=clock)
    return row, provider.books.taken()[-1]


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_callbacks_in_any_order_end_at_delivered(
    provider: StandIn, clinic: Clinic, clock: Clock, order: tuple[str, ...]
) -> None:
    row, message = sent(provider, clinic, clock)
    assert [call_back(provider, message, status) for status in [*order, *order]] == [204] * 6
    assert (again(row).status, again(row).check_at) == (Outbound.DELIVERED, None)
    assert DeliveryReceipt.objects.filter(message_id=row.pk).count() == 3


def test_a_callback_before_our_request_is_answered_fills_in_the_id(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row = queue(clinic)
    [claimed] = claim(now=NOW, limit=1, lane=1, under_way={})
    outgoing = _outgoing(claimed, account_of(clinic))
    early = provider.books.add(account=ACCOUNT, to=ADA, from_="", body="", callback=outgoing.callback_url)
    assert call_back(provider, early, "delivered") == 204
    assert (again(row).status, again(row).provider_id) == (Outbound.DELIVERED, early.sid)
    clock.move(minutes=10)
    assert (reconcile(now=clock()), dispatch(now_fn=clock)) == (0, 0)


def test_the_callback_of_a_lost_attempt_explains_it(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.faults.ask("reset_after")
    row, message = sent(provider, clinic, clock)
    assert call_back(provider, message, "sent") == 204
    assert (again(row).status, again(row).provider_id) == (Outbound.SENT, message.sid)


def test_a_late_callback_of_an_old_attempt_stops_the_second_send(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.books.lag = timedelta(hours=1)
    provider.faults.ask("reset_after")
    row, message = sent(provider, clinic, clock)
    for _ in range(11):
        clock.move(minutes=1)
        reconcile(now=clock())
    assert again(row).status == Outbound.QUEUED  # the list, an hour late, made the text look absent
    call_back(provider, message, "sent")
    clock.move(minutes=10)
    assert dispatch(now_fn=clock) == 0
    assert (again(row).status, len(provider.books.taken())) == (Outbound.SENT, 1)


def test_a_number_that_is_not_in_use_brings_staff_in(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row, message = sent(provider, clinic, clock)
    call_back(provider, message, "undelivered", 30005)
    assert (again(row).status, again(row).error_code, again(row).error_kind) == ("undelivered", "30005", "contact")
    [failed] = listener.events_of(DeliveryFailed)
    assert (failed.message_id, failed.kind, failed.code) == (row.pk, "contact", "30005")


def test_a_handset_out_of_reach_is_tried_twice_more_and_then_staff_are_told(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    queue(clinic, expires_at=NOW + timedelta(days=3))
    for hours in (2, 12, 24):
        dispatch(now_fn=clock)
        call_back(provider, provider.books.taken()[-1], "undelivered", 30003)
        clock.move(hours=hours)
    dispatch(now_fn=clock)
    assert len(provider.books.taken()) == 3
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["contact"]
    assert list(OutboundMessage.objects.order_by("send_number").values_list("send_number", "status")) == [
        (1, "undelivered"),
        (2, "undelivered"),
        (3, "undelivered"),
    ]


def test_the_same_failure_told_twice_is_tried_again_once(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    _, message = sent(provider, clinic, clock)
    for _ in range(2):
        call_back(provider, message, "undelivered", 30008)
    assert OutboundMessage.objects.filter(status=Outbound.QUEUED).count() == 1


def test_a_failed_text_that_would_come_too_late_is_not_tried_again(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    _, message = sent(provider, clinic, clock, expires_at=NOW + timedelta(hours=1))
    call_back(provider, message, "undelivered", 30003)
    assert not OutboundMessage.objects.filter(status=Outbound.QUEUED).exists()
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["expired"]


def test_a_carrier_that_reports_an_opt_out_is_believed(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    _, message = sent(provider, clinic, clock)
    call_back(provider, message, "failed", 21610)
    assert [event.source for event in listener.events_of(OptedOut)] == ["carrier"]


def test_an_unknown_status_is_kept_and_moves_nothing(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row, message = sent(provider, clinic, clock)
    assert call_back(provider, message, "teleported") == 204
    assert again(row).status == Outbound.ACCEPTED
    assert DeliveryReceipt.objects.filter(status="teleported").exists()


def test_a_callback_for_an_unknown_token_and_text_is_kept_unmatched(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    _, message = sent(provider, clinic, clock)
    stranger = provider.books.add(account=ACCOUNT, to=ADA, from_="", body="", callback=f"{message.callback[:-3]}xx/")
    assert call_back(provider, stranger, "delivered") == 204
    assert DeliveryReceipt.objects.get(provider_id=stranger.sid).message_id is None


def test_a_callback_with_a_broken_token_still_finds_its_text_by_the_providers_id(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row, message = sent(provider, clinic, clock)
    message.callback = f"{message.callback[:-3]}xx/"
    call_back(provider, message, "delivered")
    assert again(row).status == Outbound.DELIVERED


def test_a_callback_of_another_clinics_account_is_refused_and_nothing_is_kept(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    other = "AC" + "8" * 32
    provider.accounts[other] = "other"
    make_clinic("other", provider_account=other, provider_secret="other")
    row, message = sent(provider, clinic, clock)
    message.account = other
    assert call_back(provider, message, "delivered") == 403
    assert again(row).status == Outbound.ACCEPTED
    assert not DeliveryReceipt.objects.exists()
