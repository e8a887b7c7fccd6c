"""What every form shares: problems that an operation found stand beside the field they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from django import forms

DATETIME = "%Y-%m-%dT%H:%M"


class DeskForm(forms.Form):
    """A form whose fields say what is wrong below themselves, and again in a summary with links."""

    use_required_attribute = True
    places: Mapping[str, str] = {}
    """Field by the place that an operation names, where the two differ."""

    def take_problems(self, problems: Mapping[str, str]) -> None:
        """Put what an operation found beside the fields; what belongs to none stands above the form."""
        for place, problem in problems.items():
            name = self.places.get(place, place)
            self.add_error(name if name in self.fields else None, problem)


class DateTimeInput(forms.DateTimeInput):
    """The browser's own picker; times are in the clinic's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs=attrs, format=DATETIME)


def moment_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateTimeField:
    """A day and time in the clinic's zone."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        widget=DateTimeInput(),
        input_formats=[DATETIME, f"{DATETIME}:%S"],
    )


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    """Give the choice field `name` of `form` what can be chosen."""
    cast("forms.ChoiceField", form.fields[name]).choices = choices
