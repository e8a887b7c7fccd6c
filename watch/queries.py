"""Reads of the room: the figures of every room below, the pulse of the sweeps, and the alerts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from clinics import heartbeat
from clinics.core.figures import Figure
from clinics.queries import heartbeats
from followup.queries import figures as asking
from messaging import figures as texts
from watch.core.silence import Pulse, silent_sweeps
from watch.models import Alert, Notice

LOOKED = "watch.look"
"""The pulse of the watching itself, beside those of the sweeps."""

BEGUN = "watch.begun"
ENDED_WITHIN = timedelta(days=2)


def figures(*, now: datetime) -> list[Figure]:
    """What every room reads of itself, and which sweeps are silent while others are not."""
    return [*texts.figures(now=now), *asking.figures(now=now), *silent_sweeps(pulse(now=now), now)]


def pulse(*, now: datetime) -> Pulse:
    """When each sweep of the timetable was last heard of."""
    every = {name: float(entry["schedule"]) for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}
    return Pulse(every=every, last=heartbeats(), begun=heartbeat.last(BEGUN) or now)


def open_alerts(clinic_id: UUID | None = None) -> QuerySet[Alert]:
    """Open alerts of a clinic and of the whole installation; of every clinic when none is named. Oldest first."""
    alerts = Alert.objects.filter(ended_at__isnull=True).select_related("clinic", "acknowledged_by")
    return (alerts.filter(seen_by(clinic_id)) if clinic_id else alerts).order_by("since", "id")


def ended_alerts(clinic_id: UUID, *, now: datetime) -> QuerySet[Alert]:
    """What a clinic saw end within ENDED_WITHIN, the latest first."""
    return Alert.objects.filter(seen_by(clinic_id), ended_at__gte=now - ENDED_WITHIN).order_by("-ended_at")


def seen_by(clinic_id: UUID) -> Q:
    """Which alerts concern a clinic: its own, and those of the whole installation."""
    return Q(clinic_id=clinic_id) | Q(clinic_id=None)


def untold(alerts: QuerySet[Alert]) -> dict[Any, str]:
    """The problem of the latest notice that did not get through, by alert."""
    failed = Notice.objects.filter(alert__in=alerts, delivered_at__isnull=True).exclude(problem="").order_by("made_at")
    return {notice.alert_id: notice.problem for notice in failed}
