"""Tables of the room: surveys and their versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.ids import new_id


class VersionStatus(models.TextChoices):
    """Life of a version: only a draft may change."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Survey(models.Model):
    """A survey of a clinic, by its key; what it asks stands in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    key = models.SlugField(max_length=50)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "key"], name="survey_key_once_a_clinic")]

    def __str__(self) -> str:
        return self.key


class SurveyVersion(models.Model):
    """Questions, wording, branching, scoring and triage as one document; frozen by trigger once published."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    document = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the document in canonical JSON")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, null=True)
    retired_at = models.DateTimeField(null=True)
    retired_by = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_number_once"),
            models.UniqueConstraint(fields=["survey"], condition=Q(status="draft"), name="survey_one_draft"),
            models.UniqueConstraint(fields=["survey"], condition=Q(status="published"), name="survey_one_live_version"),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True)
                | Q(~Q(status="draft"), published_at__isnull=False),
                name="survey_published_at_with_status",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="survey_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status="retired", retired_at__isnull=False, retired_by__isnull=False)
                | Q(~Q(status="retired"), retired_at__isnull=True, retired_by__isnull=True),
                name="survey_retired_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"
