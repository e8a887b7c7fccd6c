"""The form that puts somebody on call."""

from __future__ import annotations

from typing import Any

from django import forms

from clinics.core.roster import MOST_WEEKS, Place
from followup.web.forms.base import DeskForm, moment_field, offer

PLACES = [(Place.FIRST.value, "First"), (Place.SECOND.value, "Second, when the first does not answer")]


class ShiftForm(DeskForm):
    """A shift, and the same one in the weeks after it."""

    person = forms.ChoiceField(label="Who", help_text="Admins and clinicians with a mobile number.")
    place = forms.ChoiceField(label="Alerted", choices=PLACES, initial=Place.FIRST.value)
    starts_at = moment_field("From")
    ends_at = moment_field("Until", help_text="At most 7 days later.")
    weeks = forms.IntegerField(
        label="In how many weeks",
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        help_text="1: this once. 13: on the same weekday and at the same hour for a quarter.",
    )

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", [(str(person.pk), person.name) for person in people])
