"""Staff: members are added, change their role, and leave by being deactivated; nobody is deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from clinics.core.roles import Role
from clinics.core.roster import ACTING_ROLES
from clinics.core.settings import name_problem
from clinics.models import ApiToken, Clinic, User
from clinics.operations.errors import InvalidInput, found
from privacy.phones import NotTextable, parse_mobile

CHANGEABLE = frozenset({"name", "role", "is_active", "phone", "is_director", "is_fallback"})


class InvalidStaff(InvalidInput):
    """The member of staff cannot be kept like this."""


@transaction.atomic
def create_staff(
    *, clinic: Clinic, email: str, name: str, role: str, password: str, phone: str = "", by: Actor, now: datetime
) -> User:
    """Add a member of staff, who signs in with the e-mail and `password`. Raises InvalidStaff with every problem.

    `phone` is the mobile number in E.164 that alerts go to; blank for those who are never on call.
    """
    user = User(clinic=clinic, email=email.strip().lower(), name=name.strip(), role=role, created_at=now)
    user.phone = phone.strip() or None
    problems = found(
        {
            "email": _email_problem(user.email),
            "name": name_problem(user.name, 120),
            "role": _role_problem(role),
            "phone": _phone_problem(user),
            "password": _password_problem(password, user),
        }
    )
    if problems:
        raise InvalidStaff(problems)
    user.set_password(password)
    user.save(force_insert=True)
    _record(user, "staff.create", {"role": role}, by, now)
    return user


@transaction.atomic
def change_staff(*, user: User, by: Actor, now: datetime, **changes: Any) -> User:
    """Change name, role, phone or `is_active`. Who is deactivated loses every token, for good.

    A blank `phone` takes the number away; who is on the roster keeps one.

    Raises InvalidStaff with every problem, also when the clinic would be left without an active admin.
    """
    unknown = dict.fromkeys(changes.keys() - CHANGEABLE, "This cannot be changed.")
    if unknown:
        raise InvalidStaff(unknown)
    Clinic.objects.select_for_update().get(pk=user.clinic_id)  # two admins demoting each other wait in turn
    user = User.objects.get(pk=user.pk)
    before = {field: getattr(user, field) for field in CHANGEABLE}
    for field, value in changes.items():
        setattr(user, field, value.strip() or None if field == "phone" else value)
    changed = sorted(field for field in changes if before[field] != getattr(user, field))
    problems = found(
        {
            "name": name_problem(user.name, 120),
            "role": _role_problem(user.role) or _last_admin(user),
            "phone": _phone_problem(user) or _needed_phone(user, now),
            "is_director": _duty_problem(user),
        }
    )
    if problems:
        raise InvalidStaff(problems)
    if changed:
        user.save(update_fields=changed)
        _record(user, "staff.update", {"fields": changed}, by, now)
    if not user.is_active:
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor, now: datetime) -> None:
    """Give a new password; open sessions of the old one end. Raises InvalidStaff when it is too weak."""
    problems = found({"password": _password_problem(password, user)})
    if problems:
        raise InvalidStaff(problems)
    user.set_password(password)
    user.save(update_fields=["password"])
    _record(user, "staff.update", {"fields": ["password"]}, by, now)


def _email_problem(email: str) -> str | None:
    try:
        validate_email(email)
    except ValidationError:
        return "Write the address like name@clinic.example."
    if len(email) > 254:
        return "Use at most 254 characters."
    return "Somebody has this address already." if User.objects.filter(email__iexact=email).exists() else None


def _phone_problem(user: User) -> str | None:
    if user.phone is None:
        return None
    try:
        parse_mobile(user.phone.reveal())
    except NotTextable as error:
        return str(error)
    return None


def _duty_problem(user: User) -> str | None:
    """Whoever is called out must be able to claim what they are called to."""
    if (user.is_director or user.is_fallback) and user.is_active and user.role not in ACTING_ROLES:
        return f"Only {' and '.join(ACTING_ROLES)} can be called out: others may not sign off what comes."
    return None


def _needed_phone(user: User, now: datetime) -> str | None:
    if user.phone is not None or not user.is_active:
        return None
    if user.is_director or user.is_fallback:
        return "Give a number: whoever is called out needs one."
    coming = user.shifts.filter(removed_at=None, ends_at__gt=now)
    return "They are on the roster: take their shifts off it first." if coming.exists() else None


def _role_problem(role: str) -> str | None:
    return None if role in set(Role) else f"Choose one of {', '.join(Role)}."


def _password_problem(password: str, user: User) -> str | None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return None


def _last_admin(user: User) -> str | None:
    if user.is_active and user.role == Role.ADMIN:
        return None
    others = User.objects.filter(clinic=user.clinic_id, role=Role.ADMIN, is_active=True).exclude(pk=user.pk)
    if others.exists() or not User.objects.filter(pk=user.pk, role=Role.ADMIN, is_active=True).exists():
        return None
    return "The clinic needs one active admin: make somebody else admin first."


def _record(user: User, action: str, detail: dict[str, Any], by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=user.clinic_id, by=by, action=action, object_type="staff", object_id=user.pk, detail=detail, now=now
    )
