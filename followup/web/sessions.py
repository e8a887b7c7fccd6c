"""How long a sign-in lasts, and what it needs before clinical data are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from clinics.core.roles import Permission, allows
from followup.web.access import to_sign_in
from followup.web.requests import StaffRequest

IDLE = timedelta(minutes=15)
"""Without a request by a person the sign-in ends (ASVS 5.0, V7.3)."""
ABSOLUTE = timedelta(hours=12)
"""A sign-in never lasts longer than a working day, however busy."""
BEGAN, ACTIVE, SECOND_FACTOR = "began_at", "active_at", "second_factor"
FREE_OF_SECOND_FACTOR = ("/accounts/", "/static/")


class SessionLimits:
    """Ends sign-ins that are too old or idle; requests that a page makes by itself do not keep one alive."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: StaffRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: StaffRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        now = int(timezone.now().timestamp())
        is_over = _is_over(request, now)
        if is_over:
            logout(request)
            return None if request.path.startswith("/api/") else to_sign_in(request)
        if not getattr(view, "is_poll", False):
            request.session.setdefault(BEGAN, now)
            request.session[ACTIVE] = now
        return _second_factor_first(request)


def _is_over(request: StaffRequest, now: int) -> bool:
    began, active = request.session.get(BEGAN, now), request.session.get(ACTIVE, now)
    return bool(now - began >= ABSOLUTE.total_seconds() or now - active >= IDLE.total_seconds())


def _second_factor_first(request: StaffRequest) -> HttpResponse | None:
    """Who may see patients sets up a second factor before anything else; demo clinics hold nobody's data."""
    if request.session.get(SECOND_FACTOR) or not needs_second_factor(request.user):
        return None
    if is_mfa_enabled(request.user):
        request.session[SECOND_FACTOR] = True
        return None
    if request.path.startswith(FREE_OF_SECOND_FACTOR):
        return None
    if request.path.startswith("/api/"):
        logout(request)
        return None
    return redirect("mfa_activate_totp")


def needs_second_factor(user: Any) -> bool:
    """Whether `user` can see patients' data."""
    return not user.clinic.is_demo and allows(user.role, Permission.SEE_PATIENTS)


def keep_alive(request: StaffRequest) -> HttpResponse:
    """A person said that they are still there; the middleware has noted it."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)
