"""Several senders of a clinic, their pace, and the stops that texts go round (clinical content, 6.5 and 6.6)."""

from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent, Clinic
from messaging.core.lifecycle import Outbound, Purpose
from messaging.core.senders import PACES
from messaging.events import DeliveryFailed
from messaging.models import OptOut, OutboundMessage, Sender, SenderStop
from messaging.operations import InvalidSender, dispatch, enqueue, handle_inbound, keep_sender, store_inbound
from messaging.queries import waits_for_pace
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.test_receipts import call_back
from tests.integration.messaging.texts import ADA, BEN, NOW, draft, numbers, queue
from tests.standin import StandIn

pytestmark = pytest.mark.django_db
FIRST, SECOND = "+17735550180", "+17735550181"


@pytest.fixture
def pair(clinic: Clinic) -> Clinic:
    """A clinic with two senders."""
    Clinic.objects.filter(pk=clinic.pk).update(sender=FIRST)
    clinic.refresh_from_db()
    keep_sender(clinic_id=clinic.pk, address=SECOND, pace=None, by=SYSTEM, now=NOW)
    return clinic


def leave(clock: Clock, seconds: int) -> list[int]:
    """How many texts leave in each of the coming seconds."""
    counts = []
    for _ in range(seconds):
        counts.append(dispatch(now_fn=clock))
        clock.move(seconds=1)
    return counts


def senders(provider: StandIn) -> list[str]:
    return [message.from_ for message in provider.books.taken()]


def test_a_backlog_leaves_at_the_pace_of_its_sender(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings
) -> None:
    settings.SENDER_RATE = PACES["toll-free"]
    enqueue([draft(clinic, number) for number in numbers(40)], now=NOW)
    counts = leave(clock, 10)
    assert counts[0] <= 4  # a second's worth may have been saved up
    assert counts[1:] == [3] * 9
    assert waits_for_pace(now=clock())


def test_pace_is_counted_in_segments(provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings) -> None:
    settings.SENDER_RATE = 1.0
    enqueue([draft(clinic, number, body="a" * 300) for number in numbers(20)], now=NOW)
    assert sum(leave(clock, 20)) in (10, 11)


def test_without_a_pace_everything_leaves_at_once(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    enqueue([draft(clinic, number) for number in numbers(150)], now=NOW)
    assert leave(clock, 1) == [150]
    assert not waits_for_pace(now=clock())


def test_clinics_that_share_a_sender_share_its_pace_and_take_turns(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings
) -> None:
    settings.SENDER_RATE = 3.0
    enqueue([draft(clinic, number) for number in numbers(60)], now=NOW)
    south = make_clinic("south")
    enqueue([draft(south, number, body="South") for number in numbers(5)], now=clock.move(seconds=1))
    counts = leave(clock, 6)
    assert sum(counts) <= 3 * 6 + 1
    assert sum(message.body == "South" for message in provider.books.taken()) == 5


def test_a_pace_of_its_own_binds_one_sender_only(provider: StandIn, pair: Clinic, clock: Clock) -> None:
    keep_sender(clinic_id=pair.pk, address=FIRST, pace=1.0, by=SYSTEM, now=NOW)
    other = make_clinic("south")
    enqueue([draft(pair, number) for number in numbers(10)], now=NOW)
    enqueue([draft(other, number) for number in numbers(10)], now=NOW)
    dispatch(now_fn=clock)
    assert Counter(senders(provider)) == {FIRST: 2, "+15550001000": 10}


def test_the_most_urgent_leave_first_however_long_the_others_wait(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings
) -> None:
    settings.SENDER_RATE = 1.0
    order = [Purpose.REMINDER, Purpose.QUESTION, Purpose.CONVERSATION, Purpose.CONTROL]
    enqueue(
        [
            draft(clinic, number, body=order[place % 4], purpose=order[place % 4])
            for place, number in enumerate(numbers(8))
        ],
        now=NOW,
    )
    leave(clock, 10)
    assert [message.body for message in provider.books.taken()] == [name for name in order[::-1] for _ in range(2)]


def test_a_safety_text_does_not_wait_for_the_pace(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings
) -> None:
    settings.SENDER_RATE = 1.0
    enqueue([draft(clinic, number) for number in numbers(10)], now=NOW)
    leave(clock, 3)
    queue(clinic, BEN, body="safety", purpose=Purpose.SAFETY, now=clock())
    dispatch(now_fn=clock)
    assert "safety" in [message.body for message in provider.books.taken()]


def test_texts_leave_by_the_first_sender_while_it_works(provider: StandIn, pair: Clinic, clock: Clock) -> None:
    row = queue(pair)
    dispatch(now_fn=clock)
    assert senders(provider) == [FIRST]
    assert OutboundMessage.objects.get(pk=row.pk).sender == FIRST


def test_a_stopped_sender_is_gone_round_and_the_clinic_goes_on(provider: StandIn, pair: Clinic, clock: Clock) -> None:
    provider.sender_refusals[FIRST] = 21606
    enqueue([draft(pair, number) for number in numbers(5)], now=NOW)
    dispatch(now_fn=clock)
    assert SenderStop.objects.get().sender == FIRST
    assert senders(provider) == [SECOND] * 5
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["sender"]
    provider.sender_refusals.clear()
    clock.move(minutes=16)
    queue(pair, BEN, now=clock())
    dispatch(now_fn=clock)
    assert senders(provider)[-1] == FIRST


def test_without_a_second_sender_texts_wait_for_the_first(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.sender_refusals["+15550001000"] = 30034
    row = queue(clinic)
    dispatch(now_fn=clock)
    assert OutboundMessage.objects.get(pk=row.pk).next_attempt_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("code", [30022, 30023, 30027])
def test_over_a_daily_cap_only_safety_texts_go_round_it(
    provider: StandIn, pair: Clinic, clock: Clock, code: int
) -> None:
    row = queue(pair, expires_at=NOW + timedelta(days=2))
    dispatch(now_fn=clock)
    call_back(provider, provider.books.taken()[0], "undelivered", code)
    routine = queue(pair, BEN)
    queue(pair, BEN, body="safety", purpose=Purpose.SAFETY)
    dispatch(now_fn=clock)
    assert [(message.from_, message.body) for message in provider.books.taken()][1:] == [(SECOND, "safety")]
    assert OutboundMessage.objects.get(pk=routine.pk).status == Outbound.QUEUED
    stop = SenderStop.objects.get()
    assert (stop.sender, stop.waits, stop.until) == (FIRST, True, NOW + timedelta(hours=14))  # midnight in Chicago
    clock.now = stop.until + timedelta(seconds=1)
    dispatch(now_fn=clock)
    assert senders(provider)[2:] == [FIRST, FIRST]
    assert OutboundMessage.objects.get(pk=row.pk).status == Outbound.UNDELIVERED


def test_a_pair_that_cannot_be_routed_is_tried_once_by_another_sender(
    provider: StandIn, pair: Clinic, clock: Clock
) -> None:
    provider.refusals[ADA] = 21612
    row = queue(pair)
    dispatch(now_fn=clock)
    clock.move(minutes=1)
    dispatch(now_fn=clock)
    tried = [fields["From"] for method, _, fields in provider.requests if method == "POST"]
    assert tried == [FIRST, SECOND]
    assert OutboundMessage.objects.get(pk=row.pk).error_kind == "contact"


@pytest.mark.parametrize(("texts", "kind", "stops"), [(99, "sender", 1), (100, "contact", 0)])
def test_filtering_blames_the_sender_when_it_is_frequent(
    provider: StandIn, clinic: Clinic, clock: Clock, texts: int, kind: str, stops: int
) -> None:
    enqueue([draft(clinic, number) for number in numbers(texts)], now=NOW)
    dispatch(now_fn=clock)
    for taken in provider.books.taken()[:2]:
        call_back(provider, taken, "undelivered", 30007)
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["contact", kind]
    assert SenderStop.objects.count() == stops
    assert OutboundMessage.objects.filter(status=Outbound.QUEUED).count() == 0  # the same words are not sent again


@pytest.mark.parametrize("change", [{"address": "North Care"}, {"address": "+15550001000"}, {"address": FIRST}])
def test_keep_sender_refuses_what_cannot_send_or_is_anothers(
    provider: StandIn, pair: Clinic, change: dict[str, Any]
) -> None:
    south = make_clinic("south", sender="+17735550189")
    with pytest.raises(InvalidSender):
        keep_sender(clinic_id=south.pk, pace=None, by=SYSTEM, now=NOW, **change)


def test_keep_sender_is_audited_and_keeps_the_order_of_senders(provider: StandIn, pair: Clinic) -> None:
    keep_sender(clinic_id=pair.pk, address="24567", pace=100.0, by=SYSTEM, now=NOW)
    keep_sender(clinic_id=pair.pk, address=SECOND, pace=3.0, by=SYSTEM, now=NOW)
    ranks = Sender.objects.order_by("rank").values_list("address", "rank", "segments_per_second")
    assert list(ranks) == [(SECOND, 1, 3.0), ("24567", 2, 100.0)]
    assert AuditEvent.objects.filter(action="sender.update").count() == 3


def test_the_command_keeps_a_sender_and_says_what_is_wrong(provider: StandIn, clinic: Clinic) -> None:
    call_command("keep_sender", "--clinic=north", f"--number={SECOND}", "--rate=toll-free", stdout=StringIO())
    assert Sender.objects.get().segments_per_second == 3.0
    for arguments, problem in [
        (("--clinic=nowhere", f"--number={SECOND}"), "clinic:"),
        (("--clinic=north", "--number=North"), "number: Give a number"),
        (("--clinic=north", f"--number={SECOND}", "--rate=fast"), "rate: Give segments"),
    ]:
        with pytest.raises(CommandError, match=problem):
            call_command("keep_sender", *arguments)


def test_a_text_to_a_further_sender_is_the_clinics(provider: StandIn, pair: Clinic, clock: Clock) -> None:
    make_clinic("south")
    stored = store_inbound(clinic_id=None, provider_id="SM1", number=BEN, sender=SECOND, body="STOP", received_at=NOW)
    assert stored
    handle_inbound(stored, now=NOW)
    assert OptOut.objects.get().clinic == pair
