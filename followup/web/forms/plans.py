"""The form of a plan: its head and one form for each step, with periods as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from followup.core.periods import NotAPeriod, parse_period
from followup.web.forms.base import DeskForm, offer
from followup.web.words import period

SPOKEN = re.compile(r"(\d{1,5})\s*(day|hour|minute|min|second|sec|week|d|h|w|m|s)s?\b", re.IGNORECASE)
PLACE = re.compile(r"steps\[(\d+)\]\.([a-z_]+)")


class PeriodField(forms.CharField):
    """A period: 24 hours, 7 days, 1 day 4 hours, at once, or ISO 8601 like PT24H. Gives ISO 8601 or ""."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, str) and value.lstrip("-").startswith("P") else value

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return spoken_period(text)
        except NotAPeriod as error:
            raise forms.ValidationError("Write a period like 24 hours, 7 days or 1 day 4 hours.") from error


class PeriodsField(PeriodField):
    """Several periods, separated by commas. Gives a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(written(one) for one in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]  # several instead of one
        text = forms.CharField.clean(self, value)
        try:
            return [spoken_period(one) for one in text.split(",") if one.strip()]
        except NotAPeriod as error:
            raise forms.ValidationError("Write periods like 4 hours, 10 hours.") from error


def written(iso: str) -> str:
    """A period in words, with its sign: -24 hours."""
    return f"-{period(iso[1:])}" if iso.startswith("-") else period(iso)


def spoken_period(text: str) -> str:
    """ISO 8601 for a period in words or in ISO 8601; "" stays "". Raises NotAPeriod."""
    text = text.strip()
    if not text:
        return ""
    if text.lower() in {"at once", "0"}:
        return "PT0S"
    sign, rest = ("-", text[1:]) if text.startswith("-") else ("", text)
    if rest[:1].upper() != "P":
        rest = _iso_of(rest)
    return str(parse_period(sign + rest.upper()))


def _iso_of(words: str) -> str:
    if SPOKEN.sub("", words).replace("and", "").replace(",", "").strip():
        raise NotAPeriod(words)
    parts: dict[str, int] = {}
    for amount, unit in SPOKEN.findall(words):
        parts[unit[0].upper()] = parts.get(unit[0].upper(), 0) + int(amount)
    clock = "".join(f"{parts[unit]}{unit}" for unit in "HMS" if unit in parts)
    days = parts.get("D", 0) + 7 * parts.get("W", 0)
    return f"P{days}D" + (f"T{clock}" if clock else "")


class PlanForm(DeskForm):
    """The head of a plan."""

    key = forms.CharField(label="Key", max_length=50, help_text="Small letters, digits and -, like single-session.")
    name = forms.CharField(label="Name", max_length=120)
    session_kind = forms.CharField(
        label="Kind of care session", max_length=50, help_text="Which visits start it, like ketamine-iv."
    )


class StepForm(DeskForm):
    """One survey at one time."""

    key = forms.CharField(label="Step", max_length=50)
    survey = forms.ChoiceField(label="Survey")
    anchor = forms.ChoiceField(
        label="Counted from", choices=[("ended", "the end of the session"), ("booked", "the booked time")]
    )
    offset = PeriodField(label="Asked after", help_text="24 hours, 7 days, at once; -24 hours is before.")
    closes_after = PeriodField(label="Closes after")
    reminders = PeriodsField(
        label="Reminders after", required=False, help_text="Separated by commas: 4 hours, 10 hours."
    )
    local_time = forms.TimeField(
        label="At this time of day",
        required=False,
        help_text="In the patient's zone. Blank: counted to the minute.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    outside_window = forms.ChoiceField(
        label="Outside the hours for texts", choices=[("shift", "wait for the next opening"), ("skip", "leave it out")]
    )
    shift_limit = PeriodField(
        label="Leave out if later than", required=False, help_text="After the session. Blank: no limit."
    )
    weekdays_only = forms.BooleanField(label="Monday to Friday only", required=False)
    durable = forms.BooleanField(label="Stays when a newer session starts", required=False)

    def __init__(self, *args: Any, surveys: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "survey", surveys)

    def written(self) -> dict[str, Any]:
        """The step as a plan document has it."""
        step = {name: self.cleaned_data[name] for name in self.base_fields}
        step["local_time"] = step["local_time"].isoformat("minutes") if step["local_time"] else None
        step["shift_limit"] = step["shift_limit"] or None
        return step


class BaseStepSet(forms.BaseFormSet):  # type: ignore[type-arg]  # generic for the checker only
    """The steps, in order; problems that name a step stand beside its field."""

    def take_problems(self, problems: Mapping[str, str]) -> dict[str, str]:
        """Hand problems to the steps they name and return the others."""
        rest = {}
        kept = self.kept
        for place, problem in problems.items():
            match = PLACE.match(place)
            if match and int(match[1]) < len(kept):
                kept[int(match[1])].take_problems({match[2]: problem})
            else:
                rest[place] = problem
        return rest

    def add_fields(self, form: StepForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Take this step out"

    @property
    def kept(self) -> list[StepForm]:
        """The steps that are not taken out."""
        return [form for form in self.forms if form.has_changed() and form not in self.deleted_forms]


StepSet = forms.formset_factory(StepForm, formset=BaseStepSet, extra=0, can_delete=True, max_num=60)
