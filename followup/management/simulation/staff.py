"""Scripted staff: they work through the worklist on weekdays and leave what came last for the viewer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from followup.core.lifecycle import RANK, Level
from followup.core.parties import StaffFacts
from followup.management.simulation.programme import Programme
from followup.models import ReviewItem
from followup.models.review import ReviewOutcome
from followup.operations import review

SERIOUS = RANK[Level.URGENT]
ROUND_HOURS = (9, 13, 16)
NOTES = {
    "serious": "Called the patient. Reached at home, doing better, knows when to call 911. Told the physician.",
    "watch": "Looked at the answers, will be discussed at the next visit.",
    "text": "Called back.",
}


def work(programme: Programme, clinician: StaffFacts, *, since: datetime, until: datetime, zone: str) -> None:
    """Put the rounds of a clinician from `since` to `until` on the programme's agenda."""
    local = ZoneInfo(zone)
    day = since.astimezone(local).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < until:
        for hour in ROUND_HOURS if day.weekday() < 5 else ROUND_HOURS[:1]:
            moment = day.replace(hour=hour)
            if since < moment < until:
                programme.at(moment, lambda now: _round(programme, clinician, now))
        day += timedelta(days=1)


def _round(programme: Programme, clinician: StaffFacts, now: datetime) -> None:
    items = ReviewItem.objects.filter(clinic_id=programme.clinic.id, open_due_by__isnull=False)
    for item in items.order_by("rank", "open_due_by", "id"):
        _sign_off(item, clinician, now)
        programme.counts["signed_off"] += 1


def _sign_off(item: ReviewItem, clinician: StaffFacts, now: datetime) -> None:
    about: dict[str, Any] = {"outcome": ReviewOutcome.REVIEWED, "note": ""}
    if item.rank <= SERIOUS:
        item = review.claim(item=item, by_user=clinician, revision=item.revision, now=now)
        about = {"outcome": ReviewOutcome.REACHED_SAFE, "note": NOTES["serious"]}
    elif item.rank == RANK[Level.WATCH]:
        about["note"] = NOTES["text" if item.message_id else "watch"]
    review.close(item=item, by_user=clinician, revision=item.revision, now=now, **about)
