"""Texts that are done with move into monthly tables; readers, late callbacks and repeated texts notice nothing."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client

from clinics.models import Clinic
from messaging import queries
from messaging.core.lifecycle import Outbound
from messaging.models import (
    DeliveryReceipt,
    InboundHistory,
    InboundMessage,
    KnownKey,
    OptOut,
    OutboundHistory,
    OutboundMessage,
)
from messaging.operations import dispatch, enqueue, handle_inbound, move_to_history, store_inbound
from messaging.operations.history import KEPT_LIVE
from messaging.operations.partitions import AHEAD_MONTHS, Month, existing, make_ahead
from messaging.operations.routing import clinic_of
from privacy.phones import phone_hash
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.texts import ADA, BEN, NOW, draft, queue
from tests.standin import Message, StandIn

pytestmark = pytest.mark.django_db
LATER = NOW + KEPT_LIVE + timedelta(days=1)
OUT = "messaging_outboundhistory"


def shelve(now: datetime = LATER, **options: Any) -> int:
    """Two rounds of the sweep: the first lets the keys be known, the second moves."""
    move_to_history(now=now - timedelta(minutes=20), **options)
    return move_to_history(now=now, **options)


def delivered(clinic: Clinic, number: str = ADA, *, at: datetime = NOW, **fields: Any) -> OutboundMessage:
    row = queue(clinic, number, now=at, **({"expires_at": at + timedelta(days=1)} | fields))
    ended = {"status": "delivered", "next_attempt_at": None, "provider_id": f"SM{row.pk.hex}", "finished_at": at}
    OutboundMessage.objects.filter(pk=row.pk).update(**ended)
    return row


def handled(clinic: Clinic, sid: str = "SM1", body: str = "7", *, at: datetime = NOW) -> InboundMessage:
    stored = store_inbound(clinic_id=clinic.pk, provider_id=sid, number=ADA, sender="", body=body, received_at=at)
    assert stored is not None
    assert handle_inbound(stored, now=at)
    return InboundMessage.objects.get(pk=stored)


def test_what_is_done_with_moves_and_opens_as_before(clinic: Clinic) -> None:
    sent, came = delivered(clinic), handled(clinic)
    assert shelve() == 2
    assert not OutboundMessage.objects.exists()
    assert not InboundMessage.objects.exists()
    assert OutboundHistory.objects.get(pk=sent.pk).body.reveal() == "North Care: how is your pain, 0 to 10?"
    moved = InboundHistory.objects.get(pk=came.pk)
    assert (moved.body.reveal(), moved.number.reveal(), moved.screening) == ("7", ADA, came.screening)


def test_sealed_words_that_are_moved_to_another_row_do_not_open_in_the_history_either(clinic: Clinic) -> None:
    first, second = delivered(clinic), delivered(clinic, BEN)
    shelve()
    stolen = OutboundHistory.objects.values_list("body", flat=True).get(pk=first.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_outboundhistory SET body = %s WHERE id = %s", [bytes(stolen), second.pk])
    with pytest.raises(Exception, match="does not belong to this row"):
        OutboundHistory.objects.get(pk=second.pk).body.reveal()


def test_a_text_that_anything_still_waits_for_stays(clinic: Clinic) -> None:
    waiting = {
        "queued": queue(clinic, expires_at=LATER + timedelta(days=1)),
        "untidy": delivered(clinic),
        "asked about": delivered(clinic),
        "finished lately": delivered(clinic),
    }
    OutboundMessage.objects.filter(pk=waiting["untidy"].pk).update(tidy_at=LATER)
    OutboundMessage.objects.filter(pk=waiting["asked about"].pk).update(
        status="sent", finished_at=None, sent_at=NOW, check_at=LATER
    )
    OutboundMessage.objects.filter(pk=waiting["finished lately"].pk).update(finished_at=LATER - timedelta(days=2))
    aside = handled(clinic)
    InboundMessage.objects.filter(pk=aside.pk).update(handled_at=None, set_aside_at=NOW)
    assert shelve() == 0
    assert OutboundMessage.objects.count() == len(waiting)
    assert queries.set_aside(clinic).get().pk == aside.pk


def test_a_text_whose_carrier_never_told_its_end_moves_too(clinic: Clinic) -> None:
    row = delivered(clinic)
    OutboundMessage.objects.filter(pk=row.pk).update(status="sent", finished_at=None, sent_at=NOW)
    assert shelve() == 1


def test_a_text_moves_no_sooner_than_its_key_is_known_for_a_while(clinic: Clinic) -> None:
    delivered(clinic)
    assert move_to_history(now=LATER) == 0
    assert KnownKey.objects.count() == 1
    assert move_to_history(now=LATER + timedelta(minutes=9)) == 0
    assert move_to_history(now=LATER + timedelta(minutes=10)) == 1


def test_a_thread_shows_what_is_live_and_what_has_moved_in_order_and_in_two_queries(
    clinic: Clinic, django_assert_num_queries: Any
) -> None:
    delivered(clinic, at=NOW)
    handled(clinic, "SM1", "7", at=NOW + timedelta(minutes=1))
    delivered(clinic, at=NOW + timedelta(days=70))
    handled(clinic, "SM2", "4", at=NOW + timedelta(days=70, minutes=1))
    before = [
        (text.at, text.is_inbound, text.message.body.reveal()) for text in queries.thread(clinic.pk, phone_hash(ADA))
    ]
    assert shelve() == 2
    with django_assert_num_queries(2):
        texts = queries.thread(clinic.pk, phone_hash(ADA))
    assert [(text.at, text.is_inbound, text.message.body.reveal()) for text in texts] == before
    assert [text.is_inbound for text in texts] == [False, True, False, True]
    assert len(queries.thread(clinic.pk, phone_hash(ADA), before=NOW + timedelta(days=1))) == 2


def test_another_clinic_sees_nothing_of_the_history(clinic: Clinic) -> None:
    south = make_clinic("south")
    delivered(clinic)
    came = handled(clinic)
    delivered(south)
    shelve()
    assert queries.outbound(south).count() == 1
    assert queries.inbound(south).count() == 0
    assert queries.inbound_by_id(south.pk, [came.pk]) == {}
    assert len(queries.thread(south.pk, phone_hash(ADA))) == 1


def test_the_same_text_again_a_year_later_is_known(clinic: Clinic) -> None:
    handled(clinic, "SM1")
    shelve()
    again = store_inbound(
        clinic_id=clinic.pk, provider_id="SM1", number=ADA, sender="", body="7", received_at=NOW + timedelta(days=365)
    )
    assert again is None
    assert not InboundMessage.objects.exists()


def test_a_text_that_was_queued_once_is_not_queued_again_after_it_moved(clinic: Clinic) -> None:
    delivered(clinic, dedupe_key="the-question")
    shelve()
    again = draft(clinic, dedupe_key="the-question", expires_at=LATER + timedelta(days=1))
    other = draft(clinic, dedupe_key="another", expires_at=LATER + timedelta(days=1))
    assert len(enqueue([again, other], now=LATER)) == 1
    assert OutboundMessage.objects.get().dedupe_key == "another"


def call_back(provider: StandIn, message: Message, status: str, at: datetime) -> int:
    form = provider.callbacks.status_form(message, status, None)
    signature = provider.callbacks.signature(message.callback, form, message.account)
    path = message.callback.removeprefix("http://testserver")
    with time_machine.travel(at, tick=False):
        return Client().post(path, form, headers={"X-Twilio-Signature": signature}).status_code


@pytest.fixture
def moved(provider: StandIn, clinic: Clinic, clock: Clock) -> tuple[OutboundMessage, Message]:
    row = queue(clinic)
    dispatch(now_fn=clock)
    message = provider.books.taken()[-1]
    call_back(provider, message, "delivered", NOW)
    OutboundMessage.objects.update(tidy_at=None)
    assert shelve() == 1
    return row, message


def test_a_callback_after_the_move_is_recognised_and_changes_nothing(
    provider: StandIn, moved: tuple[OutboundMessage, Message]
) -> None:
    row, message = moved
    assert call_back(provider, message, "sent", LATER) == 204
    assert DeliveryReceipt.objects.get(status="sent").message_id == row.pk
    assert OutboundHistory.objects.get(pk=row.pk).status == Outbound.DELIVERED


def test_a_callback_after_the_move_from_another_account_is_refused(
    provider: StandIn, moved: tuple[OutboundMessage, Message]
) -> None:
    _, message = moved
    other = "AC" + "8" * 32
    provider.accounts[other] = "other"
    make_clinic("other", provider_account=other, provider_secret="other")
    message.account = other
    assert call_back(provider, message, "sent", LATER) == 403
    assert not DeliveryReceipt.objects.filter(status="sent").exists()


def test_a_number_last_texted_long_ago_still_reaches_the_clinic_that_texted_it(clinic: Clinic) -> None:
    south = make_clinic("south")
    delivered(south)
    shelve()
    stored = store_inbound(clinic_id=None, provider_id="SM9", number=ADA, sender="", body="hi", received_at=LATER)
    assert clinic_of(InboundMessage.objects.get(pk=stored)) == south


def test_an_opt_out_outlives_the_move_of_the_text_that_asked_for_it(clinic: Clinic) -> None:
    came = handled(clinic, body="STOP")
    OutboundMessage.objects.update(status="cancelled", next_attempt_at=None, finished_at=NOW)
    assert shelve() == 2
    assert OptOut.objects.get(ended_at=None).inbound_id == came.pk
    assert enqueue([draft(clinic, expires_at=LATER + timedelta(days=1))], now=LATER) == []


def test_months_are_made_ahead_once_and_others_when_a_text_needs_them(clinic: Clinic) -> None:
    long_ago = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    delivered(clinic, at=long_ago)
    for _ in range(2):
        make_ahead(OUT, now=NOW)
        assert [month.first for month in existing(OUT)][-AHEAD_MONTHS - 1 :] == [
            date(2026, 11, 1),
            date(2026, 12, 1),
            date(2027, 1, 1),
            date(2027, 2, 1),
        ]
    shelve()
    assert Month(date(2024, 2, 1)) in existing(OUT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messaging_outboundhistory_2024_02")
        assert cursor.fetchone() == (1,)


def test_a_batch_is_a_transaction_and_the_next_sweep_goes_on(clinic: Clinic) -> None:
    for minute in range(5):
        delivered(clinic, at=NOW + timedelta(minutes=minute))
    sweeps = [move_to_history(now=LATER + hour * timedelta(hours=1), batch=2, most_batches=1) for hour in range(5)]
    assert sweeps == [0, 2, 2, 1, 0]
    assert queries.outbound(clinic).count() == 5


def test_a_text_that_something_waits_for_is_refused_by_the_history(clinic: Clinic) -> None:
    queue(clinic)
    make_ahead(OUT, now=NOW)
    with pytest.raises(IntegrityError, match="at_rest"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO messaging_outboundhistory SELECT * FROM messaging_outboundmessage")


def test_the_views_show_every_column_of_the_live_tables() -> None:
    for live, view in (("messaging_outboundmessage", "outgoingtext"), ("messaging_inboundmessage", "incomingtext")):
        with connection.cursor() as cursor:
            shown = {
                column.name for column in connection.introspection.get_table_description(cursor, f"messaging_{view}")
            }
            kept = {column.name for column in connection.introspection.get_table_description(cursor, live)}
        assert shown == kept, "make the views again in the migration that changed the table: migrations/_texts.py"


@pytest.mark.django_db(transaction=True)
def test_three_sweeps_at_once_move_each_text_once() -> None:
    clinic = make_clinic("north")
    for minute in range(60):
        delivered(clinic, at=NOW + timedelta(minutes=minute))
    move_to_history(now=LATER - timedelta(minutes=20))
    moved: list[int] = []

    def sweep() -> None:
        moved.append(move_to_history(now=LATER, batch=7))
        connection.close()

    sweeps = [threading.Thread(target=sweep) for _ in range(3)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join()
    assert sum(moved) + move_to_history(now=LATER) == 60
    assert (OutboundHistory.objects.count(), OutboundMessage.objects.count()) == (60, 0)


KILL = """
CREATE FUNCTION kill_the_third() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM messaging_outboundhistory) >= 2 THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kill_the_third BEFORE INSERT ON messaging_outboundhistory FOR EACH ROW EXECUTE FUNCTION kill_the_third();
"""


@pytest.mark.django_db(transaction=True)
def test_a_sweep_killed_in_the_middle_leaves_each_text_in_one_place() -> None:
    clinic = make_clinic("north")
    rows = [delivered(clinic, at=NOW + timedelta(minutes=minute)).pk for minute in range(6)]
    move_to_history(now=LATER - timedelta(minutes=20))
    with connection.cursor() as cursor:
        cursor.execute(KILL)
    with pytest.raises(OperationalError):
        move_to_history(now=LATER, batch=2)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION kill_the_third() CASCADE")
    assert list(OutboundHistory.objects.order_by("queued_at").values_list("pk", flat=True)) == rows[:2]
    assert list(OutboundMessage.objects.order_by("queued_at").values_list("pk", flat=True)) == rows[2:]
    assert move_to_history(now=LATER) == 4
    assert list(queries.outbound(clinic).order_by("queued_at").values_list("pk", flat=True)) == rows
