"""Sign-in by allauth, bent to our rules: nobody signs up, secrets are sealed, and every sign-in is on record."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.utils import timezone

from clinics import audit
from clinics.middleware import actor_of
from clinics.queries import staff_by_email
from followup.web.requests import StaffRequest
from followup.web.sessions import BEGAN, needs_second_factor
from privacy.sealing import seal, unseal

PLACE = "mfa.secret"
FRESH = timedelta(minutes=5)


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Staff are added by an admin and sign in with their e-mail address."""

    def is_open_for_signup(self, request: StaffRequest) -> bool:
        return False

    def post_login(self, request: StaffRequest, user: Any, **kwargs: Any) -> HttpResponse:
        _record(request, user, "session.begin")
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def authentication_failed(self, request: StaffRequest, **credentials: Any) -> None:
        user = staff_by_email(credentials.get("email") or "")
        if user is not None:
            _record(request, user, "session.refuse")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in for the first time sets up the second factor without typing the password again."""
        session, user = context.request.session, context.request.user
        has_just_come = timezone.now().timestamp() - session.get(BEGAN, 0) < FRESH.total_seconds()
        if app == "allauth.mfa" and has_just_come and not is_mfa_enabled(user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Check the password again; allauth would look for the address in a table of its own, which we do not keep."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk


class StaffSecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: sealed at rest, and not to be dropped by those who need one."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), PLACE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not needs_second_factor(authenticator.user)


def _record(request: StaffRequest, user: Any, action: str) -> None:
    audit.record(
        clinic_id=user.clinic_id,
        by=actor_of(request, user),
        action=action,
        object_type="session",
        now=timezone.now(),
    )
