"""Staff of the clinic: added, changed, deactivated; their tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics import operations, queries
from clinics.core.roles import Permission
from clinics.operations.errors import InvalidInput
from followup.web.access import page, record
from followup.web.forms.staff import AddStaffForm, ChangeStaffForm, PasswordForm, TokenForm
from followup.web.requests import StaffRequest


@page(Permission.MANAGE_STAFF, "staff.list")
def staff(request: StaffRequest) -> HttpResponse:
    """Everybody who works or worked here."""
    people = queries.staff(request.user.clinic).order_by("-is_active", "name")
    secured = set(
        Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__in=people).values_list("user_id", flat=True)
    )
    return render(request, "followup/staff.html", {"people": [(person, person.pk in secured) for person in people]})


@page(Permission.MANAGE_STAFF)
def add_staff(request: StaffRequest) -> HttpResponse:
    """A new member of staff."""
    form = AddStaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.create_staff(
                clinic=request.user.clinic, by=request.actor, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "Added. They can sign in now.")
            return redirect("staff")
        except InvalidInput as invalid:
            form.take_problems(invalid.problems)
    return render(request, "followup/staff_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _own_member(request: StaffRequest, staff_id: UUID) -> Any:
    person = queries.staff(request.user.clinic).filter(pk=staff_id).first()
    if person is None:
        raise Http404
    return person


@page(Permission.MANAGE_STAFF, "staff.read")
def member(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """One member of staff: name, role, access, tokens."""
    person = _own_member(request, staff_id)
    form = ChangeStaffForm(request.POST or None, initial=_initial(person))
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_staff(user=person, by=request.actor, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "The changes are saved.")
            return redirect("staff")
        except InvalidInput as invalid:
            form.take_problems(invalid.problems)
    return _show(request, person, form=form, status=422 if form.is_bound else 200)


def _initial(person: Any) -> dict[str, Any]:
    phone = person.phone.reveal() if person.phone else ""
    own = {name: getattr(person, name) for name in ("name", "role", "is_director", "is_fallback", "is_active")}
    return own | {"phone": phone}


def _show(request: StaffRequest, person: Any, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "person": person,
        "form": ChangeStaffForm(initial=_initial(person)),
        "password_form": PasswordForm(),
        "token_form": TokenForm(held=queries.permissions_of(person)),
        "tokens": queries.tokens(request.user.clinic).filter(user=person).order_by("-created_at"),
        "now": timezone.now(),
        "has_second_factor": Authenticator.objects.filter(user=person).exists(),
    }
    return render(request, "followup/staff_member.html", context | forms, status=status)


@require_POST
@page(Permission.MANAGE_STAFF)
def set_password(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """A new password for somebody who lost theirs."""
    person = _own_member(request, staff_id)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            operations.set_password(user=person, by=request.actor, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "The new password is set; open sessions of the old one have ended.")
            return redirect("staff-member", staff_id=staff_id)
        except InvalidInput as invalid:
            form.take_problems(invalid.problems)
    return _show(request, person, password_form=form, status=422)


@require_POST
@page(Permission.MANAGE_STAFF)
def forget_second_factor(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """For somebody who lost their phone: they set up a new second factor when they next sign in."""
    person = _own_member(request, staff_id)
    Authenticator.objects.filter(user=person).delete()
    record(request, "staff.second_factor_reset", {"staff_id": staff_id})
    messages.success(request, "The second factor is taken away; a new one is set up at the next sign-in.")
    return redirect("staff-member", staff_id=staff_id)


@require_POST
@page(Permission.MANAGE_STAFF)
def make_token(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """A token; it is shown on this answer and never again."""
    person = _own_member(request, staff_id)
    form = TokenForm(request.POST, held=queries.permissions_of(person))
    if form.is_valid():
        try:
            _, plaintext = operations.create_token(
                user=person,
                scopes=form.cleaned_data["scopes"],
                lifetime=timedelta(days=form.cleaned_data["lifetime"]),
                by=request.actor,
                now=timezone.now(),
            )
            return _show(request, person, plaintext=plaintext)
        except InvalidInput as invalid:
            form.take_problems(invalid.problems)
    return _show(request, person, token_form=form, status=422)


@require_POST
@page(Permission.MANAGE_STAFF)
def revoke_token(request: StaffRequest, staff_id: UUID, token_id: UUID) -> HttpResponse:
    """End a token at once."""
    token = queries.tokens(request.user.clinic).filter(user_id=staff_id, pk=token_id).first()
    if token is None:
        raise Http404
    operations.revoke_token(token=token, by=request.actor, now=timezone.now())
    messages.success(request, "The token is revoked.")
    return redirect("staff-member", staff_id=staff_id)
