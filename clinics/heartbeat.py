"""The pulse of the sweeps: each says when it last finished a round, so that silence is noticed."""

from __future__ import annotations

from datetime import datetime

from clinics.models import SweepHeartbeat


def beat(name: str, now: datetime) -> None:
    """Record that the sweep `name`, as the timetable calls it, finished a round at `now`."""
    SweepHeartbeat.objects.bulk_create(
        [SweepHeartbeat(name=name, at=now)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def last(name: str) -> datetime | None:
    """When the sweep `name` last finished a round; None when it never did."""
    return SweepHeartbeat.objects.filter(name=name).values_list("at", flat=True).first()
