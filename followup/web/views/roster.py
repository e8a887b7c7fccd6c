"""The on-call roster: who is alerted when, for admins to keep and for clinicians to read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics import operations, queries
from clinics.core.roles import Permission
from clinics.operations.errors import InvalidInput
from followup.web.access import may, page
from followup.web.forms.roster import ShiftForm
from followup.web.requests import StaffRequest

SHOWN_AHEAD = timedelta(weeks=4)
"""How far the page looks at first; whoever wants the rest asks for it."""


@page(Permission.REVIEW, "shift.list")
def roster(request: StaffRequest) -> HttpResponse:
    """Who is on call now and later."""
    return _show(request, ShiftForm(people=_people(request)))


def _people(request: StaffRequest) -> list[Any]:
    return list(queries.can_be_on_call(request.user.clinic))


def _show(request: StaffRequest, form: ShiftForm, status: int = 200) -> HttpResponse:
    clinic, now = request.user.clinic, timezone.now()
    coming = queries.shifts(clinic).filter(ends_at__gt=now).order_by("starts_at", "place", "id")
    near = coming if "all" in request.GET else coming.filter(starts_at__lt=now + SHOWN_AHEAD)
    context = {
        "section": "staff" if may(request, Permission.MANAGE_STAFF) else "home",
        "form": form,
        "shifts": near,
        "later": coming.count() - near.count(),
        "on_call": queries.on_call(clinic.pk, now=now),
        "is_covered": clinic.pk in queries.rostered([clinic.pk], now=now),
        "removed": _removed(request),
        "now": now,
    }
    return render(request, "followup/roster.html", context, status=status)


def _removed(request: StaffRequest) -> Any:
    """The shift that was just taken off, to be put back with one click."""
    try:
        shift_id = UUID(request.GET["removed"])
    except (KeyError, ValueError):
        return None
    return queries.removed_shifts(request.user.clinic).filter(pk=shift_id).first()


@require_POST
@page(Permission.MANAGE_STAFF)
def add_shift(request: StaffRequest) -> HttpResponse:
    """Put somebody on call, once or weekly."""
    form = ShiftForm(request.POST, people=_people(request))
    if form.is_valid():
        person = queries.staff(request.user.clinic).get(pk=form.cleaned_data.pop("person"))
        try:
            added = operations.add_shifts(person=person, by=request.actor, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _said(len(added)))
            return redirect("staff-roster")
        except InvalidInput as invalid:
            form.take_problems(invalid.problems)
    return _show(request, form, 422)


def _said(added: int) -> str:
    if not added:
        return "This is on the roster already."
    return "Added." if added == 1 else f"Added {added} shifts."


@require_POST
@page(Permission.MANAGE_STAFF)
def remove_shift(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    """Take a shift off; the page that follows offers to put it back."""
    shift = queries.shifts(request.user.clinic).filter(pk=shift_id).first()
    if shift is not None:
        operations.remove_shift(shift=shift, by=request.actor, now=timezone.now())
    elif not queries.removed_shifts(request.user.clinic).filter(pk=shift_id).exists():
        raise Http404
    return redirect(f"{reverse('staff-roster')}?removed={shift_id}")


@require_POST
@page(Permission.MANAGE_STAFF)
def restore_shift(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    """Put a shift back that was taken off."""
    shift = queries.removed_shifts(request.user.clinic).filter(pk=shift_id).first()
    if shift is None and not queries.shifts(request.user.clinic).filter(pk=shift_id).exists():
        raise Http404
    try:
        if shift is not None:
            operations.restore_shift(shift=shift, by=request.actor, now=timezone.now())
        messages.success(request, "It is back on the roster.")
    except InvalidInput as invalid:
        messages.error(request, " ".join(invalid.problems.values()))
    return redirect("staff-roster")
