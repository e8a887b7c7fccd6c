"""The simulated gateway: the same outbox, the same signed webhooks, nobody outside."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from clinics.models import Clinic, SweepHeartbeat
from messaging import tasks
from messaging.core.lifecycle import Outbound
from messaging.events import DeliveryFailed, InboundText
from messaging.figures import figures
from messaging.models import InboundMessage, OutboundMessage, SimulatedText
from messaging.operations import (
    NotSimulated,
    dispatch,
    handle_inbound,
    reconcile,
    reply_from_phone,
    send_due_receipts,
    settle_virtually,
    simulated_texts,
    store_inbound,
)
from messaging.operations.claim import claim
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.texts import ADA, BEN, NOW, queue


class Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def service(settings: Settings) -> Iterator[None]:
    """The web service on loopback, as PUBLIC_BASE_URL names it."""
    handler = WSGIHandler()

    def application(environ: dict[str, object], start_response: object) -> object:
        try:
            return handler(environ, start_response)
        finally:
            connections.close_all()

    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        settings.GATEWAY = "simulated"
        settings.PUBLIC_BASE_URL = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def again(row: OutboundMessage) -> OutboundMessage:
    return OutboundMessage.objects.get(pk=row.pk)


@pytest.mark.django_db(transaction=True)
def test_a_text_reaches_the_demo_phone_and_its_receipts_come_back(service: None, clock: Clock) -> None:
    row = queue(make_clinic("demo"))
    dispatch(now_fn=clock)
    assert [text.body.reveal() for text in simulated_texts([phone_hash(ADA)])] == [row.body.reveal()]
    assert again(row).status == Outbound.ACCEPTED
    assert send_due_receipts(now=clock()) == 0
    assert send_due_receipts(now=clock.move(seconds=2)) == 1
    assert again(row).status == Outbound.DELIVERED
    assert send_due_receipts(now=clock.move(seconds=60)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_reply_from_the_demo_phone_comes_through_the_signed_door(service: None) -> None:
    make_clinic("demo")
    assert reply_from_phone(number=Sensitive(ADA), sender="", body="ñ 7 & more") == 200
    row = InboundMessage.objects.get()
    assert (row.number.reveal(), row.body.reveal()) == (ADA, "ñ 7 & more")


@pytest.mark.django_db(transaction=True)
def test_receipts_wait_for_a_service_that_is_down(settings: Settings, clock: Clock) -> None:
    settings.GATEWAY, settings.PUBLIC_BASE_URL = "simulated", "http://127.0.0.1:1"
    queue(make_clinic("demo"))
    dispatch(now_fn=clock)
    assert send_due_receipts(now=clock.move(seconds=2)) == 0
    assert SimulatedText.objects.get().receipt_due_at == clock() + timedelta(seconds=30)
    assert reply_from_phone(number=Sensitive(ADA), sender="", body="7") == 0


@pytest.mark.django_db(transaction=True)
def test_a_demo_text_whose_worker_died_is_found_in_the_journal(settings: Settings, clock: Clock) -> None:
    settings.GATEWAY = "simulated"
    clinic = make_clinic("demo")
    row = queue(clinic)
    [claimed] = claim(now=NOW, limit=1, lane=1, under_way={})
    SimulatedText.objects.create(
        provider_id="SM1", number=ADA, number_hash=phone_hash(ADA), sender="", body=claimed.body, taken_at=NOW
    )
    clock.move(seconds=61)
    reconcile(now=clock())
    assert (again(row).status, again(row).provider_id) == (Outbound.DELIVERED, "SM1")


@pytest.mark.django_db
def test_months_of_texts_can_be_settled_in_virtual_time(clinic: Clinic, settings: Settings) -> None:
    settings.GATEWAY = "simulated"
    due, dead, later = queue(clinic), queue(clinic, BEN), queue(clinic, not_before=NOW + timedelta(hours=1))
    late = queue(clinic, expires_at=NOW + timedelta(seconds=1))
    elsewhere = queue(make_clinic("live"), expires_at=NOW + timedelta(seconds=1))
    settled = settle_virtually(
        now=NOW, clinic_id=clinic.pk, outcome_of=lambda row: "failed" if row.number.reveal() == BEN else "delivered"
    )
    assert [(text.message_id, text.ending) for text in settled] == [(due.pk, "delivered"), (dead.pk, "failed")]
    statuses = [again(row).status for row in (due, dead, later, late)]
    assert statuses == [Outbound.DELIVERED, Outbound.UNDELIVERED, Outbound.QUEUED, Outbound.EXPIRED]
    assert again(elsewhere).status == Outbound.QUEUED
    assert {failed.kind for failed in listener.events_of(DeliveryFailed)} == {"contact", "expired"}
    inbound = store_inbound(clinic_id=clinic.pk, provider_id="SIM1", number=ADA, sender="", body="7", received_at=NOW)
    assert inbound is not None
    assert handle_inbound(inbound, now=NOW)
    assert len(listener.events_of(InboundText)) == 1


@pytest.mark.django_db
def test_texts_settled_in_virtual_time_do_not_look_like_a_provider_that_is_silent(
    clinic: Clinic, settings: Settings
) -> None:
    settings.GATEWAY = "simulated"
    queue(clinic)
    queue(clinic, BEN)
    settle_virtually(now=NOW, clinic_id=clinic.pk)
    (callbacks,) = [figure for figure in figures(now=NOW + timedelta(minutes=5)) if figure.name == "callbacks"]
    assert (callbacks.count, callbacks.of) == (0, 2)


@pytest.mark.django_db
def test_nothing_is_simulated_beside_a_live_gateway(clinic: Clinic, settings: Settings) -> None:
    settings.GATEWAY = "twilio"
    with pytest.raises(NotSimulated):
        settle_virtually(now=NOW, clinic_id=clinic.pk)
    with pytest.raises(NotSimulated):
        reply_from_phone(number=Sensitive(ADA), sender="", body="7")


@pytest.mark.django_db(transaction=True)
def test_every_sweep_does_its_work_and_leaves_its_pulse(service: None) -> None:
    clinic = make_clinic("demo")
    now = timezone.now()
    row = queue(clinic, now=now, expires_at=now + timedelta(days=1))
    store_inbound(clinic_id=clinic.pk, provider_id="SM1", number=ADA, sender="", body="7", received_at=now)
    sweeps = (
        "dispatch_outbox",
        "handle_pending_inbound",
        "reconcile",
        "fetch_missed_inbound",
        "simulate_receipts",
        "tidy_provider",
    )
    for sweep in sweeps:
        getattr(tasks, sweep)()
    assert again(row).status == Outbound.ACCEPTED
    assert InboundMessage.objects.get().handled_at is not None
    assert set(SweepHeartbeat.objects.values_list("name", flat=True)) == {
        "messaging.compare_opt_outs",
        *(f"messaging.tasks.{name}" for name in sweeps),
    }


@pytest.mark.django_db(transaction=True)
def test_handling_a_text_sends_what_it_queued_at_once(service: None) -> None:
    clinic = make_clinic("demo")
    pk = store_inbound(
        clinic_id=clinic.pk, provider_id="SM1", number=ADA, sender="", body="HELP", received_at=timezone.now()
    )
    tasks.handle_inbound(str(pk))
    assert "check-in texts" in SimulatedText.objects.get().body.reveal()
