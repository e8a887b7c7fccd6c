"""Answers beside the exact question, and what follows from all of them together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.fields import EncryptedTextField
from privacy.ids import new_id


class Answer(models.Model):
    """One answer to one question of one follow-up; append-only: a correction supersedes, nothing is overwritten."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    patient = models.ForeignKey("followup.Patient", models.PROTECT, related_name="answers")
    follow_up = models.ForeignKey("followup.FollowUp", models.PROTECT, related_name="answers")
    question = models.CharField(max_length=50, help_text="Key of the question in the pinned version")
    prompt = models.TextField(help_text="The question exactly as it was sent")
    language = models.CharField(max_length=8)
    raw_text = EncryptedTextField(null=True, help_text="What the patient wrote")
    value = models.JSONField(
        null=True, help_text="Number, true/false, code or list of codes; null: skipped, or in raw_text"
    )
    kind = models.CharField(max_length=8, help_text="value, text or skipped")
    reader_version = models.CharField(max_length=24)
    source = models.CharField(max_length=10, help_text="patient, staff")
    channel = models.CharField(max_length=8, help_text="sms, web, phone")
    message_id = models.UUIDField(null=True, help_text="The inbound text, which may stand in the history")
    late = models.BooleanField(default=False, help_text="Came after the follow-up had closed")
    answered_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up", "question"],
                condition=Q(superseded_at__isnull=True),
                name="answer_one_current_a_question",
            ),
            models.CheckConstraint(condition=Q(kind__in=["value", "text", "skipped"]), name="answer_kind_known"),
        ]
        indexes = [models.Index(fields=["patient", "question", "-answered_at"], name="answer_by_patient")]


class Response(models.Model):
    """What the answers of one follow-up amount to: derived, and can be computed again at any time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    patient = models.ForeignKey("followup.Patient", models.PROTECT, related_name="responses")
    follow_up = models.OneToOneField("followup.FollowUp", models.PROTECT, related_name="response")
    survey = models.SlugField(max_length=50)
    status = models.CharField(max_length=12, help_text="in_progress, completed or stopped")
    answered = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    scores = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="response_by_patient"),
            models.Index(fields=["clinic", "-created_at", "-id"], name="response_list"),
        ]
