"""Many patients at once from a CSV file: looked at first, taken whole or not at all."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinics.core.roles import Permission
from followup.operations import importing
from followup.operations.errors import Refused
from followup.web.access import page
from followup.web.forms.patients import ImportForm
from followup.web.requests import StaffRequest
from messaging.tasks import dispatch_outbox

LARGEST_FILE = 1_000_000


@page(Permission.EDIT_PATIENTS)
def import_patients(request: StaffRequest) -> HttpResponse:
    """Choose a file, see what it would do line by line, and take it."""
    if "csv" in request.POST:
        return _take(request, request.POST["csv"])
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        text = _text_of(form)
        if text is not None:
            return _preview(request, text)
    return render(
        request,
        "followup/import.html",
        {"form": form, "columns": importing.COLUMNS, "needed": importing.NEEDED},
        status=422 if form.is_bound else 200,
    )


def _text_of(form: ImportForm) -> str | None:
    """The file as text, or None with the reason beside the field."""
    file = form.cleaned_data["file"]
    if file.size > LARGEST_FILE:
        form.add_error("file", "The file is larger than 1 MB; split it.")
        return None
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        form.add_error("file", "The file is not UTF-8 text. Save it as “CSV UTF-8” and try again.")
        return None
    return text


def _preview(request: StaffRequest, text: str, status: int = 200) -> HttpResponse:
    preview = importing.preview(text, clinic=request.user.clinic, now=timezone.now())
    wrong = sum(1 for row in preview.rows if row.problems)
    known = sum(1 for row in preview.rows if row.is_known and not row.problems)
    context = {
        "csv": text,
        "preview": preview,
        "wrong": wrong,
        "known": known,
        "new": len(preview.rows) - wrong - known,
        "can_take": bool(preview.rows) and not wrong and not preview.problems,
    }
    return render(request, "followup/import_preview.html", context, status=status)


def _take(request: StaffRequest, text: str) -> HttpResponse:
    try:
        imported = importing.import_rows(text, clinic=request.user.clinic, by=request.actor, now=timezone.now())
    except Refused:
        return _preview(request, text, 422)
    transaction.on_commit(dispatch_outbox.delay)
    messages.success(
        request, f"{imported.created} patients enrolled; {imported.known} were known already and are unchanged."
    )
    return redirect("patients")
