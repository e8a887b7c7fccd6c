"""The history: texts that no machine waits for any more, by month, and views of it together with what is live."""

from __future__ import annotations

from django.db import models

from messaging.models.live import InboundFields, OutboundFields


class OutboundHistory(OutboundFields):
    """Texts that left the outbox; PostgreSQL parts the table by the month of `queued_at` (UTC)."""


class InboundHistory(InboundFields):
    """Texts that left the inbox; PostgreSQL parts the table by the month of `received_at` (UTC)."""


class OutgoingText(OutboundFields):
    """Every text to a patient, outbox and history as one: a view, for readers only."""

    class Meta:
        managed = False
        db_table = "messaging_outgoingtext"


class IncomingText(InboundFields):
    """Every text from a patient, inbox and history as one: a view, for readers only."""

    class Meta:
        managed = False
        db_table = "messaging_incomingtext"


class KnownKey(models.Model):
    """The digest of a key that a text in the history bears: what was queued or came once stays known for ever.

    Partitions cannot share a unique key, so triggers of the outbox and the inbox look here before a row is added.
    """

    key = models.UUIDField(primary_key=True, help_text="From messaging_key_digest()")
    since = models.DateTimeField()
