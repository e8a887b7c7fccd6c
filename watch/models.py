"""Tables of the room: alerts, and the notices that tell people and machines of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.ids import new_id
from watch.core.telling import remedy, title


class Alert(models.Model):
    """A condition of the service itself that needs a person: at one clinic, or without one everywhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    condition = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, blank=True, help_text="Of what: a queue, a sweep, an error code")
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, null=True, related_name="+", db_index=False)
    count = models.PositiveIntegerField(help_text="How many rows it is about, when last seen")
    of = models.PositiveIntegerField(default=0, help_text="Out of how many, where a share matters")
    since = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, help_text="Set exactly while it is open and nobody has acknowledged it")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "subject", "clinic"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="alert_one_open",
            ),
            models.CheckConstraint(
                condition=Q(remind_at__isnull=False, ended_at__isnull=True, acknowledged_at__isnull=True)
                | Q(remind_at__isnull=True, ended_at__isnull=False)
                | Q(remind_at__isnull=True, acknowledged_at__isnull=False),
                name="alert_reminds_while_open",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            # The operations page: what ended lately.
            models.Index(fields=["-ended_at"], condition=Q(ended_at__isnull=False), name="alert_ended"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What is wrong, in one line."""
        return title(self.condition, self.subject)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return remedy(self.condition)


class Occasion(models.TextChoices):
    """Why somebody is told of an alert."""

    RAISED = "raised"
    REMINDER = "reminder"
    ENDED = "ended"


class Channel(models.TextChoices):
    """How somebody is told."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Notice(models.Model):
    """One telling of an alert by one channel, tried until it gets through or is given up."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="notices")
    occasion = models.CharField(max_length=10, choices=Occasion)
    channel = models.CharField(max_length=10, choices=Channel)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, help_text="Set exactly until it got through or was given up")
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=60, blank=True, help_text="Why the last try failed, as a fixed word")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(next_try_at__isnull=False, delivered_at__isnull=True, given_up_at__isnull=True)
                | Q(next_try_at__isnull=True, delivered_at__isnull=False, given_up_at__isnull=True)
                | Q(next_try_at__isnull=True, delivered_at__isnull=True, given_up_at__isnull=False),
                name="notice_tried_until_it_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="notice_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.channel}"
