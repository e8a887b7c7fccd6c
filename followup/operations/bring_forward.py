"""Asking a scheduled follow-up now instead of later: staff's "send now" and the simulator's control."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core.lifecycle import FollowUpStatus, Reason
from followup.models import FollowUp
from followup.operations.errors import Conflict
from messaging.core.send_window import window_opening


@transaction.atomic
def bring_forward(*, follow_up: FollowUp, by: Actor, now: datetime) -> FollowUp:
    """Make a scheduled follow-up due at `now`; the next sweep asks it, under the same conditions as any other.

    Raises Conflict when it is not scheduled any more, or when no text may leave at this hour.
    """
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("patient", "clinic", "plan_step")
    row = rows.get(pk=follow_up.pk)
    if row.status != FollowUpStatus.SCHEDULED:
        raise Conflict({"status": f"Only a scheduled follow-up can be asked now; this one is {row.status}."})
    zone = row.patient.time_zone
    if window_opening(row.clinic.send_window, zone, now) != now:
        raise Conflict({"due_at": "Outside the hours in which texts may reach this patient; try again in the morning."})
    row.due_at = row.opens_at = row.updated_at = now
    row.closes_at = row.rule().closes_after.after(now, ZoneInfo(zone))
    row.reason = Reason.NONE
    row.save(update_fields=["due_at", "opens_at", "closes_at", "reason", "updated_at"])
    audit.record(
        clinic_id=row.clinic_id,
        by=by,
        action="follow_up.bring_forward",
        object_type="follow_up",
        object_id=row.id,
        patient_id=row.patient_id,
        now=now,
    )
    return row
