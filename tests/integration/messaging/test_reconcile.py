"""Texts of unknown outcome: explained by a callback, by the provider's list, or by a person (G1, G2, G7)."""

from collections import Counter
from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from messaging.core.lifecycle import Outbound, Purpose
from messaging.events import DeliveryFailed
from messaging.models import OutboundMessage
from messaging.operations import dispatch, opt_out, reconcile
from messaging.operations.claim import claim
from privacy.sensitive import Sensitive
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock
from tests.integration.messaging.texts import ADA, BEN, NOW, numbers, queue
from tests.standin import StandIn
from tests.standin.server import ACCOUNT

pytestmark = pytest.mark.django_db
TAKEN = ["reset_after", "drop_after", "error_after", "bad_json", "html_after"]
NOT_TAKEN = ["reset_before", "error_before", "html_before"]


def again(row: OutboundMessage) -> OutboundMessage:
    return OutboundMessage.objects.get(pk=row.pk)


def run_for(clock: Clock, *, minutes: int) -> None:
    """Let the sweeps run, twice a minute."""
    for _ in range(2 * minutes):
        clock.move(seconds=30)
        reconcile(now=clock())
        dispatch(now_fn=clock)


@pytest.mark.parametrize("fault", TAKEN)
def test_a_text_that_left_unheard_is_found_in_the_list(
    provider: StandIn, clinic: Clinic, clock: Clock, fault: str
) -> None:
    provider.faults.ask(fault)
    row = queue(clinic)
    dispatch(now_fn=clock)
    run_for(clock, minutes=5)
    assert (again(row).status, again(row).provider_id) == (Outbound.ACCEPTED, provider.books.taken()[0].sid)
    assert len(provider.books.taken()) == 1


@pytest.mark.parametrize("fault", NOT_TAKEN)
def test_a_text_that_never_left_is_sent_as_soon_as_the_list_proves_it(
    provider: StandIn, clinic: Clinic, clock: Clock, fault: str
) -> None:
    provider.faults.ask(fault)
    row = queue(clinic)
    dispatch(now_fn=clock)
    run_for(clock, minutes=1)
    assert again(row).status == Outbound.UNCERTAIN
    queue(clinic, BEN, now=clock())  # once this one is listed, an earlier one would be, too
    run_for(clock, minutes=2)
    assert (again(row).status, again(row).attempts) == (Outbound.ACCEPTED, 2)
    assert len(provider.books.taken(ADA)) == 1


def test_a_text_that_never_left_is_sent_although_nothing_proves_it_in_the_end(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.ask("reset_before")
    row = queue(clinic)
    dispatch(now_fn=clock)
    run_for(clock, minutes=9)
    assert again(row).status == Outbound.UNCERTAIN
    run_for(clock, minutes=2)
    assert (again(row).status, len(provider.books.taken())) == (Outbound.ACCEPTED, 1)


def test_a_safety_text_does_not_wait_for_proof(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.faults.ask("reset_before")
    queue(clinic, purpose=Purpose.SAFETY)
    dispatch(now_fn=clock)
    run_for(clock, minutes=3)
    assert len(provider.books.taken()) == 1


@pytest.mark.parametrize("minutes", [1, 3, 6, 9])
def test_a_list_that_lags_does_not_double_a_text_whatever_else_goes_out(
    provider: StandIn, clinic: Clinic, clock: Clock, minutes: int
) -> None:
    provider.books.lag = timedelta(minutes=minutes)
    provider.faults.ask("", "reset_after")
    for number in numbers(2):
        queue(clinic, number)
    dispatch(now_fn=clock)
    for number in numbers(20)[2:]:
        queue(clinic, number, now=clock())
        run_for(clock, minutes=1)
    assert Counter(message.to for message in provider.books.taken()) == dict.fromkeys(numbers(20), 1)


def test_a_text_found_late_proves_nothing_about_texts_sent_after_it(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.books.lag = timedelta(minutes=5)
    provider.faults.ask("reset_after", "", "reset_after")
    queue(clinic, BEN)
    dispatch(now_fn=clock)
    clock.move(minutes=3)
    queue(clinic, ADA, now=clock())
    dispatch(now_fn=clock)
    queue(clinic, numbers(1)[0], now=clock())
    dispatch(now_fn=clock)
    run_for(clock, minutes=15)
    assert all(count == 1 for count in Counter(message.to for message in provider.books.taken()).values())


@pytest.mark.parametrize(
    ("sent", "listed"),
    [
        ("It\u2019s Tuesday \u2013 how is it?", "It's Tuesday - how is it?"),
        ("\u00bfC\u00f3mo est\u00e1 su n\u00e1usea?", "?Como esta su nausea?"),
        ("\u00bfC\u00f3mo est\u00e1 su n\u00e1usea?", "?C?mo est? su n?usea?"),
        ("How is your pain?", "Sent from your Twilio trial account - How is your pain?"),
        ("\U0001f44d\U0001f44d", "??"),
    ],
)
def test_words_that_the_provider_lists_differently_are_still_found(
    provider: StandIn, clinic: Clinic, clock: Clock, sent: str, listed: str
) -> None:
    provider.faults.ask("reset_after")
    row = queue(clinic, body=sent)
    dispatch(now_fn=clock)
    provider.books.taken()[0].body = listed
    run_for(clock, minutes=15)
    assert again(row).status == Outbound.ACCEPTED
    assert len(provider.books.taken()) == 1


def test_a_text_is_found_behind_many_others_to_its_number(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.faults.ask("reset_after")
    row = queue(clinic)
    dispatch(now_fn=clock)
    for place in range(250):
        provider.books.add(account=ACCOUNT, to=ADA, from_="+15550001000", body=f"Another service {place}")
    run_for(clock, minutes=1)
    assert again(row).provider_id == provider.books.taken()[0].sid


def test_a_text_is_found_when_the_providers_clock_is_hours_behind(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    behind = timedelta(hours=3)
    provider.books.clock = lambda: clock() - behind
    provider.faults.ask("reset_after")
    row = queue(clinic)
    dispatch(now_fn=clock)
    run_for(clock, minutes=15)
    assert again(row).status == Outbound.ACCEPTED
    assert len(provider.books.taken()) == 1


def test_an_attempt_that_turns_up_while_the_next_is_unclear_counts(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.books.lag = timedelta(minutes=11)
    provider.faults.ask("reset_after", "reset_before")
    row = queue(clinic)
    dispatch(now_fn=clock)
    run_for(clock, minutes=20)
    assert (again(row).status, again(row).provider_id) == (Outbound.ACCEPTED, provider.books.taken()[0].sid)
    assert len(provider.books.taken()) == 1


def test_two_lost_texts_with_the_same_words_find_one_entry_each(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.ask("reset_after", "reset_before")
    rows = [queue(clinic, body="Same words"), queue(clinic, body="Same words")]
    run_for(clock, minutes=12)
    assert {again(row).status for row in rows} == {Outbound.ACCEPTED}
    assert {again(row).provider_id for row in rows} == {message.sid for message in provider.books.taken()}
    assert len(provider.books.taken()) == 2


def test_a_body_that_was_redacted_at_the_provider_is_matched_by_number_and_time(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.ask("reset_after")
    row = queue(clinic)
    dispatch(now_fn=clock)
    provider.books.redact(provider.books.taken()[0])
    run_for(clock, minutes=2)
    assert again(row).provider_id == provider.books.taken()[0].sid


def test_another_text_to_the_number_is_not_mistaken_for_the_lost_one(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.books.add(account=next(iter(provider.accounts)), to=ADA, from_="+15550001000", body="Somebody else's")
    provider.faults.ask("reset_before")
    queue(clinic)
    dispatch(now_fn=clock)
    run_for(clock, minutes=12)
    assert [message.body for message in provider.books.taken(ADA)][1:] == ["North Care: how is your pain, 0 to 10?"]


def test_a_provider_that_cannot_be_asked_brings_in_a_person_after_fifteen_minutes(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.ask("reset_after")
    provider.faults.list_status = 503
    row = queue(clinic)
    dispatch(now_fn=clock)
    run_for(clock, minutes=14)
    assert listener.events_of(DeliveryFailed) == []
    run_for(clock, minutes=20)
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["uncertain"]
    assert again(row).status == Outbound.UNCERTAIN
    provider.faults.list_status = None
    run_for(clock, minutes=6)
    assert again(row).status == Outbound.ACCEPTED
    assert len(provider.books.taken()) == 1


def test_a_text_that_nobody_can_explain_within_a_day_is_given_up(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.ask("reset_after")
    provider.faults.list_status = 503
    row = queue(clinic)
    dispatch(now_fn=clock)
    clock.move(hours=25)
    reconcile(now=clock())
    assert (again(row).status, again(row).reason) == (Outbound.FAILED, "never_explained")
    assert [failed.kind for failed in listener.events_of(DeliveryFailed)] == ["uncertain"]


def test_a_text_whose_worker_died_before_the_call_is_asked_about_and_then_sent(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row = queue(clinic)
    assert len(claim(now=NOW, limit=10, lane=10, under_way={})) == 1  # and here the worker was killed
    run_for(clock, minutes=2)
    assert provider.books.taken() == []
    run_for(clock, minutes=10)
    assert again(row).status == Outbound.ACCEPTED
    assert len(provider.books.taken()) == 1


def test_a_text_proven_absent_that_is_too_late_by_now_expires(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.faults.ask("reset_before")
    row = queue(clinic, expires_at=NOW + timedelta(minutes=2))
    dispatch(now_fn=clock)
    run_for(clock, minutes=12)
    assert again(row).status == Outbound.EXPIRED
    assert provider.books.taken() == []


def test_a_text_proven_absent_is_not_sent_to_a_number_that_opted_out_meanwhile(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.ask("reset_before")
    row = queue(clinic)
    dispatch(now_fn=clock)
    opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="keyword", by=SYSTEM, now=clock(), confirm=False)
    run_for(clock, minutes=12)
    assert again(row).status == Outbound.CANCELLED
    assert provider.books.taken() == []


def test_a_provider_that_loses_every_attempt_is_given_up_in_the_end(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    provider.faults.rates = {"reset_before": 1.0}
    row = queue(clinic)
    run_for(clock, minutes=120)
    assert (again(row).status, again(row).attempts) == (Outbound.FAILED, 5)


@pytest.mark.parametrize(
    ("theirs", "ours"), [("delivered", "delivered"), ("undelivered", "undelivered"), ("sent", "sent")]
)
def test_a_status_whose_callback_never_came_is_fetched(
    provider: StandIn, clinic: Clinic, clock: Clock, theirs: str, ours: str
) -> None:
    row = queue(clinic)
    dispatch(now_fn=clock)
    provider.books.move(provider.books.taken()[0].sid, theirs, 30005 if theirs == "undelivered" else None)
    run_for(clock, minutes=15)
    assert again(row).status == ours


def test_a_text_without_any_receipt_is_looked_up_ever_more_seldom_and_then_left(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row = queue(clinic)
    dispatch(now_fn=clock)
    provider.books.move(provider.books.taken()[0].sid, "sent")
    for _ in range(13 * 60):
        clock.move(minutes=1)
        reconcile(now=clock())
    looked_up = [path for method, path, _ in provider.requests if method == "GET"]
    assert (again(row).status, again(row).reason, again(row).check_at) == (Outbound.SENT, "no_receipt", None)
    assert len(looked_up) < 90


def test_the_price_is_kept_when_it_comes(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row = queue(clinic)
    dispatch(now_fn=clock)
    message = provider.books.taken()[0]
    message.price = "-0.00790"
    provider.books.move(message.sid, "delivered")
    run_for(clock, minutes=3)
    assert str(again(row).price) == "0.00790"
