"""Sending, through the real SDK over a socket."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from messaging.core.lifecycle import Outbound, Purpose
from messaging.events import DeliveryFailed, OptedOut
from messaging.gateways.base import Sent, Taken, Unclear, Unsent
from messaging.models import OutboundMessage, SenderStop
from messaging.operations import dispatch, enqueue, lift_stop, opt_out
from messaging.operations.claim import claim
from messaging.operations.outcomes import Outcome, record
from privacy.sensitive import Sensitive
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.texts import ADA, BEN, NOW, draft, numbers, queue
from tests.standin import StandIn

pytestmark = pytest.mark.django_db
HOURS = [["09:00", "20:00"]] * 7


def again(row: OutboundMessage) -> OutboundMessage:
    return OutboundMessage.objects.get(pk=row.pk)


def test_dispatch_hands_a_text_over_as_the_api_takes_it(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row = queue(clinic)
    assert dispatch(now_fn=clock) == 1
    _, path, fields = provider.requests[0]
    assert path.endswith("/Messages.json")
    assert fields["To"] == ADA
    assert fields["From"] == "+15550001000"
    assert fields["Body"] == row.body.reveal()
    assert fields["StatusCallback"].startswith("http://testserver/webhooks/twilio/status/")
    assert "MessagingServiceSid" not in fields
    taken = again(row)
    assert (taken.status, taken.provider_id) == (Outbound.ACCEPTED, provider.books.taken()[0].sid)
    assert taken.check_at > NOW


def test_dispatch_uses_the_messaging_service_when_there_is_one(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings
) -> None:
    settings.TWILIO_MESSAGING_SERVICE_SID = "MG" + "2" * 32
    queue(clinic)
    dispatch(now_fn=clock)
    fields = provider.requests[0][2]
    assert fields["MessagingServiceSid"] == "MG" + "2" * 32
    assert "From" not in fields


def test_dispatch_uses_the_clinics_own_account_and_sender(provider: StandIn, clock: Clock) -> None:
    own = "AC" + "7" * 32
    provider.accounts[own] = "own-token"
    queue(make_clinic("own", provider_account=own, provider_secret="own-token", sender="+15550007777"))
    dispatch(now_fn=clock)
    taken = provider.books.taken()[0]
    assert (taken.account, taken.from_) == (own, "+15550007777")


def test_dispatch_sends_each_text_once_however_often_it_is_called(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    texts = [draft(clinic, number) for number in numbers(120)]
    enqueue(texts, now=NOW)
    enqueue(texts, now=NOW)
    assert dispatch(now_fn=clock) == 120
    assert dispatch(now_fn=clock) == 0
    assert sorted(message.to for message in provider.books.taken()) == sorted(text.number.reveal() for text in texts)


def test_dispatch_goes_on_with_a_number_whose_text_before_took_long(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.slowness = 0.1
    for body in ("one", "two"):
        queue(clinic, body=body, now=clock.move(seconds=1))
    assert dispatch(now_fn=clock) == 2
    assert [message.body for message in provider.books.taken()] == ["one", "two"]


def test_a_notice_goes_out_before_the_question_that_was_queued_with_it(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    queue(clinic, body="question", purpose=Purpose.QUESTION)
    queue(clinic, body="notice", purpose=Purpose.SERVICE)
    dispatch(now_fn=clock)
    assert [message.body for message in provider.books.taken()] == ["notice", "question"]


def test_dispatch_keeps_the_order_of_texts_to_one_number(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    for body in ("one", "two", "three"):
        queue(clinic, body=body, now=clock.move(seconds=1))
    dispatch(now_fn=clock)
    assert [message.body for message in provider.books.taken(ADA)] == ["one", "two", "three"]


def test_dispatch_sends_the_most_urgent_first(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    queue(clinic, body="reminder", purpose=Purpose.REMINDER)
    queue(clinic, body="question")
    queue(clinic, body="safety", purpose=Purpose.SAFETY)
    dispatch(now_fn=clock)
    assert [message.body for message in provider.books.taken(ADA)] == ["safety", "question", "reminder"]


def test_dispatch_waits_with_a_number_whose_last_text_is_unexplained(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.ask("reset_before")
    queue(clinic, body="lost?")
    dispatch(now_fn=clock)
    queue(clinic, body="later")
    queue(clinic, body="safety", purpose=Purpose.SAFETY)
    dispatch(now_fn=clock)
    assert [message.body for message in provider.books.taken(ADA)] == ["safety"]


@pytest.mark.parametrize(
    ("window_ends", "seconds"), [(timedelta(minutes=20), 1200), (timedelta(hours=30), 36000), (None, 36000)]
)
def test_dispatch_lets_the_provider_keep_a_text_no_longer_than_its_window(
    provider: StandIn, clinic: Clinic, clock: Clock, window_ends: timedelta | None, seconds: int
) -> None:
    row = queue(clinic, window=HOURS, window_zone="America/Chicago", expires_at=NOW + timedelta(days=3))
    if window_ends:
        OutboundMessage.objects.filter(pk=row.pk).update(window_closes_at=NOW + window_ends)
    dispatch(now_fn=clock)
    assert provider.books.taken()[0].validity == seconds


def test_dispatch_puts_a_text_whose_window_closed_back_to_the_next_opening(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row = queue(clinic, window=HOURS, window_zone="America/Chicago", expires_at=NOW + timedelta(days=3))
    clock.move(hours=9, minutes=59, seconds=45)  # 19:59:45: nothing handed over now arrives before 20:00
    assert dispatch(now_fn=clock) == 0
    row = again(row)
    assert (row.status, row.reason) == (Outbound.QUEUED, "window_closed")
    assert row.next_attempt_at == NOW + timedelta(hours=23)  # 09:00 the next day
    assert row.window_closes_at == NOW + timedelta(hours=34)
    clock.now = row.next_attempt_at
    assert dispatch(now_fn=clock) == 1


def test_dispatch_lets_what_became_useless_expire_and_says_so(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row = queue(clinic, expires_at=NOW + timedelta(hours=1))
    clock.move(hours=12)
    assert dispatch(now_fn=clock) == 0
    assert (again(row).status, again(row).reason) == (Outbound.EXPIRED, "too_late")
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["expired"]
    assert provider.books.taken() == []


def test_dispatch_sends_nothing_to_a_number_that_opted_out_after_the_text_was_queued(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row = queue(clinic)
    opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="staff", by=SYSTEM, now=NOW, confirm=False)
    overlooked = OutboundMessage.objects.filter(pk=row.pk)  # as if queued by a transaction that the opt-out did not see
    overlooked.update(status=Outbound.QUEUED, next_attempt_at=NOW, finished_at=None)
    assert dispatch(now_fn=clock) == 0
    assert (again(row).status, again(row).reason) == (Outbound.CANCELLED, "opted_out")
    assert provider.requests == []


def test_dispatch_confirms_an_opt_out_once(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    for _ in range(3):
        opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="staff", by=SYSTEM, now=NOW, confirm=True)
    assert dispatch(now_fn=clock) == 1
    assert "no more texts" in provider.books.taken(ADA)[0].body


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "drop_after", "error_before", "error_after"])
@pytest.mark.parametrize("again_at", [1, 90])
def test_a_text_of_unknown_outcome_is_not_sent_again(
    provider: StandIn, clinic: Clinic, clock: Clock, fault: str, again_at: int
) -> None:
    provider.faults.ask(fault)
    row = queue(clinic)
    dispatch(now_fn=clock)
    assert again(row).status == Outbound.UNCERTAIN
    clock.move(seconds=again_at)
    assert dispatch(now_fn=clock) == 0


@pytest.mark.parametrize("fault", ["bad_json", "html_after", "html_before"])
def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(
    provider: StandIn, clinic: Clinic, clock: Clock, fault: str
) -> None:
    provider.faults.ask(fault)
    row = queue(clinic)
    dispatch(now_fn=clock)
    assert again(row).status == Outbound.UNCERTAIN


def test_a_provider_that_cannot_be_reached_gets_the_text_later(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings
) -> None:
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:1"
    row = queue(clinic)
    dispatch(now_fn=clock)
    assert (again(row).status, again(row).reason) == (Outbound.QUEUED, "retry_unreachable")
    settings.TWILIO_API_BASE_URL = provider.url
    clock.move(seconds=15)
    assert dispatch(now_fn=clock) == 1
    assert len(provider.books.taken()) == 1


@pytest.mark.parametrize(("fault", "seconds"), [("throttle", 60), ("throttle_later", 2)])
def test_too_many_requests_are_tried_again_when_the_provider_says(
    provider: StandIn, clinic: Clinic, clock: Clock, fault: str, seconds: int
) -> None:
    provider.faults.ask(fault)
    row = queue(clinic)
    dispatch(now_fn=clock)
    assert (again(row).status, again(row).next_attempt_at) == (Outbound.QUEUED, NOW + timedelta(seconds=seconds))
    clock.move(seconds=seconds)
    dispatch(now_fn=clock)
    assert len(provider.books.taken()) == 1


@pytest.mark.parametrize(("code", "kind"), [(21211, "contact"), (21614, "contact"), (21617, "bug")])
def test_a_text_that_no_retry_can_mend_fails_at_once(
    provider: StandIn, clinic: Clinic, clock: Clock, code: int, kind: str
) -> None:
    provider.refusals[ADA] = code
    row = queue(clinic)
    dispatch(now_fn=clock)
    assert (again(row).status, again(row).error_code, again(row).error_kind) == (Outbound.FAILED, str(code), kind)
    assert [(failed.kind, failed.code) for failed in listener.events_of(DeliveryFailed)] == [(kind, str(code))]


def test_an_opt_out_that_only_the_carrier_knows_becomes_ours(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.refusals[ADA] = 21610
    queue(clinic)
    waiting = queue(clinic, not_before=NOW + timedelta(hours=2))
    dispatch(now_fn=clock)
    assert again(waiting).status == Outbound.CANCELLED
    assert [event.source for event in listener.events_of(OptedOut)] == ["carrier"]
    assert enqueue([draft(clinic)], now=clock()) == []


def test_a_refused_sender_rests_and_operations_are_told_once(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    for number in (ADA, BEN):
        provider.refusals[number] = 21606
        queue(clinic, number)
    dispatch(now_fn=clock)
    assert SenderStop.objects.get().code == "21606"
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["sender"]
    assert set(OutboundMessage.objects.values_list("status", flat=True)) == {Outbound.QUEUED}
    provider.refusals.clear()
    clock.move(minutes=10)
    assert dispatch(now_fn=clock) == 0
    assert lift_stop(clinic_id=clinic.pk, now=clock())
    clock.move(minutes=5)
    assert dispatch(now_fn=clock) == 2


def test_a_stopped_sender_of_one_clinic_stops_no_other(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    SenderStop.objects.create(clinic=clinic, code="21606", since=NOW, until=NOW + timedelta(hours=1))
    queue(clinic)
    queue(make_clinic("south"), BEN)
    dispatch(now_fn=clock)
    assert [message.to for message in provider.books.taken()] == [BEN]


def test_a_listener_that_fails_costs_the_other_texts_nothing(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.refusals[ADA] = 21211
    queue(clinic)
    other = queue(clinic, BEN)
    listener.failing.append(listener.Broken())
    dispatch(now_fn=clock)
    assert again(other).status == Outbound.ACCEPTED


def test_dispatch_can_be_bounded_and_then_sends_the_most_urgent(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    for number in numbers(10):
        queue(clinic, number)
    queue(clinic, BEN, purpose=Purpose.SAFETY)
    assert dispatch(now_fn=clock, limit=1) == 1
    assert [message.to for message in provider.books.taken()] == [BEN]
    assert dispatch(now_fn=clock, seconds=0) == 0


def test_a_provider_id_that_another_text_has_costs_the_others_nothing(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    texts = [queue(clinic, number) for number in numbers(3)]
    claimed = claim(now=NOW, limit=3, lane=3, under_way={})
    answers = ["SM1", "SM1", "SM3"]
    record([Outcome(text, Taken(answer)) for text, answer in zip(claimed, answers, strict=True)], now=NOW)
    statuses = sorted(again(row).status for row in texts)
    assert statuses == [Outbound.ACCEPTED, Outbound.ACCEPTED, Outbound.SENDING]


@pytest.mark.parametrize(
    ("answers", "stopped"),
    [
        ([Unclear("timeout")] * 3, True),
        ([Unsent()] * 3, True),
        ([Unclear("timeout"), Unclear("timeout"), Taken("SM1"), Unclear("timeout")], False),
        ([Unclear("reset")] * 3, False),
    ],
)
def test_a_provider_that_does_not_answer_in_a_row_is_left_alone_for_a_while(
    provider: StandIn, clinic: Clinic, answers: list[Sent], stopped: bool
) -> None:
    for number in numbers(len(answers)):
        queue(clinic, number)
    claimed = claim(now=NOW, limit=9, lane=9, under_way={})
    for text, answer in zip(claimed, answers, strict=True):  # each by itself, as calls that hang end
        record([Outcome(text, answer)], now=NOW)
    assert SenderStop.objects.filter(code="unreachable").exists() is stopped
