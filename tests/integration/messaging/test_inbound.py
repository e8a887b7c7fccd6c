"""Texts from patients: through the signed webhook, and then through the handling (G4, G6, G8, G11, G15)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from messaging import tasks
from messaging.core.lifecycle import Outbound, Purpose
from messaging.events import InboundText, OptedIn, OptedOut, TextSetAside
from messaging.gateways.base import ProviderSilent
from messaging.models import InboundMessage, OptOut, OutboundMessage
from messaging.operations import (
    dispatch,
    due_inbound,
    enqueue,
    fetch_missed_inbound,
    handle_again,
    handle_inbound,
    inbound,
)
from privacy.phones import phone_hash
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.texts import ADA, BEN, NOW, draft, queue
from tests.standin import Message, StandIn
from tests.standin.server import ACCOUNT

pytestmark = pytest.mark.django_db
OURS = "+15550001000"
PATH = "/webhooks/twilio/inbound/"
URL = "http://testserver" + PATH


def post(
    provider: StandIn,
    message: Message,
    *,
    url: str = URL,
    signed: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> Any:
    """Post an inbound text as the provider does; `signed`: the form that the signature was made over."""
    form = provider.callbacks.inbound_form(message, **more)
    signature = provider.callbacks.signature(url, dict(signed or form), message.account)
    with time_machine.travel(provider.books.clock(), tick=False):
        return Client().post(
            url.removeprefix("http://testserver"), form, headers={"X-Twilio-Signature": signature, **(headers or {})}
        )


def arrive(provider: StandIn, clock: Clock, body: str, from_: str = ADA, **more: str) -> InboundMessage:
    """A text through the door and through the handling."""
    message = provider.inbound(to=OURS, from_=from_, body=body)
    assert post(provider, message, **more).status_code == 200
    row = InboundMessage.objects.get(provider_id=message.sid)
    handle_inbound(row.pk, now=clock())
    row.refresh_from_db()
    return row


def said(provider: StandIn, clock: Clock) -> list[str]:
    """What the patient has been texted by now."""
    dispatch(now_fn=clock)
    return [message.body for message in provider.books.taken(ADA)]


# --- the door


def test_a_text_is_kept_and_answered_with_empty_twiml(provider: StandIn, clinic: Clinic) -> None:
    answer = post(provider, provider.inbound(to=OURS, from_=ADA, body="7"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml")
    assert answer.content.endswith(b"<Response/>")
    row = InboundMessage.objects.get()
    assert (row.number.reveal(), row.body.reveal(), row.sender, row.handled_at) == (ADA, "7", OURS, None)


def test_the_door_takes_one_statement(provider: StandIn, clinic: Clinic, django_assert_num_queries: Any) -> None:
    message = provider.inbound(to=OURS, from_=ADA, body="7")
    with django_assert_num_queries(1):
        assert post(provider, message).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "",
        "x" * 1600,
        "a\x00b",
        "😀😀",
        "\u202etfel-ot-thgir\u202c",
        "Duele más — ¿qué hago?",
        "1" * 400,
        " leading and trailing ",
        "line\nbreak\r\n",
        "a&b=c;d+e%20f",
    ],
)
def test_any_body_is_kept_as_it_came_and_handled(provider: StandIn, clinic: Clinic, clock: Clock, body: str) -> None:
    row = arrive(provider, clock, body)
    assert (row.body.reveal(), row.handled_at) == (body, NOW)
    assert [event.body.reveal() for event in listener.events_of(InboundText)] == [body]


def test_a_picture_is_counted_and_its_address_is_not_kept(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    message = provider.inbound(to=OURS, from_=ADA, body="", media=1)
    post(provider, message, MediaUrl0="http://169.254.169.254/latest", MediaContentType0="image/jpeg")
    row = InboundMessage.objects.get()
    assert row.media == ["image/jpeg"]
    handle_inbound(row.pk, now=clock())
    assert listener.events_of(InboundText)[0].media == 1


def test_the_same_text_is_kept_and_handled_once_however_often_it_comes(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    message = provider.inbound(to=OURS, from_=ADA, body="7")
    for pause in (0, 0, 3600, 7 * 86400):
        clock.move(seconds=pause)
        assert post(provider, message).status_code == 200
        for pk in due_inbound(now=clock()):
            handle_inbound(pk, now=clock())
    assert InboundMessage.objects.count() == 1
    assert len(listener.events_of(InboundText)) == 1


def refused(answer: Any) -> bool:
    return answer.status_code == 403 and not InboundMessage.objects.exists()


def test_an_unsigned_text_is_refused_and_nothing_is_kept(provider: StandIn, clinic: Clinic) -> None:
    form = provider.callbacks.inbound_form(provider.inbound(to=OURS, from_=ADA, body="7"))
    assert refused(Client().post(PATH, form))


@pytest.mark.parametrize("signature", ["", "wrong", "é", "A" * 28])
def test_a_wrong_signature_is_refused_and_nothing_is_kept(provider: StandIn, clinic: Clinic, signature: str) -> None:
    form = provider.callbacks.inbound_form(provider.inbound(to=OURS, from_=ADA, body="7"))
    assert refused(Client().post(PATH, form, headers={"X-Twilio-Signature": signature}))


@pytest.mark.parametrize("change", [{"Body": "9"}, {"From": BEN}, {"Extra": "1"}, {"Body": "7 "}])
def test_a_changed_text_is_refused_and_nothing_is_kept(
    provider: StandIn, clinic: Clinic, change: dict[str, str]
) -> None:
    message = provider.inbound(to=OURS, from_=ADA, body="7")
    signed = provider.callbacks.inbound_form(message)
    assert refused(post(provider, message, signed=signed, **change))


def test_a_text_signed_for_another_address_is_refused(provider: StandIn, clinic: Clinic) -> None:
    message = provider.inbound(to=OURS, from_=ADA, body="7")
    form = provider.callbacks.inbound_form(message)
    signature = provider.callbacks.signature("http://evil.example" + PATH, form, ACCOUNT)
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    assert refused(Client().post(PATH, form, headers={"X-Twilio-Signature": signature, **forwarded}))


def test_a_text_signed_by_one_clinics_account_cannot_speak_for_another_account(
    provider: StandIn, clinic: Clinic
) -> None:
    own = "AC" + "7" * 32
    provider.accounts[own] = "own-token"
    make_clinic("own", provider_account=own, provider_secret="own-token", sender="+15550007777")
    message = provider.inbound(to=OURS, from_=ADA, body="7")
    form = provider.callbacks.inbound_form(message)
    signature = provider.callbacks.signature(URL, form, own)
    assert refused(Client().post(PATH, form, headers={"X-Twilio-Signature": signature}))


def test_a_text_of_a_clinics_own_account_is_that_clinics_whatever_number_it_names(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    own = "AC" + "7" * 32
    provider.accounts[own] = "old-token"
    clinic_of_its_own = make_clinic("own", provider_account=own, provider_secret="new-token,old-token")
    message = provider.inbound(to=OURS, from_=ADA, body="STOP")
    message.account = own
    assert post(provider, message).status_code == 200
    handle_inbound(InboundMessage.objects.get().pk, now=clock())
    assert OptOut.objects.get().clinic == clinic_of_its_own


def test_a_genuine_text_is_taken_with_a_query_and_with_the_secondary_token(
    provider: StandIn, clinic: Clinic, settings: Settings
) -> None:
    settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_SECONDARY = "new", settings.TWILIO_AUTH_TOKEN
    message = provider.inbound(to=OURS, from_=ADA, body="ñ 7")
    assert post(provider, message, url=URL + "?clinic=a%20b&x=%C3%B1").status_code == 200


@pytest.mark.parametrize("field", ["MessageSid", "From"])
def test_a_signed_form_without_what_we_need_is_a_bad_request(provider: StandIn, clinic: Clinic, field: str) -> None:
    assert post(provider, provider.inbound(to=OURS, from_=ADA, body="7"), **{field: ""}).status_code == 400


def test_the_door_takes_posts_only(provider: StandIn) -> None:
    assert Client().get(PATH).status_code == 405


def test_the_door_nudges_a_worker_with_the_ids_of_what_it_kept(provider: StandIn, clinic: Clinic) -> None:
    with tasks.handle_inbound.app.connection_for_read() as broker:
        queue_of_tasks = broker.SimpleQueue("celery")
        queue_of_tasks.clear()
        for _ in range(3):
            assert post(provider, provider.inbound(to=OURS, from_=ADA, body="7")).status_code == 200
        nudged: list[str] = []
        while len(nudged) < 3:
            nudge = queue_of_tasks.get(timeout=10)
            nudge.ack()
            assert nudge.headers["task"] == "messaging.tasks.handle_inbound"
            nudged += nudge.payload[0]
        queue_of_tasks.close()
    assert sorted(nudged) == sorted(str(row.pk) for row in InboundMessage.objects.all())


# --- control words


def test_stop_cancels_what_waits_and_is_confirmed_once(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    waiting = [queue(clinic, not_before=NOW + timedelta(hours=hours)) for hours in range(3)]
    arrive(provider, clock, "Stop!")
    arrive(provider, clock, "STOP")
    assert said(provider, clock) == [
        "North Care: You will get no more texts from us. To start again reply START or call 618-555-0100."
    ]
    assert {OutboundMessage.objects.get(pk=row.pk).status for row in waiting} == {Outbound.CANCELLED}
    assert enqueue([draft(clinic), draft(clinic, purpose=Purpose.SAFETY)], now=clock()) == []
    assert OptOut.objects.get().source == "keyword"
    assert [event.control for event in listener.events_of(InboundText)] == ["stop", "stop"]
    assert len(listener.events_of(OptedOut)) == 2


def test_stop_in_spanish_is_confirmed_in_spanish(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    arrive(provider, clock, "no más")
    assert "No recibirá más mensajes" in said(provider, clock)[0]


def test_stop_is_confirmed_in_the_language_we_last_used(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    queue(clinic, language="es", body="¿Dolor?")
    said(provider, clock)
    arrive(provider, clock, "STOP")
    assert "No recibirá más mensajes" in said(provider, clock)[-1]


def test_stop_that_the_provider_confirmed_itself_gets_no_second_confirmation(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row = arrive(provider, clock, "Stop", OptOutType="STOP")
    assert (row.control, said(provider, clock)) == ("stop", [])
    assert OptOut.objects.filter(ended_at=None).exists()


def test_stop_in_words_that_only_the_provider_knows_counts(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    assert arrive(provider, clock, "ARRET", OptOutType="STOP").control == "stop"


def test_stop_is_honoured_even_when_the_room_above_is_broken(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    listener.failing.append(listener.Broken())
    row = arrive(provider, clock, "STOP")
    assert row.handled_at is None
    assert enqueue([draft(clinic)], now=clock()) == []
    listener.failing.clear()
    clock.move(seconds=5)
    assert handle_inbound(row.pk, now=clock())
    assert len(listener.events_of(OptedOut)) == 1
    assert len(said(provider, clock)) == 1


def test_stop_counts_for_every_clinic_that_texts_from_the_same_number(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    south, west = make_clinic("south"), make_clinic("west", sender="+15550002222")
    for one in (clinic, south, west):
        queue(one)
    dispatch(now_fn=clock)
    arrive(provider, clock, "STOP")
    assert set(OptOut.objects.values_list("clinic__key", flat=True)) == {"north", "south"}
    confirmations = OutboundMessage.objects.filter(purpose=Purpose.CONTROL)
    assert confirmations.count() == 1


def test_start_restores_texts_and_creates_nothing_for_strangers(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    arrive(provider, clock, "START")
    assert said(provider, clock) == []
    arrive(provider, clock, "STOP")
    arrive(provider, clock, "start", from_=ADA)
    assert "signed up again" in said(provider, clock)[-1]
    assert enqueue([draft(clinic)], now=clock())
    assert len(listener.events_of(OptedIn)) == 2


def test_help_is_answered_with_the_clinics_name_and_number_unless_opted_out(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    arrive(provider, clock, "help")
    assert "North Care check-in texts. Questions? Call 618-555-0100." in said(provider, clock)[0]
    arrive(provider, clock, "STOP")
    assert len(said(provider, clock)) == 2
    clock.move(hours=1)
    arrive(provider, clock, "AYUDA")
    assert len(said(provider, clock)) == 2


def test_two_machines_do_not_ask_each_other_for_help_for_ever(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    for _ in range(20):
        arrive(provider, clock, "HELP")
    assert len(said(provider, clock)) == 1


@pytest.mark.parametrize(("texted", "answers"), [(True, 5), (False, 1)])
def test_a_number_of_nobody_is_helped_once_a_day(
    provider: StandIn, clinic: Clinic, clock: Clock, texted: bool, answers: int
) -> None:
    if texted:
        queue(clinic)
    for _ in range(4):
        arrive(provider, clock, "HELP")
        answered = said(provider, clock)
        clock.move(hours=1)
    assert len(answered) == answers


# --- handling


def test_a_text_is_given_to_the_clinic_that_texted_the_number_last(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    south = make_clinic("south")
    queue(clinic)
    queue(south, now=clock.move(minutes=1))
    assert arrive(provider, clock, "7").clinic == south


def test_a_text_to_a_clinics_own_number_is_that_clinics(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    south = make_clinic("south", sender="+15550002222")
    queue(clinic)
    message = provider.inbound(to="+15550002222", from_=ADA, body="7")
    post(provider, message)
    handle_inbound(InboundMessage.objects.get().pk, now=clock())
    assert InboundMessage.objects.get().clinic == south


def test_a_text_that_fails_five_times_is_set_aside_for_a_person(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    listener.failing.append(listener.Broken())
    row = arrive(provider, clock, "poison")
    for _ in range(40):
        clock.move(seconds=10)
        for pk in due_inbound(now=clock()):
            handle_inbound(pk, now=clock())
    row.refresh_from_db()
    assert (row.tries, row.pending_since, row.set_aside_at is not None) == (5, None, True)
    listener.failing.clear()
    assert handle_again(message_id=row.pk, clinic_id=clinic.pk, by=SYSTEM, now=clock())
    assert handle_inbound(row.pk, now=clock())


def test_a_set_aside_text_is_told_once_the_room_above_listens(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row = arrive(provider, clock, "kills its worker")
    InboundMessage.objects.filter(pk=row.pk).update(  # as five workers that died with it leave it
        tries=5, handled_at=None, pending_since=NOW, next_try_at=NOW
    )
    assert not handle_inbound(row.pk, now=clock())
    assert [event.message_id for event in listener.events_of(TextSetAside)] == [row.pk]


def test_a_poisoned_text_delays_nobody(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    listener.failing.append(listener.Broken())
    arrive(provider, clock, "poison")
    listener.failing.clear()
    assert arrive(provider, clock, "7", from_=BEN).handled_at == NOW


def test_two_workers_handle_a_text_once(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row = arrive(provider, clock, "7")
    assert not handle_inbound(row.pk, now=clock())
    assert len(listener.events_of(InboundText)) == 1


def test_a_text_without_a_screening_is_not_handled(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings
) -> None:
    settings.MESSAGING_LISTENER = "tests.integration.messaging.test_inbound.deaf"
    assert arrive(provider, clock, "7").handled_at is None


def deaf(event: object, *, now: object) -> None:
    """A listener that forgets to screen."""


# --- what an outage made us miss


def test_texts_that_were_refused_are_fetched_from_the_provider_once(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    missed = provider.inbound(to=OURS, from_=ADA, body="I can't breathe", media=1)
    queue(clinic, BEN)
    dispatch(now_fn=clock)
    clock.move(minutes=3)
    [pk] = fetch_missed_inbound(since=NOW, now=clock())
    assert fetch_missed_inbound(since=NOW, now=clock()) == []
    row = InboundMessage.objects.get(pk=pk)
    assert (row.provider_id, row.body.reveal(), row.received_at, row.media) == (
        missed.sid,
        "I can't breathe",
        NOW,
        ["unknown"],
    )
    assert handle_inbound(pk, now=clock())


def test_a_fetched_text_that_arrives_late_after_all_is_the_same_text(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    message = provider.inbound(to=OURS, from_=ADA, body="7")
    fetch_missed_inbound(since=None, now=clock())
    assert post(provider, message).status_code == 200
    assert InboundMessage.objects.count() == 1


def test_one_account_that_cannot_be_asked_does_not_hide_the_others(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    make_clinic("own", provider_account="AC" + "9" * 32, provider_secret="x", sender="+15550009999")
    provider.inbound(to=OURS, from_=ADA, body="7")
    with pytest.raises(ProviderSilent):
        fetch_missed_inbound(since=None, now=clock())
    assert InboundMessage.objects.get().number_hash == phone_hash(ADA)


def test_a_text_whose_forerunner_is_done_between_two_looks_is_handled_at_once(
    clinic: Clinic, provider: StandIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = []
    for body in ("4", "7"):
        message = provider.inbound(to=OURS, from_=ADA, body=body)
        assert post(provider, message).status_code == 200
        rows.append(InboundMessage.objects.get(provider_id=message.sid))
    look = inbound._pending_before  # what another worker does meanwhile can only stand here

    def done_meanwhile(inbound_id: UUID) -> list[tuple[UUID, int]]:
        monkeypatch.undo()
        assert handle_inbound(rows[0].pk, now=clock())
        return look(inbound_id)

    monkeypatch.setattr(inbound, "_pending_before", done_meanwhile)
    assert handle_inbound(rows[1].pk, now=clock())
    rows[1].refresh_from_db()
    assert rows[1].handled_at is not None
