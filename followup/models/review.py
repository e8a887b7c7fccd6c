"""Review items: what waits for a person, in the order it deserves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.lifecycle import ReviewStatus
from privacy.fields import EncryptedTextField
from privacy.ids import new_id


class ReviewKind(models.TextChoices):
    """What a person is asked to look at."""

    RESPONSE = "response"  # a closed follow-up with its answers and signals
    MESSAGE = "message"  # a text that is not an answer: the inbox
    DELIVERY = "delivery"  # a patient who cannot be texted
    HANDOVER = "handover"  # the conversation did not get anywhere


class ReviewOutcome(models.TextChoices):
    """How it ended; urgent and emergency items need one of these (clinical content, section 3.1)."""

    REVIEWED = "reviewed"
    REACHED_SAFE = "reached-safe"
    REACHED_911 = "reached-911"
    WELFARE_CHECK = "welfare-check"
    NO_ANSWER_3 = "no-answer-x3"
    REFERRED = "referred"
    FALSE_ALARM = "false-alarm"


class ReviewItem(models.Model):
    """One thing that waits for a clinician. `rank` 0 emergency, 1 urgent, 2 watch, 3 info."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    patient = models.ForeignKey("followup.Patient", models.PROTECT, null=True, related_name="reviews")
    follow_up = models.ForeignKey("followup.FollowUp", models.PROTECT, null=True, related_name="reviews")
    message_id = models.UUIDField(
        null=True, db_index=True, help_text="The inbound text, which may stand in the history"
    )
    kind = models.CharField(max_length=10, choices=ReviewKind)
    rank = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=[(status.value, status.value) for status in ReviewStatus])
    tags = models.JSONField(default=list, help_text="Fixed words, like opted-out or booster-review")
    opened_at = models.DateTimeField()
    due_by = models.DateTimeField()
    open_due_by = models.DateTimeField(null=True, help_text="due_by, set exactly until it is closed")
    call_at = models.DateTimeField(
        null=True, help_text="When the next on call is called out, while nobody has claimed it"
    )
    call_rung = models.PositiveSmallIntegerField(default=0, help_text="Step of the ladder that is next")
    call_round = models.PositiveSmallIntegerField(default=0)
    called_since = models.DateTimeField(null=True, help_text="When this round of call-outs began")
    safety_texted_at = models.DateTimeField(null=True, help_text="When the last safety text about it was queued")
    unseen_check_at = models.DateTimeField(null=True, help_text="When to look whether that text was delivered (N5)")
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=16, blank=True, choices=ReviewOutcome)
    note = EncryptedTextField(null=True)
    revision = models.PositiveIntegerField(
        default=0, help_text="Rises with each change: two people at once are noticed"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up"],
                condition=Q(open_due_by__isnull=False, follow_up__isnull=False),
                name="review_one_open_a_follow_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=ReviewStatus.CLOSED,
                    open_due_by__isnull=True,
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                )
                & ~Q(outcome="")
                | Q(
                    ~Q(status=ReviewStatus.CLOSED),
                    open_due_by__isnull=False,
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    outcome="",
                ),
                name="review_closed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReviewStatus.CLOSED)
                | Q(rank__gte=2)
                | (~Q(outcome=ReviewOutcome.REVIEWED) & Q(note__isnull=False)),
                name="review_urgent_says_how_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(call_at__isnull=True) | Q(open_due_by__isnull=False, claimed_at__isnull=True),
                name="review_calls_out_only_unclaimed",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, claimed_by__isnull=True)
                | Q(claimed_at__isnull=False, claimed_by__isnull=False),
                name="review_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReviewStatus.CLAIMED) | Q(claimed_at__isnull=False), name="review_claimed_has_owner"
            ),
        ]
        indexes = [
            # The worklist: what is open, most urgent first.
            models.Index(
                fields=["clinic", "rank", "open_due_by", "id"],
                condition=Q(open_due_by__isnull=False),
                name="review_worklist",
            ),
            # call_out_due and look_after_safety_texts.
            models.Index(fields=["call_at"], condition=Q(call_at__isnull=False), name="review_call_outs"),
            models.Index(fields=["unseen_check_at"], condition=Q(unseen_check_at__isnull=False), name="review_unseen"),
            models.Index(fields=["patient", "-opened_at"], name="review_by_patient"),
            models.Index(fields=["clinic", "-opened_at", "-id"], name="review_list"),
        ]

    def __str__(self) -> str:
        return str(self.id)
