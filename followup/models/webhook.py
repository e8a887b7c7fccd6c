"""Webhooks: addresses of a clinic's own systems, and every delivery that is owed to one or was made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.webhooks import Event
from privacy.fields import EncryptedTextField
from privacy.ids import new_id


class Webhook(models.Model):
    """An address that is told of events; sealed like the secret, because many an address holds a key of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+", db_index=False)
    url = EncryptedTextField()
    secret = EncryptedTextField()
    events = models.JSONField(help_text="Names of events, like follow_up.completed")
    is_active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True, help_text="The first failure since the last delivery that arrived")
    resting_until = models.DateTimeField(null=True, help_text="It gave no answer and is left alone until then")
    disabled_at = models.DateTimeField(null=True, help_text="When it was switched off because it failed for too long")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(disabled_at__isnull=True), name="webhook_disabled_is_off"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "-created_at", "-id"], name="webhook_list")]

    def __str__(self) -> str:
        return str(self.id)


class WebhookDelivery(models.Model):
    """One event that is owed to one webhook: written with the event, sent by a sweep."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+", db_index=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.CharField(max_length=24, choices=[(event.value, event.value) for event in Event])
    object_id = models.UUIDField()
    key = models.CharField(max_length=80, help_text="What makes the event the same when it is told twice")
    occurred_at = models.DateTimeField()
    tried_since = models.DateTimeField(help_text="Since when it is owed: the event, or the last replay")
    next_try_at = models.DateTimeField(null=True, help_text="Set exactly until it arrived or was given up")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status of the last answer")
    problem = models.CharField(max_length=40, blank=True, help_text="Why the last try failed, as a fixed word")
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "key"], name="webhook_told_once"),
            models.CheckConstraint(
                condition=Q(next_try_at__isnull=False, delivered_at__isnull=True, given_up_at__isnull=True)
                | Q(next_try_at__isnull=True, delivered_at__isnull=False, given_up_at__isnull=True)
                | Q(next_try_at__isnull=True, delivered_at__isnull=True, given_up_at__isnull=False),
                name="webhook_delivery_owed_until_it_ends",
            ),
        ]
        indexes = [
            # The sweep: what is owed to each webhook, oldest first.
            models.Index(
                fields=["webhook", "next_try_at"], condition=Q(next_try_at__isnull=False), name="webhook_owed"
            ),
            # The API: a clinic's deliveries, newest first; housekeeping: the oldest.
            models.Index(fields=["clinic", "-occurred_at", "-id"], name="webhook_delivery_list"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.object_id}"

    @property
    def status(self) -> str:
        """pending, delivered or given_up."""
        if self.next_try_at is not None:
            return "pending"
        return "delivered" if self.delivered_at else "given_up"
