"""What is left at the provider when a text has arrived: its price for us, none of its words."""

from datetime import timedelta

import pytest

from clinics.models import Clinic
from messaging.core.lifecycle import Outbound
from messaging.models import OutboundMessage
from messaging.operations import dispatch, reconcile, tidy_provider
from tests.integration.messaging.conftest import Clock
from tests.integration.messaging.texts import NOW, queue
from tests.standin import Message, StandIn

pytestmark = pytest.mark.django_db


def delivered(provider: StandIn, clinic: Clinic, clock: Clock) -> tuple[OutboundMessage, Message]:
    row = queue(clinic)
    dispatch(now_fn=clock)
    message = provider.books.taken()[0]
    provider.books.move(message.sid, "delivered")
    reconcile(now=clock.move(minutes=2))
    return OutboundMessage.objects.get(pk=row.pk), message


def test_a_day_later_the_price_is_known_and_the_words_are_gone(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    row, message = delivered(provider, clinic, clock)
    assert (row.status, row.tidy_at) == (Outbound.DELIVERED, clock() + timedelta(hours=24))
    assert tidy_provider(now=clock()) == 0
    message.price = "-0.0079"
    assert tidy_provider(now=clock.move(hours=24)) == 1
    row.refresh_from_db()
    assert (message.body, float(row.price), row.tidy_at) == ("", 0.0079, None)
    assert row.body.reveal() == "North Care: how is your pain, 0 to 10?"
    assert tidy_provider(now=clock.move(hours=24)) == 0


def test_a_provider_that_does_not_answer_is_asked_again_and_not_for_ever(
    provider: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row, _ = delivered(provider, clinic, clock)
    provider.accounts.clear()
    assert tidy_provider(now=clock.move(hours=24)) == 0
    row.refresh_from_db()
    assert row.tidy_at == clock() + timedelta(hours=1)
    assert tidy_provider(now=NOW + timedelta(days=8)) == 0
    row.refresh_from_db()
    assert row.tidy_at is None


def test_a_text_that_never_left_has_nothing_to_tidy(provider: StandIn, clinic: Clinic, clock: Clock) -> None:
    queue(clinic, expires_at=NOW + timedelta(minutes=1))
    dispatch(now_fn=lambda: clock.move(hours=1))
    assert OutboundMessage.objects.get().tidy_at is None
