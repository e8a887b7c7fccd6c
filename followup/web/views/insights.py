"""How the programme goes: who answers, and what waits."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinics.core.roles import Permission
from followup.core.lifecycle import RANK
from followup.queries import adherence, worklist
from followup.web.access import page
from followup.web.requests import StaffRequest

PERIODS = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "one year")]


class PeriodForm(forms.Form):
    """How far back to look."""

    days = forms.TypedChoiceField(required=False, choices=PERIODS, coerce=int, label="Due in the last")


@page(Permission.SEE_ANSWERS, "insight.read")
def insights(request: StaffRequest) -> HttpResponse:
    """Answers by plan step, reasons for what was not asked, and open items by level."""
    form = PeriodForm(request.GET or None, initial={"days": 30})
    if form.is_bound and not form.is_valid():
        raise Http404
    clinic, until = request.user.clinic, timezone.now()
    days = (form.is_bound and form.cleaned_data["days"]) or 30
    since = until - timedelta(days=days)
    steps = adherence.counts(clinic, since=since, until=until)
    asked = sum(step.asked for step in steps)
    answered = sum(step.completed + step.partial for step in steps)
    over = answered + sum(step.expired for step in steps)
    context = {
        "form": form,
        "days": days,
        "steps": [(step, _percent(step.answered_share)) for step in steps],
        "asked": asked,
        "answered": answered,
        "rate": _percent(answered / over if over else None),
        "unasked": adherence.unasked_by_reason(clinic, since=since, until=until).items(),
        "counts": sorted(worklist.counts(clinic).items(), key=lambda pair: RANK[pair[0]]),
        "cap": worklist.CAP,
    }
    return render(request, "followup/insights.html", context)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)
