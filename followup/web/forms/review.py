"""Forms about review items."""

from __future__ import annotations

from typing import Any

from django import forms

from followup.core.lifecycle import RANK, Level
from followup.models.review import ReviewOutcome
from followup.web.forms.base import DeskForm, offer
from followup.web.words import status

SERIOUS = RANK[Level.URGENT]


class RevisionForm(DeskForm):
    """The state of the item that the reader has seen."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class SignOffForm(RevisionForm):
    """How an item ended."""

    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    note = forms.CharField(
        label="Note", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), strip=True
    )

    def __init__(self, *args: Any, rank: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        serious = rank <= SERIOUS
        outcomes = [value for value in ReviewOutcome.values if not (serious and value == ReviewOutcome.REVIEWED)]
        offer(self, "outcome", [(value, status(value)) for value in outcomes])
        self.fields["note"].required = serious
        self.fields["note"].help_text = (
            "What was done and how the patient is." if serious else "Optional. It never changes an answer."
        )
