"""Tables of the room: clinics, staff, tokens, the audit log and the heartbeat of the sweeps."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from clinics.core.roles import Role
from clinics.core.roster import Place, Span
from clinics.core.settings import LEAST_MONTHS
from privacy.fields import EncryptedTextField
from privacy.ids import new_id

WEEKDAY = ["09:00", "20:00"]
SUNDAY = ["12:00", "20:00"]


def default_send_window() -> list[list[str] | None]:
    """Routine texts leave 09:00-20:00 Monday to Saturday and 12:00-20:00 on Sunday (clinical content, T-01)."""
    return [*[WEEKDAY] * 6, SUNDAY]


class Clinic(models.Model):
    """A clinic: everything a patient, a text or a survey belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=120, help_text="For staff")
    short_name = models.CharField(max_length=40, help_text="As patients' texts call it: neutral, no treatment (T-06)")
    phone = models.CharField(max_length=20, help_text="The desk's number, as texts give it")
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=8, default="en")
    country = models.CharField(max_length=2, default="US")
    send_window = models.JSONField(
        default=default_send_window, help_text='Seven entries, Monday first: ["09:00", "20:00"] local time, or null'
    )
    sender = models.CharField(max_length=40, blank=True, help_text="Number or messaging service; blank: the default")
    provider_account = models.CharField(max_length=40, blank=True)
    provider_secret = EncryptedTextField(null=True)
    is_demo = models.BooleanField(default=False)
    texts_kept_months = models.PositiveSmallIntegerField(
        null=True, help_text="Whole months after which texts are deleted; null: never. Answers are always kept"
    )
    legal_hold = models.BooleanField(default=False, help_text="Nothing is deleted while it stands (H-10)")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender"], condition=~Q(sender=""), name="clinic_sender_is_its_own"),
            models.CheckConstraint(
                condition=Q(texts_kept_months__isnull=True) | Q(texts_kept_months__gte=LEAST_MONTHS),
                name="clinic_keeps_texts_a_while",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class UserManager(BaseUserManager["User"]):
    """Staff are created through `clinics.operations`; Django needs only the look-up by e-mail."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff: one clinic, one role. `is_superuser` runs the installation and sees no clinical data by it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="staff")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    phone = EncryptedTextField(null=True, help_text="Mobile number that alerts go to; null: cannot be on call")
    role = models.CharField(max_length=12, choices=[(role.value, role.value.title()) for role in Role])
    is_director = models.BooleanField(
        default=False, help_text="Called out to every emergency, and last in line for what is urgent"
    )
    is_fallback = models.BooleanField(default=False, help_text="Called out when nobody else can be reached")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_staff(self) -> bool:
        """Django's admin is for those who run the installation."""
        return self.is_superuser


class Shift(models.Model):
    """A stretch of time for which a member of staff is on call. Two at once are welcome: a first and a second."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="shifts")
    place = models.CharField(max_length=6, choices=[(place.value, place.value.title()) for place in Place])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Not included")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, help_text="Set when it was taken off the roster; it can be put back")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "place", "starts_at", "ends_at"],
                condition=Q(removed_at__isnull=True),
                name="shift_once",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(place__in=[place.value for place in Place]), name="shift_place_known"),
        ]
        indexes = [
            # The roster, and who is on call at a moment.
            models.Index(
                fields=["clinic", "ends_at", "starts_at"], condition=Q(removed_at__isnull=True), name="shift_on_call"
            ),
            models.Index(fields=["clinic", "-created_at", "-id"], name="shift_list"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def span(self) -> Span:
        """The time of the shift."""
        return Span(self.starts_at, self.ends_at)


class ApiToken(models.Model):
    """A machine's way in, with the rights of the member of staff it belongs to, or fewer. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="Permissions granted; empty: all that the role has")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class IdempotentRequest(models.Model):
    """A POST that carried an Idempotency-Key, and the answer it got: written in one transaction with its work."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField()
    body = EncryptedTextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]


class AuditEvent(models.Model):
    """Who did or saw what. Append-only by trigger; `sealed` rows form a hash chain per clinic. No personal text."""

    id = models.BigAutoField(primary_key=True)
    clinic_id = models.UUIDField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    action = models.CharField(
        max_length=60, help_text="read, list, create, update, refuse ... and what, like patient.read"
    )
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64, blank=True)
    patient_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    position = models.BigIntegerField(null=True, help_text="Place in the clinic's chain, from 1; null until sealed")
    hash = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "position"], name="audit_chain_has_one_order"),
            models.CheckConstraint(
                condition=Q(position__isnull=True, hash__isnull=True) | Q(position__isnull=False, hash__isnull=False),
                name="audit_sealed_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic_id", "-at", "-id"], name="audit_by_clinic"),
            models.Index(fields=["clinic_id", "patient_id", "-at"], name="audit_by_patient"),
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="audit_to_seal"),
        ]

    def sealed_content(self) -> dict[str, Any]:
        """What the row's hash covers: everything but the hash and the position themselves."""
        return {
            "id": self.id,
            "clinic": str(self.clinic_id),
            "at": self.at.isoformat(),
            "actor": [self.actor_kind, self.actor_id],
            "action": self.action,
            "object": [self.object_type, self.object_id],
            "patient": str(self.patient_id or ""),
            "detail": self.detail,
            "ip": str(self.ip or ""),
            "request": self.request_id,
        }


class SweepHeartbeat(models.Model):
    """When each sweep last finished a round: what `/readyz` and the alerts look at."""

    name = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField()
