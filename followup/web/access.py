"""Who may open a page, what the audit log says about it, and in whose zone its times are written."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from clinics import audit
from clinics.core.roles import Permission, allows
from followup.web.requests import StaffRequest

View = Callable[..., HttpResponse]
REFUSED = (Http404, PermissionDenied)


def page(permission: Permission, reads: str = "", *, is_poll: bool = False) -> Callable[[View], View]:
    """Let only staff with `permission` in, and write one audit row for what they saw or were refused.

    `reads` is the audit action of a GET that succeeds, like `patient.read`; blank for pages that show nobody's data.
    Changes are recorded by the operations. A poll does not count as a sign of life: see SessionLimits.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            with timezone.override(ZoneInfo(request.user.clinic.time_zone)):
                return _answer(view, request, kwargs, permission, reads)

        guarded.is_poll = is_poll  # type: ignore[attr-defined]  # read by SessionLimits
        return guarded

    return decorate


def _answer(
    view: View, request: StaffRequest, kwargs: dict[str, Any], permission: Permission, reads: str
) -> HttpResponse:
    try:
        if not may(request, permission):
            raise PermissionDenied
        response = view(request, **kwargs)
    except REFUSED as refusal:
        record(request, f"{reads.partition('.')[0] or 'page'}.refuse", kwargs, {"status": _status_of(refusal)})
        raise
    if reads and request.method == "GET" and response.status_code == 200:
        record(request, reads, kwargs)
    response["Cache-Control"] = "no-store"
    return response


def _status_of(refusal: Exception) -> int:
    return 404 if isinstance(refusal, Http404) else 403


def may(request: StaffRequest, permission: Permission) -> bool:
    """Whether the member of staff who asks has `permission`."""
    return allows(request.user.role, permission)


def record(request: StaffRequest, action: str, kwargs: dict[str, Any], detail: dict[str, Any] | None = None) -> None:
    """One row: who saw or was refused what; ids only."""
    patient_id = kwargs.get("patient_id")
    audit.record(
        clinic_id=request.user.clinic_id,
        by=request.actor,
        action=action,
        object_type=action.partition(".")[0],
        object_id=str(next(iter(kwargs.values()), ""))[:64],
        patient_id=patient_id if isinstance(patient_id, UUID) else None,
        detail=detail,
        now=timezone.now(),
    )


def to_sign_in(request: StaffRequest) -> HttpResponse:
    """Send to the sign-in page, and back here afterwards; a list that refreshes itself takes the whole page along."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = f"{reverse('home')}?ended"
        return response
    return redirect_to_login(request.get_full_path(), login_url=reverse("home"))


def simulated_only(view: View) -> View:
    """Answer as if there were no such page unless texts are simulated."""

    @wraps(view)
    def guarded(request: StaffRequest, **kwargs: Any) -> HttpResponse:
        if settings.GATEWAY != "simulated":
            raise Http404
        return view(request, **kwargs)

    return guarded
