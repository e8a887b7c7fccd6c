"""One patient: who it is, what is planned, the curves, and everything that happened, latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.core.lifecycle import FollowUpStatus, ReviewStatus
from followup.models import FollowUp, Patient
from followup.operations import form_links
from followup.operations.bring_forward import bring_forward
from followup.operations.errors import Refused
from followup.queries import follow_ups as follow_up_query
from followup.queries.timeline import Entry, series, timeline
from followup.tasks import open_due
from followup.web.access import may, page
from followup.web.answers import shown_answers
from followup.web.plot import Plot, plot
from followup.web.requests import StaffRequest
from followup.web.views.patients import own_patient
from messaging.queries import is_opted_out
from messaging.tasks import dispatch_outbox

FOR_CLINICIANS = ("signal", "review")
LEVELS = ("emergency", "urgent", "watch", "info")
SHOWN = {"everything": "Everything", "answers": "Answers", "texts": "Texts"}
KINDS = {"answers": {"care_session", "follow_up", "signal", "review"}, "texts": {"care_session", "text"}}


@dataclass(slots=True)
class Day:
    """What happened on one day, latest first; texts stand apart, since the answers say most of what they say."""

    on: date
    entries: list[Any] = field(default_factory=list)
    texts: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Notes:
    """What was noticed about a follow-up and who looked at it: shown inside it, not beside it."""

    signals: list[Any] = field(default_factory=list)
    reviews: list[Any] = field(default_factory=list)


@page(Permission.SEE_PATIENTS, "patient.read")
def patient(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The whole story; without the right to see answers, only that there are some."""
    person = own_patient(request, patient_id)
    clinic = request.user.clinic
    sees_answers = may(request, Permission.SEE_ANSWERS)
    entries = list(timeline(clinic, person).entries)
    shown = request.GET.get("show", "everything")
    context = _standing(person) | {
        "now": timezone.now(),
        "patient": person,
        "sees_answers": sees_answers,
        "planned": [entry.row for entry in entries if _is_planned(entry)],
        "visits": [entry.row for entry in reversed(entries) if entry.kind == "care_session"],
        "open_reviews": _open_reviews(entries) if sees_answers else [],
        "plot": _plot(request, person) if sees_answers else None,
        "days": _days(_visible(entries, sees_answers, shown)),
        "shown": shown if shown in SHOWN else "everything",
        "choices": SHOWN.items(),
    }
    return render(request, "followup/patient.html", context)


def _standing(person: Patient) -> dict[str, Any]:
    consent = person.consents.order_by("-recorded_at").first()
    return {
        "is_opted_out": is_opted_out(person.clinic_id, person.phone_hash),
        "consent": consent if consent is not None and consent.ended_at is None else None,
        "ended_consent": consent if consent is not None and consent.ended_at is not None else None,
    }


def _is_planned(entry: Entry) -> bool:
    return entry.kind == "follow_up" and entry.row.status == FollowUpStatus.SCHEDULED


def _open_reviews(entries: Sequence[Entry]) -> list[Any]:
    reviews = [entry.row for entry in entries if entry.kind == "review" and entry.row.status != ReviewStatus.CLOSED]
    return sorted(reviews, key=lambda row: (row.rank, row.due_by))


def _plot(request: StaffRequest, person: Patient) -> Plot | None:
    return plot(series(request.user.clinic, person), zone=timezone.get_current_timezone())


def _visible(entries: Sequence[Entry], sees_answers: bool, shown: str) -> list[Entry]:
    kept = [entry for entry in entries if not _is_planned(entry)]
    if not sees_answers:
        kept = [entry for entry in kept if entry.kind not in FOR_CLINICIANS]
    wanted = KINDS.get(shown)
    return [entry for entry in kept if wanted is None or entry.kind in wanted]


def _days(entries: Sequence[Entry]) -> list[Day]:
    notes = _notes(entries)
    days: dict[date, Day] = {}
    for entry in reversed(entries):
        if entry.kind in FOR_CLINICIANS and entry.row.follow_up_id in notes:
            continue
        day = days.setdefault(on := timezone.localtime(entry.at).date(), Day(on))
        if entry.kind == "text":
            day.texts.insert(0, entry)
        else:
            day.entries.append(_shown(entry, notes))
    return list(days.values())


def _notes(entries: Sequence[Entry]) -> dict[UUID, Notes]:
    """Signals and reviews by the follow-up that they are about."""
    notes = {entry.row.id: Notes() for entry in entries if entry.kind == "follow_up"}
    for entry in entries:
        if entry.kind in FOR_CLINICIANS and entry.row.follow_up_id in notes:
            about = notes[entry.row.follow_up_id]
            (about.signals if entry.kind == "signal" else about.reviews).append(entry.row)
    return notes


def _shown(entry: Entry, notes: dict[UUID, Notes]) -> dict[str, Any]:
    shown = {"at": entry.at, "kind": entry.kind, "row": entry.row}
    if entry.kind == "follow_up":
        shown |= {
            "answers": shown_answers(entry.answers, entry.row.survey_version_id),
            "notes": notes[entry.row.id],
        }
    return shown


def _own_follow_up(request: StaffRequest, patient_id: UUID, follow_up_id: UUID) -> FollowUp:
    """A follow-up of a patient of the own clinic. Raises Http404."""
    person = own_patient(request, patient_id)
    found = follow_up_query.follow_ups(request.user.clinic).filter(patient=person, pk=follow_up_id)
    follow_up: FollowUp | None = found.first()
    if follow_up is None:
        raise Http404
    return follow_up


@require_POST
@page(Permission.EDIT_PATIENTS)
def send_link(request: StaffRequest, patient_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """Text a new link to the web form of an open follow-up."""
    follow_up = _own_follow_up(request, patient_id, follow_up_id)
    try:
        form_links.send_link(follow_up=follow_up, by=request.actor, now=timezone.now())
        transaction.on_commit(dispatch_outbox.delay)
        messages.success(request, "A link is on its way. Links that went out before no longer work.")
    except Refused as refused:
        messages.error(request, " ".join(refused.problems.values()))
    return redirect("patient", patient_id=patient_id)


@require_POST
@page(Permission.EDIT_PATIENTS)
def send_now(request: StaffRequest, patient_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """Ask a planned follow-up now."""
    follow_up = _own_follow_up(request, patient_id, follow_up_id)
    try:
        bring_forward(follow_up=follow_up, by=request.actor, now=timezone.now())
        transaction.on_commit(open_due.delay)
        messages.success(request, "It is asked within seconds.")
    except Refused as refused:
        messages.error(request, " ".join(refused.problems.values()))
    return redirect("patient", patient_id=patient_id)
