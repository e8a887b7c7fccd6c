"""Somebody says that they are on it: no more reminders; the end is still told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinics import audit
from clinics.core.actor import Actor
from watch.models import Alert


@transaction.atomic
def acknowledge(*, alert_id: UUID, by_user: Any, by: Actor, now: datetime) -> bool:
    """Acknowledge an open alert; False when somebody has, when it is over, or when it is not this person's to quieten.

    A clinic's alert is for its staff, one of the whole installation for who runs that: nobody silences it for others.
    """
    theirs = Q(clinic_id=by_user.clinic_id) | (Q(clinic_id=None) if by_user.is_superuser else Q())
    waiting = Alert.objects.filter(theirs, pk=alert_id, ended_at__isnull=True, acknowledged_at__isnull=True)
    if not waiting.update(acknowledged_at=now, acknowledged_by=by_user, remind_at=None):
        return False
    audit.record(
        clinic_id=by_user.clinic_id, by=by, action="alert.acknowledge", object_type="alert", object_id=alert_id, now=now
    )
    return True
