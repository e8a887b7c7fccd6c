"""Exactly one answer to STOP, whoever sends it, and what only the provider knows (clinical content, C-08 and C-12)."""

import pytest
from pytest_django import Settings

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from messaging.events import OptedOut
from messaging.models import InboundMessage, OptOut
from messaging.operations import compare_opt_outs, dispatch, due_inbound, handle_inbound, keep_sender
from tests.integration.messaging import listener
from tests.integration.messaging.conftest import Clock, make_clinic
from tests.integration.messaging.test_inbound import arrive, said
from tests.integration.messaging.texts import ADA, BEN, NOW, queue
from tests.standin import StandIn

pytestmark = pytest.mark.django_db
TOLL_FREE = "+18335550100"


@pytest.mark.parametrize(
    ("body", "answers"),
    [("STOP", 0), ("Cancel!", 0), ("no más", 1), ("stop all", 1), ("HELP", 0), ("ayuda", 1), ("START", 0)],
)
def test_where_the_provider_answers_ours_goes_only_to_words_it_does_not_know(
    provider: StandIn, clinic: Clinic, clock: Clock, settings: Settings, body: str, answers: int
) -> None:
    settings.STOP_CONFIRMED_BY = "provider"
    arrive(provider, clock, body)
    assert len(said(provider, clock)) == answers


def test_a_sender_can_differ_from_the_setting(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    keep_sender(
        clinic_id=make_clinic("south", sender="+17735550180").pk,
        address="+17735550180",
        pace=None,
        stop_confirmed_by_provider=True,
        by=SYSTEM,
        now=NOW,
    )
    arrive(provider, clock, "STOP", To="+17735550180")
    assert said(provider, clock) == []
    arrive(provider, clock, "STOP", from_=BEN)
    dispatch(now_fn=clock)
    assert [text.to for text in provider.books.taken()] == [BEN]


def test_the_network_answers_stop_to_a_toll_free_number(provider: StandIn, clock: Clock) -> None:
    make_clinic("free", sender=TOLL_FREE)
    arrive(provider, clock, "STOP", To=TOLL_FREE)
    assert said(provider, clock) == []
    assert OptOut.objects.filter(ended_at=None).count() == 1
    arrive(provider, clock, "baja", To=TOLL_FREE, from_=BEN)
    dispatch(now_fn=clock)
    assert [text.to for text in provider.books.taken()] == [BEN]


def test_an_opt_out_that_only_the_provider_knows_is_taken_over_at_night(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    other = make_clinic("south", sender="+17735550180")
    for one in (clinic, other):
        queue(one)
    dispatch(now_fn=clock)
    ours = next(text for text in provider.books.taken() if text.from_ != "+17735550180")
    provider.books.move(ours.sid, "sent")
    provider.books.move(ours.sid, "failed", 21610)
    assert compare_opt_outs(now=clock.move(hours=1)) == 1
    assert [(row.clinic, row.source) for row in OptOut.objects.all()] == [(clinic, "carrier")]
    assert len(listener.events_of(OptedOut)) == 1
    assert compare_opt_outs(now=clock.move(hours=1)) == 0


def test_a_stop_that_never_reached_us_is_found_at_night(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    provider.inbound(to="+15550001000", from_=ADA, body="STOP")
    clock.move(hours=40)
    compare_opt_outs(now=clock())
    for inbound_id in due_inbound(now=clock()):
        handle_inbound(inbound_id, now=clock())
    assert InboundMessage.objects.get().control == "stop"
    assert OptOut.objects.get().clinic == clinic
