"""What enters the outbox and what leaves it unsent."""

from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM, Actor
from clinics.models import AuditEvent, Clinic
from messaging import queries
from messaging.core.lifecycle import Outbound, Purpose
from messaging.models import OutboundMessage
from messaging.operations import cancel_queued, enqueue, opt_out, store_inbound
from messaging.queries import thread
from privacy.ids import new_id
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive
from tests.integration.messaging.conftest import make_clinic
from tests.integration.messaging.texts import ADA, BEN, NOW, draft, queue

pytestmark = pytest.mark.django_db
HOURS = [["09:00", "20:00"]] * 7


def test_enqueue_returns_the_new_texts_only(clinic: Clinic) -> None:
    first, second = draft(clinic), draft(clinic, BEN)
    [one] = enqueue([first], now=NOW)
    assert enqueue([first, second, second], now=NOW) == [OutboundMessage.objects.get(dedupe_key=second.dedupe_key).pk]
    assert OutboundMessage.objects.get(pk=one).dedupe_key == first.dedupe_key


def test_enqueue_waits_for_the_window_of_a_routine_text(clinic: Clinic) -> None:
    night = NOW - timedelta(hours=6)  # 04:00 in Chicago
    row = queue(clinic, now=night, window=HOURS, window_zone="America/Chicago")
    assert row.next_attempt_at == NOW - timedelta(hours=1)
    assert row.window_closes_at == NOW + timedelta(hours=10)


@pytest.mark.parametrize("purpose", [Purpose.SAFETY, Purpose.CONTROL, Purpose.CONVERSATION])
def test_enqueue_lets_answers_and_safety_texts_leave_at_any_hour(clinic: Clinic, purpose: Purpose) -> None:
    night = NOW - timedelta(hours=6)
    row = queue(clinic, now=night, purpose=purpose, window=HOURS, window_zone="America/Chicago")
    assert row.next_attempt_at == night


def test_enqueue_keeps_a_text_that_has_no_time_left_as_expired(clinic: Clinic) -> None:
    night = NOW - timedelta(hours=6)
    row = queue(clinic, now=night, window=HOURS, window_zone="UTC", expires_at=night - timedelta(hours=1))
    assert (row.status, row.reason, row.finished_at) == (Outbound.EXPIRED, "no_time_left", night)


def test_enqueue_counts_segments(clinic: Clinic) -> None:
    assert queue(clinic, body="á" * 71).segments == 2


def test_cancel_queued_takes_only_what_was_meant(clinic: Clinic) -> None:
    about = new_id()
    ours = queue(clinic, context_id=about, purpose=Purpose.REMINDER)
    others = [
        queue(clinic, context_id=about),
        queue(clinic),
        queue(make_clinic("south"), context_id=about, purpose=Purpose.REMINDER),
    ]
    done = cancel_queued(clinic_id=clinic.pk, context_id=about, purposes=[Purpose.REMINDER], reason="answered", now=NOW)
    assert done == 1
    assert OutboundMessage.objects.get(pk=ours.pk).reason == "answered"
    assert all(OutboundMessage.objects.get(pk=row.pk).status == Outbound.QUEUED for row in others)


def test_cancel_queued_refuses_to_cancel_a_whole_clinic(clinic: Clinic) -> None:
    with pytest.raises(ValueError, match="Name the number"):
        cancel_queued(clinic_id=clinic.pk, reason="oops", now=NOW)


def test_an_opt_out_is_of_one_clinic(clinic: Clinic) -> None:
    south = make_clinic("south")
    opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="phone", by=SYSTEM, now=NOW, confirm=False)
    pairs = {(one.pk, phone_hash(number)) for one in (clinic, south) for number in (ADA, BEN)}
    assert queries.opted_out(pairs) == {(clinic.pk, phone_hash(ADA))}
    assert queries.is_opted_out(clinic.pk, phone_hash(ADA))
    assert not queries.is_opted_out(south.pk, phone_hash(ADA))


def test_an_opt_out_is_audited_without_the_number(clinic: Clinic) -> None:
    nurse = Actor("staff", str(new_id()))
    opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="phone", by=nurse, now=NOW, confirm=False)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.detail["source"]) == ("opt_out.create", nurse.id, "phone")
    assert ADA not in str(event.detail)


def test_thread_holds_both_directions_in_order(clinic: Clinic) -> None:
    queue(clinic, body="How are you?")
    store_inbound(
        clinic_id=clinic.pk, provider_id="SM1", number=ADA, sender="", body="7", received_at=NOW + timedelta(minutes=1)
    )
    queue(clinic, body="Thanks", now=NOW + timedelta(minutes=2))
    queue(make_clinic("south"), body="Another clinic")
    texts = queries.thread(clinic.pk, phone_hash(ADA))
    assert [text.message.body.reveal() for text in texts] == ["How are you?", "7", "Thanks"]
    assert [text.is_inbound for text in texts] == [False, True, False]
    assert len(queries.thread(clinic.pk, phone_hash(ADA), before=NOW + timedelta(minutes=1))) == 1


def test_a_thread_shows_texts_that_were_queued_together_in_the_order_in_which_they_leave(clinic: Clinic) -> None:
    bodies = [f"text {place}" for place in range(5)]
    enqueue([draft(clinic, body=body) for body in bodies], now=NOW)
    store_inbound(clinic_id=clinic.pk, provider_id="SM1", number=ADA, sender="", body="7", received_at=NOW)
    shown = [text.message.body.reveal() for text in thread(clinic.pk, phone_hash(ADA))]
    assert shown == ["7", *bodies]
