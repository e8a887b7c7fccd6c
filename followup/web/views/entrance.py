"""The address `/`: sign-in for strangers, the first page that their role has for staff."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from clinics.core.roles import Permission
from followup.web.access import may
from followup.web.requests import StaffRequest
from followup.web.views.worklist import worklist

_login: Callable[..., HttpResponse] = LoginView.as_view(extra_context={"idle_minutes": 15})


def home(request: StaffRequest) -> HttpResponse:
    """Sign in, or go on to what one works with."""
    if not request.user.is_authenticated:
        return _login(request)
    if may(request, Permission.SEE_ANSWERS):
        return worklist(request)
    return redirect("patients" if may(request, Permission.SEE_PATIENTS) else "plans")


def sign_in(request: StaffRequest) -> HttpResponse:
    """Allauth's own address of the sign-in."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _login(request)
