"""Patients and their consent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from followup.core.intake import CARE
from privacy.fields import EncryptedTextField
from privacy.ids import new_id


class PatientStatus(models.TextChoices):
    """Whether the clinic follows this patient."""

    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class Channel(models.TextChoices):
    """How a patient is asked: by text, or by links in texts that hold no question (clinical content, H-02)."""

    SMS = "sms"
    WEB = "web"


class Patient(models.Model):
    """A person a clinic follows. Two patients may share a phone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    reference = models.CharField(max_length=64, help_text="The clinic's own number for the patient")
    name = EncryptedTextField()
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=32)
    phone_problem = models.CharField(
        max_length=40, blank=True, help_text="Why texts do not reach it; blank while they do"
    )
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.SMS)
    date_of_birth = EncryptedTextField(null=True, help_text="ISO date; asked for before a link shows anything")
    has_hypertension = models.BooleanField(
        default=False, help_text="Known high blood pressure: with it a severe headache is urgent (rule E7)"
    )
    status = models.CharField(max_length=10, choices=PatientStatus, default=PatientStatus.ACTIVE)
    paused_until = models.DateTimeField(null=True)
    notice_at = models.DateTimeField(null=True, help_text="When last told that texts are not watched (C-10)")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "reference"], name="patient_reference_once_a_clinic"),
            models.CheckConstraint(
                condition=Q(status="paused", paused_until__isnull=False)
                | Q(~Q(status="paused"), paused_until__isnull=True),
                name="patient_paused_until",
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="patient_channel_known"),
        ]
        indexes = [
            models.Index(fields=["clinic", "phone_hash"], name="patient_by_phone"),
            models.Index(fields=["clinic", "-created_at", "-id"], name="patient_list"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Consent(models.Model):
    """Why the patient may be texted: without an active one nothing leaves (clinical content, C-01)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    method = models.CharField(max_length=10, help_text="written, web or verbal")
    purpose = models.CharField(
        max_length=40, default=CARE, db_default=CARE, help_text="What the patient agreed to be texted for"
    )
    evidence = EncryptedTextField(null=True, help_text="Where the signed form is, or who heard it said")
    wording_version = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    phone_hash = models.CharField(max_length=32, help_text="The number it was given for")
    given_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at__isnull=True), name="consent_one_active_a_patient"
            ),
            models.CheckConstraint(condition=Q(method__in=["written", "web", "verbal"]), name="consent_method_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="consent_ended_by_somebody",
            ),
        ]
