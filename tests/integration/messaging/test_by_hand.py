"""What a person decides about texts that stand still; the stand-in shows whether anything left for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clinics.core.actor import Actor
from clinics.models import AuditEvent, Clinic
from messaging.events import DeliveryFailed
from messaging.models import OutboundMessage, SenderStop
from messaging.operations import NotByHand, dispatch, give_up, opt_out, reconcile, resume_sender, retry, settle
from privacy.sensitive import Sensitive
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.texts import ADA, queue
from tests.standin import StandIn

pytestmark = pytest.mark.django_db

ANA = Actor("staff", "ana")
SID = "SM" + "7" * 32


def wish(text: OutboundMessage, clock: Clock, **more: Any) -> dict[str, Any]:
    return {"message_id": text.pk, "clinic_id": text.clinic_id, "by": ANA, "now": clock()} | more


def audited() -> list[str]:
    return list(AuditEvent.objects.filter(actor_id="ana").values_list("action", flat=True))


@pytest.fixture
def unknown(provider: StandIn, clinic: Clinic, clock: Clock) -> OutboundMessage:
    """A text that left unheard, to a provider that has not answered any question for a quarter of an hour."""
    text = queue(clinic)
    provider.faults.ask("reset_after")
    provider.faults.list_status = 503
    dispatch(now_fn=clock)
    for _ in range(32):
        clock.move(seconds=30)
        reconcile(now=clock())
    text.refresh_from_db()
    assert (text.status, text.reason) == ("uncertain", "person_told")
    return text


def test_a_text_that_left_is_followed_by_the_providers_id(
    provider: StandIn, unknown: OutboundMessage, clock: Clock
) -> None:
    sid = provider.books.taken()[0].sid
    assert settle(**wish(unknown, clock), left=True, provider_id=sid)
    unknown.refresh_from_db()
    assert (unknown.status, unknown.provider_id) == ("accepted", sid)
    provider.faults.list_status = None
    provider.books.move(sid, "delivered")
    clock.move(minutes=6)
    reconcile(now=clock())
    unknown.refresh_from_db()
    assert unknown.status == "delivered"
    assert audited() == ["message.settle"]


def test_a_text_that_left_ends_without_an_id_and_is_never_sent_again(
    provider: StandIn, unknown: OutboundMessage, clock: Clock
) -> None:
    assert settle(**wish(unknown, clock), left=True)
    assert not settle(**wish(unknown, clock), left=True), "a second click does nothing"
    clock.move(minutes=30)
    reconcile(now=clock())
    dispatch(now_fn=clock)
    unknown.refresh_from_db()
    assert (unknown.status, unknown.reason) == ("failed", "left_by_hand")
    assert len(provider.books.taken()) == 1
    assert audited() == ["message.settle"]


def test_a_text_that_did_not_leave_is_sent_once(provider: StandIn, unknown: OutboundMessage, clock: Clock) -> None:
    assert settle(**wish(unknown, clock), left=False)
    assert not settle(**wish(unknown, clock), left=False), "a second click does nothing"
    dispatch(now_fn=clock)
    unknown.refresh_from_db()
    assert unknown.status == "accepted"
    assert len(provider.books.taken()) == 2  # the person was wrong here, and has said so on record


def test_a_text_is_not_sent_on_a_persons_word_to_somebody_who_opted_out(
    provider: StandIn, unknown: OutboundMessage, clock: Clock
) -> None:
    opt_out(clinic_id=unknown.clinic_id, number=Sensitive(ADA), source="staff", by=ANA, now=clock(), confirm=False)
    settle(**wish(unknown, clock), left=False)
    dispatch(now_fn=clock)
    assert len(provider.books.taken()) == 1


def test_nobody_decides_while_the_provider_is_still_being_asked(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    text = queue(clinic)
    provider.faults.ask("reset_after")
    dispatch(now_fn=clock)
    clock.move(minutes=14)
    with pytest.raises(NotByHand, match="after fifteen minutes"):
        settle(**wish(text, clock), left=False)
    text.refresh_from_db()
    assert text.status == "uncertain"


@pytest.mark.parametrize("wrong", ["SM7", "sm" + "7" * 32, SID + "7", "delivered"])
def test_what_is_no_id_of_the_provider_is_refused(unknown: OutboundMessage, clock: Clock, wrong: str) -> None:
    with pytest.raises(NotByHand) as refused:
        settle(**wish(unknown, clock), left=True, provider_id=wrong)
    assert "provider_sid" in refused.value.problems


def test_an_id_that_another_text_has_is_refused(unknown: OutboundMessage, clinic: Clinic, clock: Clock) -> None:
    other = queue(clinic, "+16185550124")
    OutboundMessage.objects.filter(pk=other.pk).update(provider_id=SID)
    with pytest.raises(NotByHand, match="Another text has this id"):
        settle(**wish(unknown, clock), left=True, provider_id=SID)


def test_a_text_that_waits_for_its_next_try_goes_at_once(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    text = queue(clinic)
    provider.faults.ask("throttle")
    dispatch(now_fn=clock)
    assert retry(**wish(text, clock))
    assert not retry(**wish(text, clock)), "a second click does nothing"
    dispatch(now_fn=clock)
    assert len(provider.books.taken()) == 1
    assert audited() == ["message.retry"]


def test_a_retried_text_keeps_to_the_patients_hours(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    hours = [["09:00", "11:00"]] * 7
    text = queue(clinic, window=hours, window_zone="America/Chicago", expires_at=clock() + timedelta(days=2))
    provider.faults.ask("throttle")
    dispatch(now_fn=clock)
    clock.move(hours=2)  # noon in Chicago
    OutboundMessage.objects.filter(pk=text.pk).update(next_attempt_at=clock() + timedelta(hours=30))
    assert retry(**wish(text, clock))
    dispatch(now_fn=clock)
    assert provider.books.taken() == []
    text.refresh_from_db()
    assert text.next_attempt_at == clock() + timedelta(hours=21)


def test_a_text_that_is_given_up_never_leaves_and_the_room_above_is_told(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    text = queue(clinic)
    assert give_up(**wish(text, clock))
    assert not give_up(**wish(text, clock)), "a second click does nothing"
    dispatch(now_fn=clock)
    text.refresh_from_db()
    assert (text.status, text.reason, provider.books.taken()) == ("cancelled", "given_up_by_hand", [])
    assert [event.code for event in listener.events_of(DeliveryFailed)] == ["given_up_by_hand"]
    assert audited() == ["message.give_up"]


def test_a_resumed_sender_sends_what_waited_for_it(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.refusals[ADA] = 21606
    queue(clinic)
    dispatch(now_fn=clock)
    assert SenderStop.objects.filter(ended_at=None).exists()
    provider.refusals.clear()
    assert resume_sender(clinic_id=clinic.pk, by=ANA, now=clock())
    assert not resume_sender(clinic_id=clinic.pk, by=ANA, now=clock()), "a second click does nothing"
    dispatch(now_fn=clock)
    assert len(provider.books.taken()) == 1
    assert audited() == ["sender.resume"]


def test_another_clinics_texts_are_not_there(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    stranger, text = make_clinic("south"), queue(clinic)
    assert not give_up(**wish(text, clock, clinic_id=stranger.pk))
    assert not retry(**wish(text, clock, clinic_id=stranger.pk))
    assert not settle(**wish(text, clock, clinic_id=stranger.pk), left=True)
    text.refresh_from_db()
    assert text.status == "queued"
