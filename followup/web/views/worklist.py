"""The worklist: what waits for a person, most urgent first, kept fresh while it is looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinics.core.roles import Permission
from clinics.queries import on_call
from followup.core.lifecycle import RANK, Level, ReviewStatus
from followup.models.review import ReviewKind
from followup.queries import worklist as query
from followup.queries.pages import BadCursor
from followup.web.access import page
from followup.web.requests import StaffRequest
from followup.web.words import status as words

REFRESH_SECONDS = 3


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    level = forms.ChoiceField(
        required=False, choices=[("", "All levels"), *((level.value, level.value.capitalize()) for level in Level)]
    )
    kind = forms.ChoiceField(
        required=False, choices=[("", "All kinds"), *((kind, words(kind)) for kind in ReviewKind.values)]
    )
    status = forms.ChoiceField(
        required=False,
        choices=[("", "Not signed off"), *((status.value, words(status.value)) for status in ReviewStatus)],
    )
    mine = forms.BooleanField(required=False, label="Claimed by me")
    tag = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    after = forms.CharField(required=False, max_length=300)
    seen = forms.CharField(required=False, max_length=80)


@page(Permission.SEE_ANSWERS, "review.list")
def worklist(request: StaffRequest) -> HttpResponse:
    """The page, with its first rows."""
    form = _filters(request)
    return render(request, "followup/worklist.html", _list(request, form) | {"form": form})


@page(Permission.SEE_ANSWERS, "review.list", is_poll=True)
def worklist_rows(request: StaffRequest) -> HttpResponse:
    """The rows again, or 204 when nothing has changed since the ones that are shown."""
    form = _filters(request)
    if form.cleaned_data["seen"] == _mark(request):
        return HttpResponse(status=204)
    return render(request, "followup/parts/worklist_rows.html", _list(request, form))


def _filters(request: StaffRequest) -> FilterForm:
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Http404
    return form


def _list(request: StaffRequest, form: FilterForm) -> dict[str, Any]:
    chosen = form.cleaned_data
    filters = query.WorklistFilters(
        rank=RANK[Level(chosen["level"])] if chosen["level"] else None,
        kind=chosen["kind"] or None,
        status=chosen["status"] or None,
        mine=request.user.pk if chosen["mine"] else None,
        tag=chosen["tag"] or None,
    )
    clinic = request.user.clinic
    mark = _mark(request)  # before the rows: a change in between is then fetched by the next poll, not missed
    try:
        rows = query.worklist(clinic, filters=filters, after=chosen["after"] or None, now=timezone.now())
    except BadCursor as error:
        raise Http404 from error
    return {
        "rows": rows.items,
        "next": rows.next,
        "counts": [
            (level, count) for level, count in sorted(query.counts(clinic).items(), key=lambda pair: RANK[pair[0]])
        ],
        "cap": query.CAP,
        "mark": mark,
        "on_call": on_call(clinic.pk, now=timezone.now()),
        "parameters": _parameters(request),
        "is_live": not chosen["after"] and chosen["status"] != ReviewStatus.CLOSED,
        "is_narrowed": any(chosen[name] for name in ("level", "kind", "status", "mine", "tag")),
        "refresh_seconds": REFRESH_SECONDS,
        "refreshed_at": timezone.now(),
    }


def _mark(request: StaffRequest) -> str:
    """Changes with the list, and with the minute, since deadlines pass by themselves."""
    return f"{query.version(request.user.clinic)}-{int(timezone.now().timestamp()) // 60}"


def _parameters(request: StaffRequest) -> str:
    """The filters as they stand in an address, without the place in the list."""
    kept = request.GET.copy()
    for name in ("after", "seen"):
        kept.pop(name, None)
    return kept.urlencode()
