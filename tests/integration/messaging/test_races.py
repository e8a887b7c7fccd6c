"""Two connections at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from clinics.core.actor import SYSTEM
from messaging.core.lifecycle import Outbound
from messaging.models import InboundMessage, OptOut, OutboundMessage
from messaging.operations import enqueue, handle_inbound, opt_out, store_inbound
from messaging.operations.claim import Claimed, claim
from privacy.sensitive import Sensitive
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import make_clinic
from tests.integration.messaging.texts import ADA, NOW, draft, numbers

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run each task in a thread with a connection of its own, all starting together."""
    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(run, task) for task in tasks]]


def test_many_claims_take_each_text_once() -> None:
    clinic = make_clinic("north")
    enqueue([draft(clinic, number) for number in numbers(300)], now=NOW)

    def claim_until_nothing_is_left() -> list[Claimed]:
        taken: list[Claimed] = []
        while texts := claim(now=NOW, limit=20, lane=1000, under_way={}):
            taken += texts
        return taken

    takings = at_once(*[claim_until_nothing_is_left] * 6)
    takings.append(claim_until_nothing_is_left())  # what was locked by the others at their last look
    taken = [text.message_id for taking in takings for text in taking]
    assert len(taken) == len(set(taken)) == 300
    assert set(OutboundMessage.objects.filter(pk__in=taken).values_list("attempts", flat=True)) == {1}


def test_claims_never_take_two_texts_to_one_number() -> None:
    clinic = make_clinic("north")
    enqueue([draft(clinic, number) for number in numbers(20) for _ in range(3)], now=NOW)
    takings = at_once(*[lambda: claim(now=NOW, limit=60, lane=1000, under_way={})] * 4)
    taken = [text.number_hash for taking in takings for text in taking]
    assert len(taken) == len(set(taken)) == 20


def test_the_same_dedupe_key_from_two_sides_is_queued_once() -> None:
    clinic = make_clinic("north")
    one = draft(clinic)
    added = at_once(*[lambda: enqueue([one], now=NOW)] * 4)
    assert sum(len(ids) for ids in added) == 1


def test_the_same_text_arriving_twice_at_once_is_handled_once() -> None:
    make_clinic("north")

    def arrive() -> None:
        store_inbound(clinic_id=None, provider_id="SM1", number=ADA, sender="", body="7", received_at=NOW)
        handle_inbound(InboundMessage.objects.get().pk, now=NOW)

    at_once(*[arrive] * 4)
    assert InboundMessage.objects.get().handled_at == NOW
    assert len(listener.told) == 1


def test_stop_said_twice_at_once_is_one_opt_out_with_one_confirmation() -> None:
    clinic = make_clinic("north")
    rows = [
        store_inbound(clinic_id=None, provider_id=f"SM{place}", number=ADA, sender="", body="STOP", received_at=NOW)
        for place in range(4)
    ]
    at_once(*[lambda row=row: handle_inbound(row, now=NOW) for row in rows])
    assert OptOut.objects.filter(clinic=clinic).count() == 1
    assert OutboundMessage.objects.filter(purpose="control").count() == 1


def test_a_text_queued_beside_a_stop_that_it_could_not_see_does_not_leave() -> None:
    clinic = make_clinic("north")
    queued, stopped = threading.Event(), threading.Event()

    def enqueue_slowly() -> None:
        with transaction.atomic():
            enqueue([draft(clinic)], now=NOW)
            queued.set()
            stopped.wait(10)

    def stop() -> None:
        queued.wait(10)
        opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="keyword", by=SYSTEM, now=NOW, confirm=False)
        stopped.set()

    at_once(enqueue_slowly, stop)
    assert OutboundMessage.objects.get().status == Outbound.QUEUED
    assert claim(now=NOW + timedelta(minutes=1), limit=10, lane=10, under_way={}) == []
