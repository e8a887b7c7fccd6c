"""Call-outs: who was texted about a serious item, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.call_outs import Duty
from privacy.ids import new_id


class CallOut(models.Model):
    """One text to one member of staff about one item. `problem` says why it did not arrive, the outbox the rest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    review = models.ForeignKey("followup.ReviewItem", models.PROTECT, related_name="call_outs")
    person = models.ForeignKey("clinics.User", models.PROTECT, related_name="+")
    duty = models.CharField(max_length=8, choices=[(duty.value, duty.value.title()) for duty in Duty])
    round = models.PositiveSmallIntegerField(help_text="Rises when the item gets worse, is released or comes up again")
    rung = models.PositiveSmallIntegerField(help_text="Step of the ladder")
    called_at = models.DateTimeField()
    problem = models.CharField(
        max_length=40, blank=True, help_text="Why the person was not notified: no number, opted out, an error code"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "round", "rung", "person"], name="call_out_once_a_rung"),
            models.CheckConstraint(condition=Q(duty__in=[duty.value for duty in Duty]), name="call_out_duty_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)
