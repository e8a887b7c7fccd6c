"""One review item: read it, claim it, hand it on, sign it off, take that back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.core.lifecycle import ReviewStatus
from followup.operations import review as operations
from followup.operations.errors import Refused
from followup.queries.reviews import ReviewFile, review_file
from followup.web.access import page
from followup.web.answers import shown_answers
from followup.web.forms.review import SERIOUS, RevisionForm, SignOffForm
from followup.web.requests import StaffRequest

LEVELS = ("emergency", "urgent", "watch", "info")


@page(Permission.SEE_ANSWERS, "review.read")
def review(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Everything about the item on one page, with what can be done about it."""
    return _show(request, _file(request, review_id))


def _file(request: StaffRequest, review_id: UUID) -> ReviewFile:
    file = review_file(request.user.clinic, review_id)
    if file is None:
        raise Http404
    return file


def _show(request: StaffRequest, file: ReviewFile, form: SignOffForm | None = None, status: int = 200) -> HttpResponse:
    item = file.item
    is_closed = item.status == ReviewStatus.CLOSED
    undo_until = item.closed_at + operations.UNDO_WITHIN if item.closed_at else None
    context = {
        "now": timezone.now(),
        "item": item,
        "level": LEVELS[item.rank],
        "signals": file.signals,
        "called": file.called,
        "answers": shown_answers(file.answers, item.follow_up and item.follow_up.survey_version_id),
        "texts": file.texts,
        "form": form or SignOffForm(rank=item.rank, initial={"revision": item.revision}),
        "is_closed": is_closed,
        "is_serious": item.rank <= SERIOUS,
        "is_overdue": not is_closed and item.due_by < timezone.now(),
        "undo_until": undo_until if undo_until and undo_until > timezone.now() else None,
    }
    return render(request, "followup/review.html", context, status=status)


def _action(operation: Callable[..., Any], done: str) -> Callable[..., HttpResponse]:
    """A door to an operation that needs nothing but the revision."""

    @require_POST
    @page(Permission.REVIEW)
    def act(request: StaffRequest, review_id: UUID) -> HttpResponse:
        file = _file(request, review_id)
        form = RevisionForm(request.POST)
        if not form.is_valid():
            raise Http404
        try:
            operation(
                item=file.item,
                by_user=request.user,
                revision=form.cleaned_data["revision"],
                now=timezone.now(),
                by=request.actor,
            )
            messages.success(request, done)
        except Refused as refused:
            messages.error(request, " ".join(refused.problems.values()))
        return redirect("review", review_id=review_id)

    return act


claim = _action(operations.claim, "Claimed: colleagues see that you are on it.")
release = _action(operations.release, "Released: anybody can take it.")
escalate = _action(operations.escalate, "Handed on as urgent.")
reopen = _action(operations.reopen, "The sign-off is taken back.")


@require_POST
@page(Permission.REVIEW)
def close(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Sign off; what is missing is said beside the form, and nothing typed is lost."""
    file = _file(request, review_id)
    form = SignOffForm(request.POST, rank=file.item.rank)
    if not form.is_valid():
        return _show(request, file, form, 422)
    try:
        operations.close(
            item=file.item,
            by_user=request.user,
            outcome=form.cleaned_data["outcome"],
            note=form.cleaned_data["note"],
            revision=form.cleaned_data["revision"],
            now=timezone.now(),
            by=request.actor,
        )
    except operations.StaleReview as stale:
        return _show(request, file, _with_fresh_revision(request, file, stale), 409)
    except Refused as refused:
        form.take_problems(refused.problems)
        return _show(request, file, form, 422)
    messages.success(request, "Signed off. You can take it back for ten minutes.")
    return redirect("review", review_id=review_id)


def _with_fresh_revision(request: StaffRequest, file: ReviewFile, stale: Refused) -> SignOffForm:
    """The form as it was typed, ready to be sent again by somebody who has now seen the item as it stands."""
    typed = request.POST.copy()
    typed["revision"] = str(file.item.revision)
    form = SignOffForm(typed, rank=file.item.rank)
    form.take_problems({"": stale.problems["revision"]})
    return form
