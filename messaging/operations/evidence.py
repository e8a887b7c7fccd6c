"""What the provider's list proves about a text of unknown outcome: that it left, that it did not, or nothing yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Max

from messaging.core.lifecycle import Purpose
from messaging.core.matching import same_words
from messaging.gateways.base import Report
from messaging.models import OutboundMessage
from messaging.operations.claim import ANSWER_DUE

SLACK = timedelta(minutes=10)
"""How much the age of a text may be misjudged: a round that asks about many takes minutes, and clocks are moved."""

SHORTEST_ABSENCE = timedelta(minutes=2)
"""A text is never called absent sooner, whatever the list shows."""

LONGEST_LAG = timedelta(minutes=10)
"""A list that has not shown a text for so long, and nothing that would tell how far it has come, is believed all the
same: the provider's list lags by seconds, and a text that waits for ever is lost, too (house choice)."""


def entry_of(row: OutboundMessage, reports: Sequence[Report], *, now: datetime) -> Report | None:
    """The first text to the row's number that may be one of its attempts and that no other row has."""
    ids = [report.provider_id for report in reports]
    known = set(OutboundMessage.objects.filter(provider_id__in=ids).values_list("provider_id", flat=True))
    youngest = now - attempted_at(row) - ANSWER_DUE - SLACK
    body = row.body.reveal()
    ours = [
        report
        for report in reports
        if report.provider_id not in known
        and (report.age is None or report.age >= youngest)
        and same_words(body, report.body.reveal())
    ]
    return max(ours, key=lambda report: (bool(report.body), report.age or youngest), default=None)


def list_complete_until(newest: Collection[str]) -> datetime | None:
    """Until when everything that was handed over stands in a list that begins with these provider's ids.

    Judged by our own texts and our own clock: a text in the list was handed over after it was claimed, unless it was
    tried more than once, when it may have left by an earlier try.
    """
    listed = OutboundMessage.objects.filter(provider_id__in=list(newest), attempts=1)
    latest: datetime | None = listed.aggregate(latest=Max("claimed_at"))["latest"]
    return latest


def is_absent(row: OutboundMessage, *, complete_until: datetime | None, now: datetime) -> bool:
    """Whether a text that the list does not show has certainly not left.

    Proof is a text in the list that was handed over when the call of this one had ended; without one only long absence
    counts. A safety text does not wait for proof: that one may be sent twice (clinical content, section 6.6).
    """
    age = now - attempted_at(row)
    if age < SHORTEST_ABSENCE:
        return False
    proven = complete_until is not None and complete_until >= attempted_at(row) + ANSWER_DUE
    return proven or age >= LONGEST_LAG or row.purpose == Purpose.SAFETY


def attempted_at(row: OutboundMessage) -> datetime:
    """When the attempt began whose outcome is unknown."""
    return row.claimed_at or row.queued_at
