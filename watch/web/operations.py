"""The operations page: open alerts first, then what is stuck and why, kept fresh while it is looked at."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.web.access import page
from followup.web.requests import StaffRequest
from watch import operations as do
from watch import queries
from watch.web.words import words_of

REFRESH_SECONDS = 5


@page(Permission.OPERATE, "operations.read")
def operations(request: StaffRequest) -> HttpResponse:
    """The page, with everything as it stands."""
    return render(request, "watch/operations.html", _standing(request))


@page(Permission.OPERATE, "operations.read", is_poll=True)
def operations_rows(request: StaffRequest) -> HttpResponse:
    """Everything again, or 204 when it stands as it was shown."""
    context = _standing(request)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "watch/parts/standing.html", context)


def _standing(request: StaffRequest) -> dict[str, Any]:
    clinic, now = request.user.clinic, timezone.now()
    open_rows = queries.open_alerts(clinic.pk)
    problems = queries.untold(open_rows)
    context: dict[str, Any] = {
        "alerts": [(alert, words_of(alert), problems.get(alert.pk, "")) for alert in open_rows],
        "ended": [(alert, words_of(alert)) for alert in queries.ended_alerts(clinic.pk, now=now)[:10]],
        "may_quieten_all": request.user.is_superuser,
        "refresh_seconds": REFRESH_SECONDS,
    }
    return context | {"mark": _mark(context), "refreshed_at": now}


def _mark(context: dict[str, Any]) -> str:
    """Changes with anything that the page shows."""
    shown = [(alert.pk, alert.count, alert.acknowledged_at, problem) for alert, _, problem in context["alerts"]]
    return hashlib.sha256(repr([shown, [alert.pk for alert, _ in context["ended"]]]).encode()).hexdigest()[:32]


@require_POST
@page(Permission.OPERATE)
def acknowledge(request: StaffRequest, alert_id: UUID) -> HttpResponse:
    """Say that somebody is on it."""
    done = do.acknowledge(alert_id=alert_id, by_user=request.user, by=request.actor, now=timezone.now())
    if done:
        messages.success(request, "Noted: nobody is reminded of it any more. Its end is still told.")
    else:
        messages.info(request, "Nothing to note: somebody is on it already, or it is over.")
    return redirect("operations")
