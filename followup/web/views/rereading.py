"""What today's reader would read differently in answers that are kept, for a person to judge. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render

from clinics.core.roles import Permission
from followup.models import Answer
from followup.queries.rereading import Differing, look
from followup.queries.reviews import latest_review_of
from followup.web.access import page
from followup.web.answers import in_words
from followup.web.requests import StaffRequest
from surveys.core.replies.reading import READER_VERSION

NOW = {
    "value": "Would be kept as",
    "text": "Would be kept as written",
    "skipped": "Would count as skipped",
    "reprompt": "Would be asked again",
    "correction": "Would correct the answer before",
    "opt_out": "Would stop all texts",
    "opt_in": "Would start texts again",
    "help": "Would get the help text",
    "other_intent": "Would go to a person",
    "not_for_us": "Would not be an answer",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A difference in words, with the review item of its follow-up, the latest one, where there is one."""

    answer: Answer
    kept: str
    now: str
    reason: str
    review_id: UUID | None


class PlaceForm(forms.Form):
    """The answer from which an earlier stretch of the history begins."""

    before = forms.UUIDField(required=False)


@page(Permission.SEE_ANSWERS, "answer.reread")
def rereading(request: StaffRequest) -> HttpResponse:
    """One stretch of the history, latest first; the next address leads further back."""
    form = PlaceForm(request.GET)
    if not form.is_valid():
        raise Http404
    before = form.cleaned_data["before"]
    found = look(request.user.clinic, before=before)
    context = {
        "section": "insights",
        "reader": READER_VERSION,
        "lines": _lines(found.differing),
        "looked_at": found.looked_at,
        "since": found.since,
        "next": found.next,
        "is_first": before is None,
    }
    return render(request, "followup/rereading.html", context)


def _lines(differing: Sequence[Differing]) -> Iterable[Line]:
    reviews = latest_review_of([each.answer.follow_up_id for each in differing])
    return [_line(each, reviews.get(each.answer.follow_up_id)) for each in differing]


def _line(each: Differing, review_id: UUID | None) -> Line:
    answer, difference = each.answer, each.difference
    kept = in_words(answer.value, each.survey, answer.question)
    now = in_words(difference.value, each.survey, answer.question)
    return Line(
        answer=answer,
        kept={"skipped": "Skipped", "text": "As written"}.get(answer.kind, kept),
        now=f"{NOW[difference.kind]} {now}".strip(),
        reason=difference.reason,
        review_id=review_id,
    )
