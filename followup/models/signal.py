"""Signals: what a rule noticed, with the inputs it saw."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.lifecycle import Level
from privacy.ids import new_id


class Signal(models.Model):
    """A rule's finding, written in the transaction of the answer or text that raised it; annotated, never erased."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    patient = models.ForeignKey("followup.Patient", models.PROTECT, null=True, related_name="signals")
    follow_up = models.ForeignKey("followup.FollowUp", models.PROTECT, null=True, related_name="signals")
    message_id = models.UUIDField(
        null=True, db_index=True, help_text="The inbound text, which may stand in the history"
    )
    review = models.ForeignKey("followup.ReviewItem", models.PROTECT, related_name="signals")
    rule = models.CharField(max_length=16, help_text="Id in the clinical content, like E2")
    rule_version = models.CharField(max_length=24)
    level = models.CharField(max_length=10, choices=[(level.value, level.value) for level in Level])
    inputs = models.JSONField(default=dict, help_text="Values the rule saw; never text a patient wrote")
    thresholds = models.JSONField(default=dict)
    safety_text = models.CharField(max_length=16, blank=True, help_text="Id of the text sent at once, like SAFE-SEVERE")
    raised_at = models.DateTimeField()
    annotations = models.JSONField(default=list, help_text="Later remarks, like a corrected answer; appended only")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up", "rule", "message_id"],
                nulls_distinct=False,
                condition=Q(follow_up__isnull=False),
                name="signal_once_a_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-raised_at"], name="signal_by_patient"),
            models.Index(fields=["clinic", "-raised_at", "-id"], name="signal_list"),
        ]
