"""How each clinic's texts get on: what waits, what is stuck, what the provider keeps silent about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from clinics.core.figures import Figure
from messaging.core.lifecycle import Outbound
from messaging.models import InboundMessage, OutboundMessage, SenderStop

LONG_WAIT = timedelta(minutes=10)
MANY_ATTEMPTS = 5
"""A text that waits for its next try is held up when it has had so many, or had its last so long ago."""

LATE = timedelta(minutes=3)
"""A text that is due for so long is shown to people, who can give it up."""

STOP_LINGERS = timedelta(minutes=5)
"""A stop of a sender that ended by itself still counts for so long: the next text shows whether it was mended."""

CALLBACK_DUE = timedelta(minutes=3)
"""The provider reports on a text within seconds of taking it; later than this is silence."""

LOOKED_BACK = timedelta(minutes=30)
FILTERED_WITHIN = timedelta(hours=1)
"""The hour in which filtered texts are counted (clinical content, section 6.6)."""

QUEUED_WITHIN = timedelta(hours=24)
"""Texts that left lately were queued within this, so that the index of the list finds them."""

FILTERED = "30007"

# Each clinic by itself, because the index begins with it.
LATELY = """
SELECT clinic.id, lately.*
FROM clinics_clinic clinic
CROSS JOIN LATERAL (
    SELECT count(*) AS sent,
        count(*) FILTER (WHERE error_code = %(filtered)s) AS filtered,
        count(*) FILTER (WHERE reported_on) AS reported_on,
        count(*) FILTER (WHERE reported_on AND is_silent) AS silent,
        min(sent_at) FILTER (WHERE reported_on AND is_silent) AS oldest
    FROM (
        SELECT sent_at, error_code, sent_at BETWEEN %(back)s AND %(due)s AS reported_on,
            NOT EXISTS (SELECT FROM messaging_deliveryreceipt receipt
                WHERE receipt.provider_id = message.provider_id) AS is_silent
        FROM messaging_outboundmessage message
        WHERE message.clinic_id = clinic.id AND message.queued_at >= %(queued)s AND message.sent_at >= %(hour)s
    ) AS text
) AS lately
WHERE lately.sent > 0
"""


def figures(*, now: datetime) -> list[Figure]:
    """Every figure that is not nought, by clinic; a text that no clinic has been found for belongs to none."""
    return [*_queues(now), *_stuck(now), *_stops(now), *_lately(now)]


def held_up(now: datetime) -> Q:
    """Which queued texts were tried and wait long for the next try."""
    waits_long = Q(claimed_at__lte=now - LONG_WAIT) | Q(attempts__gte=MANY_ATTEMPTS)
    return Q(status=Outbound.QUEUED, next_attempt_at__gt=now, attempts__gt=0) & waits_long


def _queues(now: datetime) -> Iterator[Figure]:
    yield from counted("queue", OutboundMessage.objects.filter(next_attempt_at__lte=now), "next_attempt_at", "outbox")
    yield from counted("queue", OutboundMessage.objects.filter(check_at__lte=now), "check_at", "unresolved_sends")
    yield from counted("queue", InboundMessage.objects.filter(next_try_at__lte=now), "next_try_at", "inbound")


def _stuck(now: datetime) -> Iterator[Figure]:
    live = OutboundMessage.objects.filter(finished_at__isnull=True)
    yield from counted("uncertain", live.filter(status=Outbound.UNCERTAIN), "claimed_at")
    yield from counted("held_up", live.filter(held_up(now)), "claimed_at")
    yield from counted("set_aside", InboundMessage.objects.filter(set_aside_at__isnull=False), "set_aside_at")


def counted(name: str, rows: QuerySet[Any], since: str, subject: str = "") -> Iterator[Figure]:
    """One figure for each clinic that has such rows; `since` is the column that says since when they wait."""
    found = rows.order_by().values_list("clinic_id").annotate(Count("pk"), Min(since))
    for clinic_id, count, oldest in found:
        yield Figure(name=name, subject=subject, clinic_id=clinic_id, count=count, oldest=oldest)


def _stops(now: datetime) -> Iterator[Figure]:
    stops = SenderStop.objects.filter(ended_at=None, until__gt=now - STOP_LINGERS)
    for clinic_id, code, since in stops.values_list("clinic_id", "code", "since"):
        yield Figure(name="sender_stop", subject=code, clinic_id=clinic_id, oldest=since)


def _lately(now: datetime) -> Iterator[Figure]:
    parameters: dict[str, Any] = {
        "filtered": FILTERED,
        "back": now - LOOKED_BACK,
        "due": now - CALLBACK_DUE,
        "hour": now - FILTERED_WITHIN,
        "queued": now - QUEUED_WITHIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(LATELY, parameters)
        rows = cursor.fetchall()
    for clinic_id, sent, filtered, reported_on, silent, oldest in rows:
        yield Figure(name="filtered", clinic_id=clinic_id, count=filtered, of=sent)
        yield Figure(name="callbacks", clinic_id=clinic_id, count=silent, of=reported_on, oldest=oldest)


def standing(clinic_id: UUID, *, now: datetime) -> dict[str, QuerySet[Any]]:
    """The rows behind the figures of one clinic, by what is wrong with them, those that wait longest first."""
    mine = OutboundMessage.objects.filter(clinic_id=clinic_id, finished_at__isnull=True)
    return {
        "uncertain": mine.filter(status=Outbound.UNCERTAIN).order_by("claimed_at"),
        "held_up": mine.filter(held_up(now)).order_by("next_attempt_at"),
        "late": mine.filter(next_attempt_at__lte=now - LATE).order_by("next_attempt_at"),
        "set_aside": InboundMessage.objects.filter(clinic_id=clinic_id, set_aside_at__isnull=False).order_by(
            "-received_at"
        ),
        "stops": SenderStop.objects.filter(clinic_id=clinic_id, ended_at=None, until__gt=now),
    }
