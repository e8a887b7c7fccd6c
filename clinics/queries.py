"""Reads of the room. Lists are scoped to one clinic; only the audit check and the token look-up are not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from clinics.core.chain import GENESIS, link
from clinics.core.roles import Permission, allows
from clinics.core.roster import ACTING_ROLES, AHEAD, Span, covered
from clinics.models import ApiToken, AuditEvent, Clinic, Shift, SweepHeartbeat, User
from privacy.tokens import token_digest


def no_clinic() -> Clinic:
    """A clinic that is not in the database and has no rows, for tools that need only the shape of a query."""
    return Clinic()


def clinics() -> QuerySet[Clinic]:
    """Every clinic of the installation, by key."""
    return Clinic.objects.order_by("key")


def clinic_by_key(key: str) -> Clinic | None:
    """The clinic that `key` names."""
    return Clinic.objects.filter(key=key).first()


def staff_by_email(email: str) -> User | None:
    """The member of staff who signs in with `email`, in any clinic."""
    return User.objects.select_related("clinic").filter(email__iexact=email.strip()).first()


def staff(clinic: Clinic) -> QuerySet[User]:
    """Everybody who works or worked for `clinic`."""
    return User.objects.filter(clinic=clinic)


def shifts(clinic: Clinic) -> QuerySet[Shift]:
    """The roster of `clinic`, past and coming, with who is on call; without what was taken off it."""
    return Shift.objects.filter(clinic=clinic, removed_at=None).select_related("person")


def removed_shifts(clinic: Clinic) -> QuerySet[Shift]:
    """What was taken off the roster of `clinic`."""
    return Shift.objects.filter(clinic=clinic, removed_at__isnull=False).select_related("person")


def can_be_on_call(clinic: Clinic) -> QuerySet[User]:
    """Who may be put on the roster, by name."""
    able = staff(clinic).filter(is_active=True, role__in=ACTING_ROLES, phone__isnull=False)
    return able.order_by("name", "id")


def on_call(clinic_id: UUID, *, now: datetime) -> list[Shift]:
    """Who is on call at `now` and can act: the first before the second, who began earlier before who began later."""
    current = _acting().filter(clinic_id=clinic_id, starts_at__lte=now, ends_at__gt=now)
    return list(current.select_related("person").order_by("place", "starts_at", "id"))


def called_always(clinic_id: UUID, duty: str) -> list[User]:
    """Who is called out whatever the roster says: the `director`, or the `fallback` list. By name."""
    people = User.objects.filter(clinic_id=clinic_id, is_active=True, **{f"is_{duty}": True})
    return list(people.order_by("name", "id"))


def rostered(clinic_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """The clinics in which somebody who can act is on call from `now` for AHEAD without a gap. One query."""
    spans: dict[UUID, list[Span]] = {}
    until = now + AHEAD
    near = _acting().filter(clinic_id__in=clinic_ids, starts_at__lt=until, ends_at__gt=now)
    for shift in near:
        spans.setdefault(shift.clinic_id, []).append(shift.span)
    return {clinic_id for clinic_id, found in spans.items() if covered(found, now, until)}


def _acting() -> QuerySet[Shift]:
    """Shifts of people who can still do something about an alert."""
    return Shift.objects.filter(
        removed_at=None, person__is_active=True, person__role__in=ACTING_ROLES, person__phone__isnull=False
    )


def tokens(clinic: Clinic) -> QuerySet[ApiToken]:
    """Every token of `clinic`, live or not, with its holder."""
    return ApiToken.objects.filter(user__clinic=clinic).select_related("user")


def audit_events(clinic: Clinic) -> QuerySet[AuditEvent]:
    """The audit log of `clinic`."""
    return AuditEvent.objects.filter(clinic_id=clinic.pk)


def heartbeats() -> dict[str, datetime]:
    """When each sweep last finished a round, by the name it has in the timetable."""
    return dict(SweepHeartbeat.objects.values_list("name", "at"))


def live_token(plaintext: str, *, now: datetime) -> ApiToken | None:
    """The token that `plaintext` is, with its holder and clinic, if it may be used at `now`."""
    usable = ApiToken.objects.filter(
        digest=token_digest(plaintext), revoked_at=None, expires_at__gt=now, user__is_active=True
    )
    return usable.select_related("user__clinic").first()


def permissions_of(user: User, token: ApiToken | None = None) -> frozenset[Permission]:
    """What `user` may do, by role; through a token with scopes, only those of them that the role still has."""
    held = frozenset(permission for permission in Permission if user.is_active and allows(user.role, permission))
    return held & frozenset(token.scopes) if token is not None and token.scopes else held


def verify_chain(clinic_id: UUID) -> int | None:
    """The position of the first row of the clinic's audit chain that was edited, lost or moved; None: it is whole."""
    previous = GENESIS
    sealed = AuditEvent.objects.filter(clinic_id=clinic_id, position__isnull=False).order_by("position")
    for expected, event in enumerate(sealed.iterator(chunk_size=2000), start=1):
        if event.position != expected or event.hash != link(previous, expected, event.sealed_content()):
            return expected
        previous = event.hash
    return None
