"""Care sessions: the visits that follow-ups are counted from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.lifecycle import SessionStatus
from privacy.ids import new_id


class CareSession(models.Model):
    """A visit: booked, ended or cancelled. Follow-ups hang on its end."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    patient = models.ForeignKey("followup.Patient", models.PROTECT, related_name="care_sessions")
    external_reference = models.CharField(max_length=64)
    kind = models.SlugField(max_length=50, help_text="What was given, like ketamine-iv; plans are chosen by it")
    status = models.CharField(max_length=10, choices=[(status.value, status.value) for status in SessionStatus])
    booked_for = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "external_reference"], name="care_session_reference_once"),
            models.CheckConstraint(
                condition=Q(status="booked", booked_for__isnull=False, ended_at__isnull=True, cancelled_at__isnull=True)
                | Q(status="ended", ended_at__isnull=False, cancelled_at__isnull=True)
                | Q(status="cancelled", cancelled_at__isnull=False),
                name="care_session_times_match_status",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-ended_at"], name="care_session_by_patient"),
            models.Index(fields=["clinic", "-created_at", "-id"], name="care_session_list"),
        ]

    def __str__(self) -> str:
        return str(self.id)
