"""What PostgreSQL itself refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from messaging.core.lifecycle import Outbound
from messaging.models import DeliveryReceipt, InboundMessage, OptOut, OutboundMessage, SenderStop
from messaging.operations import opt_in, opt_out, store_inbound
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive
from tests.integration.messaging.texts import ADA, NOW, queue

pytestmark = pytest.mark.django_db


def refused(write: Callable[[], object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"next_attempt_at": None}, "outbound_queued_has_next_attempt"),
        ({"status": Outbound.SENDING, "claimed_at": NOW}, "outbound_queued_has_next_attempt"),
        ({"status": Outbound.SENDING, "next_attempt_at": None}, "outbound_sending_is_claimed"),
        ({"status": Outbound.ACCEPTED, "next_attempt_at": None}, "outbound_accepted_has_provider_id"),
        ({"status": Outbound.FAILED, "next_attempt_at": None}, "outbound_final_is_finished"),
        ({"finished_at": NOW}, "outbound_final_is_finished"),
        ({"window_zone": "UTC"}, "outbound_window_whole"),
        ({"expires_at": NOW}, "outbound_expires_after_queued"),
        ({"status": "lost", "next_attempt_at": None}, "outbound_status_known"),
    ],
)
def test_an_impossible_text_cannot_be_written(clinic: Clinic, change: dict[str, Any], constraint: str) -> None:
    row = OutboundMessage.objects.filter(pk=queue(clinic).pk)
    refused(lambda: row.update(**change), constraint)


def test_two_texts_cannot_have_one_provider_id(clinic: Clinic) -> None:
    rows = OutboundMessage.objects.filter(pk__in=[queue(clinic).pk, queue(clinic).pk])
    refused(lambda: rows.update(provider_id="SM1"), "outbound_provider_id_once")


def inbound(provider_id: str = "SM1") -> InboundMessage:
    stored = store_inbound(clinic_id=None, provider_id=provider_id, number=ADA, sender="+1", body="7", received_at=NOW)
    return InboundMessage.objects.get(pk=stored)


def test_the_same_text_is_stored_once(clinic: Clinic) -> None:
    inbound()
    assert store_inbound(clinic_id=None, provider_id="SM1", number=ADA, sender="", body="9", received_at=NOW) is None
    assert InboundMessage.objects.get().body.reveal() == "7"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"handled_at": NOW, "pending_since": None, "next_try_at": None}, "inbound_handled_is_screened"),
        ({"pending_since": None}, "inbound_pending"),
        ({"next_try_at": None}, "inbound_pending_has_next_try"),
        ({"set_aside_at": NOW}, "inbound_pending_or_handled"),
    ],
)
def test_a_text_cannot_be_half_handled(clinic: Clinic, change: dict[str, Any], constraint: str) -> None:
    row = InboundMessage.objects.filter(pk=inbound().pk)
    refused(lambda: row.update(**change), constraint)


def opted_out(clinic: Clinic) -> OptOut:
    return opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="staff", by=SYSTEM, now=NOW, confirm=False)


def test_a_number_has_one_active_opt_out_in_a_clinic_and_any_number_of_old_ones(clinic: Clinic) -> None:
    for day in range(3):
        opted_out(clinic)
        assert opt_in(clinic_id=clinic.pk, number=Sensitive(ADA), source="staff", by=SYSTEM, now=NOW)
        assert OptOut.objects.count() == day + 1
    opted_out(clinic)
    twice = OptOut(clinic=clinic, number=ADA, number_hash=phone_hash(ADA), source="api", since=NOW)
    refused(twice.save, "opt_out_once")


@pytest.mark.parametrize("change", [{"since": NOW - timedelta(days=1)}, {"number_hash": "x"}, {"source": "keyword"}])
def test_an_opt_out_cannot_be_rewritten(clinic: Clinic, change: dict[str, Any]) -> None:
    row = OptOut.objects.filter(pk=opted_out(clinic).pk)
    refused(lambda: row.update(**change), "they only end")


def test_an_opt_out_that_has_ended_does_not_come_back(clinic: Clinic) -> None:
    row = OptOut.objects.filter(pk=opted_out(clinic).pk)
    row.update(ended_at=NOW, ended_by="staff")
    refused(lambda: row.update(ended_at=None, ended_by=None), "they only end")


def test_an_opt_out_cannot_be_deleted(clinic: Clinic) -> None:
    refused(opted_out(clinic).delete, "they only end")


def test_a_receipt_can_be_neither_changed_nor_deleted(clinic: Clinic) -> None:
    receipt = DeliveryReceipt.objects.create(provider_id="SM1", status="sent", received_at=NOW)
    refused(receipt.delete, "as they came")
    refused(lambda: DeliveryReceipt.objects.update(status="delivered"), "as they came")
    DeliveryReceipt.objects.update(message_id=queue(clinic).pk)


def test_a_clinic_has_one_stop_at_a_time(clinic: Clinic) -> None:
    for code in ("21606", "20003"):
        stop = SenderStop(clinic=clinic, code=code, since=NOW, until=NOW)
        if code == "21606":
            stop.save()
    refused(stop.save, "sender_stop_once")


def test_numbers_and_words_stand_sealed_in_the_tables(clinic: Clinic) -> None:
    queue(clinic)
    stored = OutboundMessage.objects.values("number", "body").get()
    assert ADA.encode() not in bytes(stored["number"])
    assert b"pain" not in bytes(stored["body"])
