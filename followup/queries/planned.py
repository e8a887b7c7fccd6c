"""What a patient has been asked lately and will be asked soon."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce

from followup.core.lifecycle import FollowUpStatus
from followup.models import FollowUp, Patient
from surveys.queries import live_versions

WEEK = timedelta(days=7)


def days_with_surveys(patient: Patient, *, since: datetime, zone: ZoneInfo) -> list[date]:
    """The patient's own days within a week of `since`, either way, on which a survey was opened or is planned."""
    asked = Q(opened_at__isnull=False, opened_at__gt=since - WEEK)
    planned = Q(status=FollowUpStatus.SCHEDULED, opens_at__lt=since + WEEK)
    rows = FollowUp.objects.filter(asked | planned, patient=patient)
    times = rows.values_list(Coalesce("opened_at", "opens_at"), flat=True)
    return [at.astimezone(zone).date() for at in times if at is not None]


def will_be_asked(survey: str, patient: Patient, *, until: datetime) -> bool:
    """Whether something that is planned by `until`, or open, has every question of `survey`."""
    rows = FollowUp.objects.filter(patient=patient, status__in=[FollowUpStatus.SCHEDULED, FollowUpStatus.OPEN])
    keys = set(rows.filter(due_at__lte=until).values_list("survey", flat=True))
    if survey in keys:
        return True
    versions = live_versions({(patient.clinic_id, key) for key in {survey, *keys}})
    wanted = versions.get((patient.clinic_id, survey))
    if wanted is None:
        return False
    others = [version for (_, key), version in versions.items() if key != survey]
    return any(wanted.definition.keys <= version.definition.keys for version in others)
