"""Links to the web form, and the guesses at them."""

from __future__ import annotations

from django.db import models

from privacy.ids import new_id


class FormLink(models.Model):
    """A one-time link to the web form of one follow-up. Of its token only the digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    follow_up = models.ForeignKey("followup.FollowUp", models.PROTECT, related_name="links")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    reason = models.CharField(max_length=8, help_text="question, reminder, offer, asked or staff")
    wrong_guesses = models.PositiveSmallIntegerField(default=0)
    safety_texts = models.JSONField(default=list, help_text="Ids of safety texts that the form goes on showing")
    created_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True, help_text="When the patient was let in first")
    used_at = models.DateTimeField(null=True, help_text="When the survey ended on the form")
    blocked_at = models.DateTimeField(null=True, help_text="Too many wrong guesses")
    voided_at = models.DateTimeField(null=True, help_text="Staff sent a new one in its place")

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)


class FormGuess(models.Model):
    """How often one address has guessed wrong in one hour; kept for a day."""

    id = models.BigAutoField(primary_key=True)
    address_hash = models.CharField(max_length=32)
    hour = models.DateTimeField(help_text="The full hour")
    guesses = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address_hash", "hour"], name="form_guess_once_an_hour")]
