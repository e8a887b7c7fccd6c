"""API tokens: made, shown once, used, revoked. Only their digest is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from clinics import audit
from clinics.core.actor import Actor
from clinics.core.roles import Permission, allows
from clinics.models import ApiToken, User
from clinics.operations.errors import InvalidInput, found
from privacy.tokens import new_token, token_digest

PREFIX = "fup_"
LONGEST = timedelta(days=366)
LIFETIME = timedelta(days=90)
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class InvalidToken(InvalidInput):
    """Such a token cannot be made."""


@transaction.atomic
def create_token(
    *, user: User, scopes: Sequence[str] = (), lifetime: timedelta = LIFETIME, by: Actor, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token with `user`'s rights, or only those in `scopes`; `lifetime` is above 0 and at most 366 days.

    Returns the row and the token itself, which cannot be read again later. Raises InvalidToken with every problem.
    """
    problems = found({"scopes": _scope_problem(scopes, user), "lifetime": _lifetime_problem(lifetime)})
    if not user.is_active:
        problems["staff"] = "This member of staff is deactivated."
    if problems:
        raise InvalidToken(problems)
    plaintext = new_token(PREFIX)
    token = ApiToken.objects.create(
        user=user,
        digest=token_digest(plaintext),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + lifetime,
    )
    _record(token, user, "token.create", by, now)
    return token, plaintext


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, now: datetime) -> None:
    """End a token at once; revoking it again changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        _record(token, token.user, "token.revoke", by, now)


def touch_token(*, token: ApiToken, now: datetime) -> None:
    """Note that the token is in use, at most once a minute: a busy client must not write a row each request."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_IS_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at <= now - USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _scope_problem(scopes: Sequence[str], user: User) -> str | None:
    unknown = sorted(set(scopes) - set(Permission))
    if unknown:
        return f"Choose from {', '.join(Permission)}."
    beyond = [scope for scope in scopes if not allows(user.role, Permission(scope))]
    return f"The role {user.role} does not have {', '.join(sorted(beyond))}." if beyond else None


def _lifetime_problem(lifetime: timedelta) -> str | None:
    if timedelta(0) < lifetime <= LONGEST:
        return None
    return f"Choose a lifetime above 0 and at most {LONGEST.days} days."


def _record(token: ApiToken, user: User, action: str, by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=user.clinic_id,
        by=by,
        action=action,
        object_type="token",
        object_id=token.pk,
        detail={"staff": str(user.pk), "scopes": token.scopes},
        now=now,
    )
