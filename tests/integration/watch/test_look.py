"""Looking: each condition becomes one open alert, is seen again, reminded of, and ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinics.models import Clinic, SweepHeartbeat, User
from followup.models import FollowUp
from messaging.core.lifecycle import Outbound
from messaging.models import DeliveryReceipt, InboundMessage, OutboundMessage, SenderStop
from tests.factories import NOW, end_session, make_clinic, make_patient, make_plan, make_staff
from tests.integration.messaging.texts import queue
from tests.integration.watch.conftest import look_after
from watch.core.silence import Answers
from watch.models import Alert, Notice
from watch.operations import acknowledge, look
from watch.operations.acknowledge import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_work")]


def opened() -> list[tuple[str, str, str]]:
    alerts = (
        Alert.objects.filter(ended_at=None).select_related("clinic").order_by("condition", "subject", "clinic__key")
    )
    return [(alert.condition, alert.subject, alert.clinic.key if alert.clinic else "") for alert in alerts]


def away(*, broker: bool = True, workers: bool = False) -> Any:
    return lambda: Answers(broker=broker, workers=workers)


def test_a_service_that_moves_has_no_alert(north: Clinic) -> None:
    queue(north, now=NOW)
    look_after(0)
    assert opened() == []


@pytest.mark.parametrize(
    ("ask", "condition"),
    [
        (away(broker=False), "broker-away"),
        (away(workers=False), "workers-silent"),
        (away(workers=True), "scheduler-silent"),
    ],
)
def test_a_part_that_is_away_is_an_alert_within_two_minutes(north: Clinic, ask: Any, condition: str) -> None:
    queue(north, now=NOW)
    look_after(60, ask=ask, beating=False)
    assert opened() == []
    look_after(90, ask=ask, beating=False)
    look_after(400, ask=ask, beating=False)
    assert opened() == [(condition, "", "")]
    alert = Alert.objects.get()
    assert alert.since == NOW


def test_one_sweep_that_fails_while_others_work_is_named(north: Clinic) -> None:
    look_after(200)
    SweepHeartbeat.objects.filter(name="followup.tasks.open_due").update(at=NOW)
    look_after(200, beating=False)
    assert opened() == [("sweep-silent", "followup.tasks.open_due", "")]


def test_a_stuck_queue_is_an_alert_of_the_clinic_that_waits(north: Clinic, south: Clinic) -> None:
    queue(north, now=NOW)
    queue(south, now=NOW + timedelta(seconds=60))
    look_after(180)
    assert opened() == [("queue-late", "outbox", "north")]
    look_after(240)
    assert opened() == [("queue-late", "outbox", "north"), ("queue-late", "outbox", "south")]


def test_follow_ups_that_nobody_opens_and_texts_that_nobody_handles_are_alerts(north: Clinic) -> None:
    clinic = make_clinic("east")
    make_plan(clinic)
    end_session(make_patient(clinic))
    InboundMessage.objects.create(
        clinic=north,
        provider_id="SM1",
        number="x",
        number_hash="h",
        sender="s",
        body="b",
        received_at=NOW,
        pending_since=NOW,
        next_try_at=NOW,
    )
    look_after(200)
    assert FollowUp.objects.filter(opens_at__isnull=False).exists()
    found = opened()
    assert ("queue-late", "openings", "east") in found
    assert ("queue-late", "inbound", "north") in found


def test_a_text_of_unknown_outcome_is_an_alert_before_a_quarter_of_an_hour_is_over(north: Clinic) -> None:
    text = queue(north, now=NOW)
    OutboundMessage.objects.filter(pk=text.pk).update(
        status=Outbound.UNCERTAIN, next_attempt_at=None, claimed_at=NOW, check_at=NOW + timedelta(hours=1), attempts=1
    )
    look_after(700)
    assert opened() == []
    look_after(730)
    assert opened() == [("texts-uncertain", "", "north")]


def test_a_text_that_waits_long_for_its_next_try_is_an_alert(north: Clinic) -> None:
    text = queue(north, now=NOW)
    later = NOW + timedelta(minutes=30)
    OutboundMessage.objects.filter(pk=text.pk).update(
        claimed_at=NOW, attempts=3, next_attempt_at=later, reason="retry_429"
    )
    look_after(599)
    assert opened() == []
    look_after(600)
    assert opened() == [("texts-held-up", "", "north")]


def test_a_stopped_sender_a_text_set_aside_and_filtered_texts_are_alerts(north: Clinic) -> None:
    SenderStop.objects.create(clinic=north, code="30034", since=NOW, until=NOW + timedelta(minutes=15))
    InboundMessage.objects.create(
        clinic=north,
        provider_id="SM1",
        number="x",
        number_hash="h",
        sender="s",
        body="b",
        received_at=NOW,
        set_aside_at=NOW,
    )
    for place in range(2):
        left(north, f"SM-filtered-{place}", error_code="30007")
    look_after(10)
    assert opened() == [
        ("sender-stopped", "30034", "north"),
        ("texts-filtered", "", "north"),
        ("texts-set-aside", "", "north"),
    ]


def left(clinic: Clinic, sid: str, *, heard: bool = True, **fields: Any) -> OutboundMessage:
    """A text that left at NOW, and was reported on if it is `heard`."""
    text = queue(clinic, now=NOW)
    OutboundMessage.objects.filter(pk=text.pk).update(
        status=Outbound.SENT, next_attempt_at=None, provider_id=sid, sent_at=NOW, claimed_at=NOW, **fields
    )
    if heard:
        DeliveryReceipt.objects.create(message_id=text.pk, provider_id=sid, status="sent", received_at=NOW)
    return text


def test_a_provider_that_reports_on_nothing_is_an_alert_within_five_minutes(north: Clinic, south: Clinic) -> None:
    left(north, "SM1", heard=False)
    left(south, "SM2")
    look_after(200)
    assert opened() == []
    look_after(260)
    assert opened() == [("callbacks-silent", "", "north")]


def test_one_silent_text_among_many_is_no_alert(north: Clinic) -> None:
    for place in range(5):
        left(north, f"SM{place}", heard=place > 0)
    look_after(500)
    assert opened() == []


def test_an_alert_is_raised_once_seen_again_reminded_of_and_ended_when_it_is_calm(north: Clinic, settings: Any) -> None:
    settings.ALERT_EMAILS = ["ops@clinic.example"]
    text = queue(north, now=NOW)
    for seconds in (200, 230, 260):
        look_after(seconds)
    alert = Alert.objects.get()
    assert alert.last_seen_at == NOW + timedelta(seconds=260)
    look_after(200 + 4 * 3600)
    assert occasions() == ["raised", "reminder"]
    OutboundMessage.objects.filter(pk=text.pk).update(
        status=Outbound.CANCELLED, reason="x", next_attempt_at=None, finished_at=NOW
    )
    look_after(260 + 4 * 3600)
    assert opened() == [("queue-late", "outbox", "north")]
    look_after(330 + 4 * 3600)
    assert opened() == []
    # The reminder had not left yet: nobody needs it after the end.
    assert occasions() == ["raised", "ended"]


def occasions() -> list[str]:
    return list(Notice.objects.order_by("made_at").values_list("occasion", flat=True))


def test_an_acknowledged_alert_reminds_nobody_and_its_end_is_told(north: Clinic, settings: Any) -> None:
    settings.ALERT_EMAILS = ["ops@clinic.example"]
    text = queue(north, now=NOW)
    look_after(200)
    admin = make_staff(north, "admin")
    assert quieten(admin)
    assert not quieten(admin), "a second click does nothing"
    look_after(200 + 9 * 3600)
    assert occasions() == ["raised"]
    text.delete()
    look_after(400 + 9 * 3600)
    assert occasions() == ["raised", "ended"]


def quieten(user: User) -> bool:
    alert = Alert.objects.get()
    return acknowledge(alert_id=alert.pk, by_user=user, by=Actor("staff", str(user.pk)), now=NOW)


def test_nobody_quietens_another_clinics_alert_or_one_of_the_whole_service(north: Clinic, south: Clinic) -> None:
    queue(north, now=NOW)
    look_after(200)
    outsider, colleague = make_staff(south, "admin"), make_staff(north, "coordinator")
    assert not quieten(outsider)
    assert quieten(colleague)
    Alert.objects.all().delete()
    look_after(999, ask=away(), beating=False)
    assert not quieten(colleague)
    colleague.is_superuser = True
    assert quieten(colleague)


def test_of_two_who_look_at_once_one_writes(north: Clinic) -> None:
    queue(north, now=NOW)
    look_after(200)
    soon = NOW + timedelta(seconds=205)
    assert not look(ask=away(), now=soon, unless_within=timedelta(seconds=15))
    assert Alert.objects.count() == 1


def test_two_open_alerts_of_one_condition_are_refused_by_the_table(north: Clinic) -> None:
    fields: dict[str, Any] = {"condition": "x", "count": 1, "since": NOW, "last_seen_at": NOW, "remind_at": NOW}
    for clinic in (north, None):
        Alert.objects.create(clinic=clinic, **fields)
        with pytest.raises(IntegrityError, match="alert_one_open"), transaction.atomic():
            Alert.objects.create(clinic=clinic, **fields)
