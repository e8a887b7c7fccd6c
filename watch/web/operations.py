"""The operations page: open alerts first, then what is stuck and why, kept fresh while it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.web.access import page
from followup.web.forms.base import DeskForm
from followup.web.requests import StaffRequest
from messaging import operations as texts
from messaging import queries
from messaging.core.lifecycle import Outbound
from messaging.tasks import dispatch_outbox, nudge_inbound
from watch import operations as do
from watch.web.standing import standing, uncertain_text

REFRESH_SECONDS = 5
TOO_LATE = "Nothing to do any more: it has been dealt with meanwhile."


@page(Permission.OPERATE, "operations.read")
def operations(request: StaffRequest) -> HttpResponse:
    """The page, with everything as it stands."""
    return render(request, "watch/operations.html", _context(request))


@page(Permission.OPERATE, "operations.read", is_poll=True)
def operations_rows(request: StaffRequest) -> HttpResponse:
    """Everything again, or 204 when it stands as it was shown."""
    context = _context(request)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "watch/parts/standing.html", context)


def _context(request: StaffRequest) -> dict[str, Any]:
    now = timezone.now()
    shown = standing(request.user.clinic_id, everywhere=request.user.is_superuser, now=now)
    return {
        "standing": shown,
        "mark": shown.mark,
        "may_quieten_all": request.user.is_superuser,
        "refresh_seconds": REFRESH_SECONDS,
        "refreshed_at": now,
    }


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


def _text_action(operation: Callable[..., bool], done: str) -> Callable[..., HttpResponse]:
    """A door to something that is done with one text of the clinic."""

    @require_POST
    @page(Permission.OPERATE)
    def act(request: StaffRequest, message_id: UUID) -> HttpResponse:
        _require_own(request, message_id)
        clinic_id = request.user.clinic_id
        if operation(message_id=message_id, clinic_id=clinic_id, by=request.actor, now=timezone.now()):
            messages.success(request, done)
        else:
            messages.info(request, TOO_LATE)
        return redirect("operations")

    return act


def _sent_soon(**wish: Any) -> bool:
    """Retry, and let a worker know."""
    done = texts.retry(**wish)
    transaction.on_commit(dispatch_outbox.delay)
    return done


def _handled_soon(**wish: Any) -> bool:
    """Handle again, and let a worker know."""
    done = texts.handle_again(**wish)
    if done:
        transaction.on_commit(lambda: nudge_inbound(wish["message_id"]))
    return done


retry = _text_action(_sent_soon, "It goes out at once, or when the patient's hours open.")
give_up = _text_action(texts.give_up, "Given up: it does not leave any more.")
handle_again = _text_action(_handled_soon, "It is being handled again.")


@require_POST
@page(Permission.OPERATE)
def resume(request: StaffRequest) -> HttpResponse:
    """Let the clinic's texts leave again."""
    done = texts.resume_sender(clinic_id=request.user.clinic_id, by=request.actor, now=timezone.now())
    transaction.on_commit(dispatch_outbox.delay)
    if done:
        messages.success(request, "Texts leave again. If the provider still refuses, the sender is stopped once more.")
    else:
        messages.info(request, TOO_LATE)
    return redirect("operations")


class SettleForm(DeskForm):
    """What became of a text of unknown outcome."""

    left = forms.ChoiceField(
        label="What became of it?",
        choices=[("yes", "It left: the provider has it"), ("no", "It did not leave: send it now")],
        widget=forms.RadioSelect,
    )
    provider_sid = forms.CharField(
        label="The provider's id of it",
        required=False,
        max_length=34,
        help_text="If it left: begins with SM or MM. With it the text is followed to its end.",
    )


@page(Permission.OPERATE, "message.read")
def settle(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """Decide about one text; the page says where to look and what follows."""
    row = queries.outbound(request.user.clinic).filter(pk=message_id).first()
    if row is None:
        raise Http404
    form = SettleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = _settle(request, message_id, form)
        if answer is not None:
            return answer
    if row.status != Outbound.UNCERTAIN:
        messages.info(request, TOO_LATE)
        return redirect("operations")
    context = {"text": uncertain_text(row, timezone.now()), "form": form, "section": "operations"}
    return render(request, "watch/settle.html", context, status=422 if form.errors else 200)


def _settle(request: StaffRequest, message_id: UUID, form: SettleForm) -> HttpResponse | None:
    """Carry the decision out; None when it cannot be, with the reason on the form."""
    left, provider_id = form.cleaned_data["left"] == "yes", form.cleaned_data["provider_sid"].strip()
    try:
        done = texts.settle(
            message_id=message_id,
            clinic_id=request.user.clinic_id,
            left=left,
            provider_id=provider_id if left else "",
            by=request.actor,
            now=timezone.now(),
        )
    except texts.NotByHand as refused:
        form.take_problems(refused.problems)
        return None
    transaction.on_commit(dispatch_outbox.delay)
    if done:
        messages.success(request, "Kept: it is never sent again." if left else "Kept: it is sent, if still useful.")
    else:
        messages.info(request, TOO_LATE)
    return redirect("operations")


def _require_own(request: StaffRequest, message_id: UUID) -> None:
    """Raise Http404 for a text that the clinic does not have."""
    both = (queries.outbound(request.user.clinic), queries.inbound(request.user.clinic))
    if not any(texts_of_clinic.filter(pk=message_id).exists() for texts_of_clinic in both):
        raise Http404
