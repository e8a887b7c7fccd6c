"""Conversations: the asking of one follow-up over one phone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.ids import new_id


class Conversation(models.Model):
    """Where a patient is in a survey. The state is the engine's own JSON and holds no free text."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    follow_up = models.OneToOneField("followup.FollowUp", models.PROTECT, related_name="conversation")
    patient = models.ForeignKey("followup.Patient", models.PROTECT, related_name="conversations")
    number_hash = models.CharField(max_length=32)
    sender = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=8, default="sms")
    language = models.CharField(max_length=8)
    state = models.JSONField()
    format = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True, help_text="Set exactly while a reply is awaited")
    held_since = models.DateTimeField(null=True, help_text="Set while nothing is asked because of a safety concern")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "number_hash"],
                condition=Q(waiting_since__isnull=False),
                name="conversation_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(waiting_since__isnull=True, ended_at__isnull=False)
                | Q(waiting_since__isnull=False, ended_at__isnull=True),
                name="conversation_waits_or_ended",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "number_hash", "-started_at"], name="conversation_by_phone")]
