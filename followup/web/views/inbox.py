"""The inbox: texts that are no answer and that a person must read."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinics.core.roles import Permission
from followup.core.lifecycle import ReviewStatus
from followup.queries.inbox import inbox as query
from followup.queries.pages import BadCursor
from followup.web.access import page
from followup.web.requests import StaffRequest


@page(Permission.SEE_ANSWERS, "message.list")
def inbox(request: StaffRequest) -> HttpResponse:
    """Texts that wait, most urgent first, or those that were dealt with, latest first."""
    is_done = request.GET.get("status") == ReviewStatus.CLOSED.value
    try:
        found = query(request.user.clinic, closed=is_done, after=request.GET.get("after") or None, now=timezone.now())
    except BadCursor as error:
        raise Http404 from error
    return render(request, "followup/inbox.html", {"rows": found.items, "next": found.next, "is_done": is_done})
