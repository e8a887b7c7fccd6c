"""Webhooks: an event is owed with what happened or not at all, and carried until it arrives, to a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from followup.core.webhooks import SUBSCRIBABLE, Event, signature
from followup.models import FollowUp, Patient, ReviewItem, Signal, Webhook, WebhookDelivery
from followup.operations import review
from followup.operations.announce import announce
from followup.operations.deliver import deliver, forget_deliveries
from followup.operations.errors import Conflict, Refused
from followup.operations.failed_texts import take_failure
from followup.operations.run_timers import run_timers
from followup.operations.webhooks import change_webhook, create_webhook, remove_webhook, replay, try_webhook
from followup.operations.withdraw import opt_out_patient
from messaging.core.lifecycle import Purpose
from messaging.events import DeliveryFailed
from messaging.models import OptOut, OutboundMessage
from tests.factories import NOW, end_session, make_clinic, make_patient, make_plan, make_staff
from tests.factories.talk import open_one, write
from tests.listening import Hooks, listening
from watch.core.silence import Answers
from watch.models import Alert
from watch.operations import look

pytestmark = pytest.mark.django_db

OPEN_TRANSACTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def hooks(settings: Any) -> Iterator[Hooks]:
    """The clinic's own system."""
    with listening(Hooks()) as server:
        settings.ALLOW_PRIVATE_WEBHOOKS = True
        yield server


@pytest.fixture
def north(db: None) -> Clinic:
    return make_clinic("north")


@pytest.fixture
def patient(north: Clinic) -> Patient:
    make_plan(north)
    return make_patient(north, name="Ada Example")


def hook(clinic: Clinic, url: str, *events: str) -> tuple[Webhook, str]:
    return create_webhook(clinic=clinic, url=url, events=list(events or SUBSCRIBABLE), by=SYSTEM, now=NOW)


def owed(*events: Event) -> list[tuple[str, str]]:
    rows = WebhookDelivery.objects.order_by("occurred_at", "id")
    return [(row.event, str(row.object_id)) for row in rows if not events or row.event in events]


def after(**step: float) -> datetime:
    return NOW + timedelta(**step)


def test_every_kind_of_event_is_owed_about_its_row(north: Clinic, patient: Patient, hooks: Hooks) -> None:
    hook(north, hooks.url)
    end_session(patient)
    done = open_one(patient)
    write(patient, "7")
    write(patient, "i want to die")
    write(patient, "6")
    signals = list(Signal.objects.all())
    item = ReviewItem.objects.get(pk=signals[0].review_id)
    clinician = make_staff(north)
    item = review.close(
        item=item,
        by_user=clinician,
        outcome="reached-safe",
        note="Phoned.",
        revision=item.revision,
        now=after(minutes=1),
    )
    opt_out_patient(patient=patient, source="staff", by=SYSTEM, now=after(minutes=2))
    text = OutboundMessage.objects.first()
    assert text is not None
    take_failure(failed(text, "contact"), now=after(minutes=3))
    done.refresh_from_db()
    event = Event.FOLLOW_UP_COMPLETED if done.status == "completed" else Event.FOLLOW_UP_ENDED
    assert set(owed()) == {
        (event, str(done.pk)),
        *(("signal.raised", str(signal.pk)) for signal in signals),
        ("review.closed", str(item.pk)),
        ("opt_out.created", str(OptOut.objects.get().pk)),
        ("message.failed", str(text.pk)),
    }


def failed(text: OutboundMessage, kind: Any) -> DeliveryFailed:
    return DeliveryFailed(
        message_id=text.pk,
        clinic_id=text.clinic_id,
        number_hash=text.number_hash,
        context_id=None,
        purpose=Purpose(text.purpose),
        kind=kind,
        code="30005",
    )


def test_a_completed_and_an_unanswered_follow_up_are_told_apart(north: Clinic, patient: Patient, hooks: Hooks) -> None:
    hook(north, hooks.url, "follow_up.completed", "follow_up.ended")
    silent = make_patient(north)
    for each in (patient, silent):
        end_session(each)
        open_one(each)
    write(patient, "7")
    write(patient, "6")
    run_timers(now=after(hours=30))
    run_timers(now=after(hours=60))
    assert {event for event, _ in owed()} == {"follow_up.completed", "follow_up.ended"}
    assert len(owed()) == 2


def test_an_opt_out_by_keyword_or_in_free_words_is_told_once(north: Clinic, patient: Patient, hooks: Hooks) -> None:
    hook(north, hooks.url, "opt_out.created")
    write(patient, "STOP")
    write(patient, "STOP")
    write(make_patient(north), "please stop texting me")
    assert len(owed()) == OptOut.objects.count() == 2


@pytest.mark.parametrize("kind", ["sender", "uncertain"])
def test_a_text_that_may_arrive_yet_has_not_failed(north: Clinic, patient: Patient, hooks: Hooks, kind: str) -> None:
    hook(north, hooks.url)
    text = OutboundMessage.objects.first()
    assert text is not None
    take_failure(failed(text, kind), now=NOW)
    assert owed(Event.MESSAGE_FAILED) == []


def test_what_is_undone_is_owed_to_nobody(north: Clinic, hooks: Hooks) -> None:
    hook(north, hooks.url)
    with transaction.atomic():
        announce(Event.SIGNAL_RAISED, [north.pk], clinic_id=north.pk, now=NOW)
        transaction.set_rollback(True)
    assert owed() == []


def test_only_the_own_clinics_webhooks_that_are_on_and_asked_for_it_are_told(north: Clinic, hooks: Hooks) -> None:
    south = make_clinic("south", surveys=False)
    hook(south, hooks.url)
    off, _ = hook(north, hooks.url)
    change_webhook(webhook=off, is_active=False, by=SYSTEM, now=NOW)
    hook(north, hooks.url, "review.closed")
    announce(Event.SIGNAL_RAISED, [north.pk], clinic_id=north.pk, now=NOW)
    assert owed() == []


def signalled(clinic: Clinic, number: int = 1, *, now: datetime = NOW) -> None:
    """So many events that happened just now."""
    ids = [make_id() for _ in range(number)]
    announce(Event.SIGNAL_RAISED, ids, clinic_id=clinic.pk, now=now)


def make_id() -> Any:
    return Webhook(url="", secret="").pk


def test_a_delivery_carries_ids_alone_and_a_signature_that_holds(north: Clinic, patient: Patient, hooks: Hooks) -> None:
    _, secret = hook(north, hooks.url, "signal.raised")
    write(patient, "i want to die")
    assert deliver(now=after(seconds=9)) == 1
    ((_, headers, body),) = hooks.got
    told = json.loads(body)
    signal = Signal.objects.get()
    assert set(told) == {"id", "type", "occurred_at", "object"}
    assert told["object"]["id"] == str(signal.pk)
    assert told["object"]["url"].endswith(f"/api/v1/signals/{signal.pk}/")
    assert headers["Followup-Signature"] == signature(secret, body, after(seconds=9))
    assert headers["Followup-Event"] == told["type"] == "signal.raised"
    assert headers["Followup-Delivery"] == told["id"] == str(WebhookDelivery.objects.get().pk)
    assert not {"die", "Ada", patient.phone.reveal()} & set(body.decode().split('"'))


def test_a_failure_is_tried_again_until_it_arrives_and_shows_what_was_wrong(north: Clinic, hooks: Hooks) -> None:
    hook(north, hooks.url)
    signalled(north)
    hooks.statuses = [500, 302]
    assert deliver(now=NOW) == 0
    row = WebhookDelivery.objects.get()
    assert (row.status, row.last_status, row.problem, row.next_try_at) == (
        "pending",
        500,
        "answered_500",
        after(seconds=10),
    )
    assert Webhook.objects.get().failing_since == NOW
    assert deliver(now=after(seconds=9)) == 0
    assert deliver(now=after(seconds=10)) == 0
    assert deliver(now=after(seconds=70)) == 1
    row.refresh_from_db()
    assert (row.status, row.attempts, row.last_status, row.problem) == ("delivered", 3, 204, "")
    assert Webhook.objects.get().failing_since is None


def test_an_event_that_is_refused_holds_up_no_other(north: Clinic, hooks: Hooks) -> None:
    hook(north, hooks.url)
    signalled(north, 3)
    hooks.statuses = [400]
    assert deliver(now=NOW) == 2


def test_a_system_that_gives_no_answer_costs_one_call_a_minute(north: Clinic, hooks: Hooks) -> None:
    gone = hooks.url
    webhook, _ = hook(north, gone)
    hooks.shutdown()
    hooks.server_close()
    signalled(north, 5)
    assert deliver(now=NOW) == 0
    assert deliver(now=after(seconds=30)) == 0
    assert sum(WebhookDelivery.objects.values_list("attempts", flat=True)) == 1
    assert deliver(now=after(seconds=60)) == 0
    assert sum(WebhookDelivery.objects.values_list("attempts", flat=True)) == 2
    with listening(Hooks()) as back:
        change_webhook(webhook=webhook, url=back.url, by=SYSTEM, now=after(seconds=61))
        assert deliver(now=after(minutes=3)) == 5


def test_one_clinics_dead_system_holds_up_no_others(north: Clinic, hooks: Hooks) -> None:
    south = make_clinic("south", surveys=False)
    hook(north, "http://127.0.0.1:9/")
    hook(south, hooks.url)
    signalled(north, 9)
    signalled(south, 3)
    assert deliver(now=NOW) == 3


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_a_call(north: Clinic, hooks: Hooks) -> None:
    hook(north, hooks.url)
    signalled(north)
    found: list[int] = []

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute(OPEN_TRANSACTIONS)
            found.append(cursor.fetchone()[0])
        connection.close()

    hooks.on_post = count
    assert deliver(now=NOW) == 1
    assert found == [0]


def test_a_carrier_that_died_leaves_the_delivery_to_the_next(north: Clinic, hooks: Hooks) -> None:
    hook(north, hooks.url)
    signalled(north)
    WebhookDelivery.objects.update(attempts=1, next_try_at=after(minutes=2))  # as the dead one's claim left it
    assert deliver(now=after(seconds=119)) == 0
    assert deliver(now=after(minutes=2)) == 1


def test_a_webhook_that_fails_for_three_days_is_switched_off_with_an_alert_and_can_be_mended(
    north: Clinic, hooks: Hooks
) -> None:
    webhook, _ = hook(north, hooks.url)
    signalled(north)
    hooks.statuses = [500] * 99
    moment = NOW
    while (due := WebhookDelivery.objects.get().next_try_at) is not None:
        moment = due
        deliver(now=moment)
        if moment >= after(hours=2):
            look(ask=lambda: Answers(broker=True, workers=True), now=moment)
    signalled(north, now=after(days=3))
    deliver(now=after(days=3))
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_at) == (False, after(days=3))
    assert Alert.objects.filter(condition="webhook-failing").exists()
    look(ask=lambda: Answers(broker=True, workers=True), now=after(days=3))
    assert Alert.objects.filter(condition="webhook-disabled", clinic=north, ended_at=None).exists()
    hooks.statuses = []
    assert deliver(now=after(days=4)) == 0, "what is owed to one that is off waits"
    change_webhook(webhook=webhook, is_active=True, by=SYSTEM, now=after(days=4))
    given_up = WebhookDelivery.objects.get(given_up_at__isnull=False)
    replay(delivery_id=given_up.pk, clinic_id=north.pk, by=SYSTEM, now=after(days=4))
    assert deliver(now=after(days=4)) == 2


def test_a_replay_sends_the_same_event_once_more(north: Clinic, hooks: Hooks) -> None:
    hook(north, hooks.url)
    signalled(north)
    deliver(now=NOW)
    delivery = WebhookDelivery.objects.get()
    replay(delivery_id=delivery.pk, clinic_id=north.pk, by=SYSTEM, now=after(hours=1))
    with pytest.raises(Conflict):
        replay(delivery_id=delivery.pk, clinic_id=north.pk, by=SYSTEM, now=after(hours=1))
    assert deliver(now=after(hours=1)) == 1
    assert hooks.got[0][2] == hooks.got[1][2]


def test_an_inner_address_is_not_called_where_the_installation_no_longer_allows_it(
    north: Clinic, hooks: Hooks, settings: Any
) -> None:
    hook(north, hooks.url)
    signalled(north)
    settings.ALLOW_PRIVATE_WEBHOOKS = False
    assert deliver(now=NOW) == 0
    assert WebhookDelivery.objects.get().problem == "forbidden_address"
    assert hooks.got == []
    with pytest.raises(Refused) as refused:
        hook(north, hooks.url)
    assert set(refused.value.problems) == {"url"}


def test_a_test_event_reaches_a_webhook_whatever_it_asked_for(north: Clinic, hooks: Hooks) -> None:
    webhook, _ = hook(north, hooks.url, "review.closed")
    for _ in range(2):
        try_webhook(webhook=webhook, by=SYSTEM, now=NOW)
    assert deliver(now=NOW) == 2
    assert json.loads(hooks.got[0][2])["type"] == "webhook.test"
    change_webhook(webhook=webhook, is_active=False, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        try_webhook(webhook=webhook, by=SYSTEM, now=NOW)


def test_address_and_secret_stand_sealed_in_the_table(north: Clinic, hooks: Hooks) -> None:
    _, secret = hook(north, hooks.url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT url::text || secret::text || encode(url, 'escape') FROM followup_webhook")
        (stored,) = cursor.fetchone()
    assert secret not in stored
    assert "127.0.0.1" not in stored


def test_a_removed_webhook_takes_what_was_owed_with_it_and_old_deliveries_are_forgotten(
    north: Clinic, hooks: Hooks
) -> None:
    webhook, _ = hook(north, hooks.url)
    signalled(north)
    remove_webhook(webhook=webhook, by=SYSTEM, now=NOW)
    assert owed() == []
    hook(north, hooks.url)
    signalled(north)
    assert forget_deliveries(now=after(days=30)) == 0
    assert forget_deliveries(now=after(days=31)) == 1


def test_a_webhook_costs_what_happens_one_question_when_nobody_listens(
    north: Clinic, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        announce(Event.SIGNAL_RAISED, [north.pk], clinic_id=north.pk, now=NOW)
    assert not FollowUp.objects.exists()
