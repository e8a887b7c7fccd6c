"""Tables that the service works on: the outbox and its receipts, the inbox, the opt-outs."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from messaging.core.lifecycle import FINAL, PROVIDER_STATUSES, Outbound, Purpose
from privacy.fields import EncryptedTextField
from privacy.ids import new_id

WITH_PROVIDER = sorted(PROVIDER_STATUSES)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class OutboundFields(models.Model):
    """What is kept of a text to a number, wherever it stands; sealed for its row in the outbox, where it began."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+", db_index=False)
    dedupe_key = models.CharField(max_length=120)
    number = EncryptedTextField(sealed_in="messaging_outboundmessage")
    number_hash = models.CharField(max_length=32)
    body = EncryptedTextField(sealed_in="messaging_outboundmessage")
    language = models.CharField(max_length=8)
    purpose = models.CharField(max_length=12, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    priority = models.PositiveSmallIntegerField()
    context_id = models.UUIDField(null=True, help_text="What it is about, for the room above: a follow-up")
    status = models.CharField(max_length=12, choices=[(status.value, status.value) for status in Outbound])
    reason = models.CharField(max_length=60, blank=True, help_text="Why it was cancelled, expired, failed or put back")
    attempts = models.PositiveSmallIntegerField(default=0)
    send_number = models.PositiveSmallIntegerField(
        default=1, help_text="After a failed delivery the next try is a row of its own, with the next number"
    )
    next_attempt_at = models.DateTimeField(null=True)
    window_zone = models.CharField(max_length=64, blank=True, help_text="Blank: leaves at any hour")
    window = models.JSONField(null=True, help_text="Seven entries, Monday first, local opening and closing")
    window_closes_at = models.DateTimeField(null=True, help_text="End of the window that next_attempt_at lies in")
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True, help_text="When the reconciler looks at it next")
    tidy_at = models.DateTimeField(null=True, help_text="When its price is asked for and the provider's copy emptied")
    provider_id = models.CharField(max_length=64, null=True)
    error_code = models.CharField(max_length=12, blank=True)
    error_kind = models.CharField(max_length=16, blank=True)
    segments = models.PositiveSmallIntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=5, null=True)
    queued_at = models.DateTimeField()
    sender = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",  # a worker of the version before, beside this one, does not know it
        help_text="Number or service it left by; while it waits, the only one it may leave by",
    )
    sent_at = models.DateTimeField(null=True, help_text="When the provider took it")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class OutboundMessage(OutboundFields):
    """The outbox: one text that is owed to a number, from queue to final status and a while beyond it."""

    class Meta:
        constraints = [
            # A constraint, not unique=True: Django would add an index for LIKE, and every claim would pay for it.
            models.UniqueConstraint(fields=["dedupe_key"], name="outbound_dedupe_key_once"),
            models.UniqueConstraint(
                fields=["provider_id"], condition=Q(provider_id__isnull=False), name="outbound_provider_id_once"
            ),
            models.CheckConstraint(
                condition=Q(status=Outbound.QUEUED, next_attempt_at__isnull=False)
                | Q(~Q(status=Outbound.QUEUED), next_attempt_at__isnull=True),
                name="outbound_queued_has_next_attempt",
            ),
            models.CheckConstraint(
                condition=~Q(status=Outbound.SENDING) | Q(claimed_at__isnull=False),
                name="outbound_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WITH_PROVIDER) | Q(provider_id__isnull=False),
                name="outbound_accepted_has_provider_id",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(FINAL), finished_at__isnull=False)
                | Q(~Q(status__in=sorted(FINAL)), finished_at__isnull=True),
                name="outbound_final_is_finished",
            ),
            models.CheckConstraint(
                condition=Q(window_zone="", window__isnull=True, window_closes_at__isnull=True)
                | Q(~Q(window_zone=""), window__isnull=False, window_closes_at__isnull=False),
                name="outbound_window_whole",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("queued_at")) | Q(status=Outbound.EXPIRED),
                name="outbound_expires_after_queued",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Outbound]), name="outbound_status_known"
            ),
        ]
        indexes = [
            # The dispatcher: what may leave now, most urgent first, each clinic for itself.
            models.Index(
                fields=["clinic", "priority", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="outbound_waiting",
            ),
            # Cancelling what is queued for a number; one text in flight to a number.
            models.Index(
                fields=["number_hash", "clinic"], condition=Q(finished_at__isnull=True), name="outbound_live_by_number"
            ),
            # The reconciler: rows whose outcome must be asked for.
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="outbound_to_check"),
            # Housekeeping: finished texts whose words still stand at the provider.
            models.Index(fields=["tidy_at"], condition=Q(tidy_at__isnull=False), name="outbound_to_tidy"),
            # The patient page and the API: texts of a number, newest last.
            models.Index(fields=["clinic", "number_hash", "queued_at"], name="outbound_thread"),
            # The API: every text of a clinic, newest first.
            models.Index(fields=["clinic", "-queued_at", "-id"], name="outbound_list"),
            models.Index(fields=["context_id"], condition=Q(context_id__isnull=False), name="outbound_by_context"),
        ]


class DeliveryReceipt(models.Model):
    """Every status callback as it came; it is applied only forward."""

    id = models.BigAutoField(primary_key=True)
    message_id = models.UUIDField(null=True, db_index=True, help_text="The text, in the outbox or the history")
    provider_id = models.CharField(max_length=64)
    status = models.CharField(max_length=24)
    error_code = models.CharField(max_length=12, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "status", "error_code"], name="receipt_once"),
        ]


class Control(models.TextChoices):
    """What a whole message says to the service itself."""

    NONE = "", "none"
    STOP = "stop"
    START = "start"
    HELP = "help"


class NotRouted(Exception):
    """The text has not been given to a clinic yet."""


class InboundFields(models.Model):
    """What is kept of a text from a number, wherever it stands; sealed for its row in the inbox, where it began."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, null=True, related_name="+", db_index=False)
    provider_id = models.CharField(max_length=64)
    number = EncryptedTextField(sealed_in="messaging_inboundmessage")
    number_hash = models.CharField(max_length=32)
    sender = models.CharField(max_length=40, help_text="The number of ours that it was sent to")
    body = EncryptedTextField(sealed_in="messaging_inboundmessage")
    media = models.JSONField(default=list, help_text="Content types of pictures and the like; never the address")
    control = models.CharField(max_length=6, choices=Control, default=Control.NONE, blank=True)
    provider_control = models.CharField(
        max_length=6, choices=Control, default=Control.NONE, blank=True, help_text="What the provider acted on itself"
    )
    received_at = models.DateTimeField()
    pending_since = models.DateTimeField(null=True, help_text="Set exactly until it has been handled or set aside")
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True, help_text="After five failures a person looks at it")
    screening = models.JSONField(null=True, help_text="Flags, tier and version of the safety screen, by the room above")

    class Meta:
        abstract = True

    @property
    def routed_to(self) -> UUID:
        """The clinic it was meant for. Raises NotRouted as long as that has not been found out."""
        if self.clinic_id is None:
            raise NotRouted
        return self.clinic_id


class InboundMessage(InboundFields):
    """The inbox: every text as it came, stored first, thought about second."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id"], name="inbound_provider_id_once"),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, set_aside_at__isnull=True, pending_since__isnull=False)
                | Q(handled_at__isnull=False, set_aside_at__isnull=True, pending_since__isnull=True)
                | Q(handled_at__isnull=True, set_aside_at__isnull=False, pending_since__isnull=True),
                name="inbound_pending_or_handled",
            ),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True) | Q(screening__isnull=False), name="inbound_handled_is_screened"
            ),
            models.CheckConstraint(
                condition=Q(pending_since__isnull=False, next_try_at__isnull=False)
                | Q(pending_since__isnull=True, next_try_at__isnull=True),
                name="inbound_pending_has_next_try",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="inbound_pending"),
            # The operations page and the alerts: what a person must look at.
            models.Index(fields=["clinic"], condition=Q(set_aside_at__isnull=False), name="inbound_set_aside"),
            models.Index(fields=["clinic", "number_hash", "received_at"], name="inbound_thread"),
            models.Index(fields=["clinic", "-received_at", "-id"], name="inbound_list"),
        ]


class OptOut(models.Model):
    """A number that wants no texts from a clinic; never deleted, ended by a START or new consent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    number = EncryptedTextField()
    number_hash = models.CharField(max_length=32)
    source = models.CharField(max_length=16, help_text="keyword, free_text, carrier, staff, api, phone, page")
    since = models.DateTimeField()
    inbound_id = models.UUIDField(null=True, help_text="The text that said so, in the inbox or the history")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "number_hash"], condition=Q(ended_at__isnull=True), name="opt_out_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="opt_out_ended_by_somebody",
            ),
        ]


class Sender(models.Model):
    """A number or messaging service that texts leave by, and its pace, which all workers keep together.

    Each clinic's own `sender`, or the installation's, is of rank 0 and gets its row by itself; further ones of a clinic
    follow by rank where the first is stopped.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey(
        "clinics.Clinic", models.PROTECT, null=True, related_name="+", help_text="Null: the installation's own"
    )
    address = models.CharField(max_length=40, unique=True)
    rank = models.PositiveSmallIntegerField(default=0)
    segments_per_second = models.FloatField(null=True, help_text="0: no limit; null: what SENDER_RATE says")
    stop_confirmed_by_provider = models.BooleanField(null=True, help_text="Null: what STOP_CONFIRMED_BY says")
    free_at = models.DateTimeField(default=LONG_AGO, help_text="When its pace lets the next segment leave")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "rank"], condition=Q(rank__gt=0), name="sender_rank_once"),
            models.CheckConstraint(
                condition=Q(segments_per_second__isnull=True) | Q(segments_per_second__gte=0),
                name="sender_pace_not_negative",
            ),
        ]


class SenderStop(models.Model):
    """A sender that the provider refuses a clinic: nothing leaves by it until the stop ends, by time or by a person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    sender = models.CharField(max_length=40, blank=True, help_text="Blank: all senders of the clinic")
    waits = models.BooleanField(
        default=False, help_text="A limit that ends by itself: only safety texts leave by another sender meanwhile"
    )
    code = models.CharField(max_length=12, help_text="The provider's error code, or unreachable")
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="When sending is tried again")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "sender"], condition=Q(ended_at__isnull=True), name="sender_stop_once"
            ),
        ]


class SimulatedText(models.Model):
    """What the simulated provider took: its journal and the screens of the demo phones."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider_id = models.CharField(max_length=64, unique=True)
    number = EncryptedTextField()
    number_hash = models.CharField(max_length=32)
    sender = models.CharField(max_length=40)
    body = EncryptedTextField()
    callback_url = models.CharField(max_length=300)
    taken_at = models.DateTimeField()
    receipt_due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["receipt_due_at"], condition=Q(receipt_due_at__isnull=False), name="simulated_receipts"
            ),
            models.Index(fields=["number_hash", "taken_at"], name="simulated_by_phone"),
        ]
