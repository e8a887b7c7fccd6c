"""Forms about patients, their consent and their visits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms

from followup.core.intake import CONSENT_METHODS
from followup.models.patient import PatientStatus
from followup.operations.enrol import ConsentInput
from followup.web.forms.base import DeskForm, moment_field, offer

CHANNEL_NAMES = {"sms": "Texts", "web": "Links to a web form"}
LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}
US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


def zone_choices() -> list[Any]:
    """The zones of the United States first, then all others."""
    others = sorted(zone for zone in available_timezones() - set(US_ZONES) if "/" in zone)
    return [
        ("United States", [(zone, zone) for zone in US_ZONES]),
        ("All others", [(zone, zone) for zone in [*others, "UTC"]]),
    ]


class SearchForm(forms.Form):
    """What the list of patients is narrowed to."""

    q = forms.CharField(required=False, label="Reference or phone", max_length=64)
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *PatientStatus.choices], label="Status")
    after = forms.CharField(required=False, max_length=300)


class PatientForm(DeskForm):
    """A patient as the clinic knows them."""

    reference = forms.CharField(label="Reference", max_length=64, help_text="Your own number for the patient.")
    name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(
        label="Mobile phone",
        max_length=20,
        help_text="With + and country code, like +16185550123.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=zone_choices, help_text="Where the patient lives: texts keep to their hours."
    )
    language = forms.ChoiceField(label="Language of texts", choices=list(LANGUAGE_NAMES.items()))
    channel = forms.ChoiceField(
        label="Asked by",
        required=False,
        choices=list(CHANNEL_NAMES.items()),
        help_text="With links, no text ever holds a question; long surveys go as a link in any case.",
    )
    date_of_birth = forms.CharField(
        label="Date of birth",
        required=False,
        max_length=10,
        help_text="Asked before a link opens. Without it the patient is asked for the last four digits of the phone.",
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}),
    )
    has_hypertension = forms.BooleanField(
        label="Known high blood pressure",
        required=False,
        help_text="With it a severe headache after a visit is urgent.",
    )

    def clean_channel(self) -> str:
        """Left out, it stays as it is."""
        return str(self.cleaned_data["channel"] or self.initial.get("channel", "sms"))


def evidence_field() -> forms.CharField:
    """Where the proof of a consent is."""
    return forms.CharField(
        required=False,
        label="Evidence",
        max_length=200,
        help_text="Where the signed form is, or who heard the patient say it.",
    )


class ConsentForm(DeskForm):
    """Consent as it was given."""

    places = {
        "consent.method": "method",
        "consent.wording_version": "wording_version",
        "consent.given_at": "given_at",
        "consent.evidence": "evidence",
    }
    method = forms.ChoiceField(
        label="How it was given", choices=[("", "Choose"), *((way, way.capitalize()) for way in CONSENT_METHODS)]
    )
    wording_version = forms.CharField(
        label="Version of the consent form", max_length=40, help_text="As printed on it, like 2026-01."
    )
    given_at = moment_field("Given on")
    evidence = evidence_field()

    def given(self) -> ConsentInput:
        """The consent as the operation takes it."""
        return ConsentInput(**self.cleaned_data)


class EnrolForm(PatientForm):
    """A new patient, with the consent if it has been given already."""

    places: Mapping[str, str] = ConsentForm.places
    method = forms.ChoiceField(
        required=False,
        label="Consent",
        choices=[("", "Not given yet"), *((way, way.capitalize()) for way in CONSENT_METHODS)],
        help_text="Without consent nothing is ever sent; you can record it later.",
    )
    wording_version = forms.CharField(
        required=False, label="Version of the consent form", max_length=40, help_text="As printed on it, like 2026-01."
    )
    given_at = moment_field("Consent given on", required=False)
    evidence = evidence_field()

    def patient_fields(self) -> dict[str, Any]:
        """What describes the patient."""
        return {field: self.cleaned_data[field] for field in PatientForm.base_fields}

    def consent(self) -> ConsentInput | None:
        """The consent, if one was filled in."""
        data = self.cleaned_data
        if not data["method"]:
            return None
        return ConsentInput(**{field: data[field] for field in ("method", "wording_version", "given_at", "evidence")})


class PauseForm(DeskForm):
    """How long a patient is left in peace."""

    until = moment_field("Pause until")


class ImportForm(DeskForm):
    """A file of patients."""

    file = forms.FileField(label="CSV file", help_text="Text separated by commas, in UTF-8, at most 1 MB.")


class CareSessionForm(DeskForm):
    """A visit that is booked, or one that has ended."""

    external_reference = forms.CharField(
        label="Reference", max_length=64, help_text="Your own number for the visit, like INF-77."
    )
    kind = forms.ChoiceField(label="Kind", help_text="The plan is chosen by it.")
    booked_for = moment_field("Booked for", required=False)
    ended_at = moment_field("Ended at", required=False, help_text="Leave blank for a visit that lies ahead.")

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(kind, kind) for kind in kinds])


class EndSessionForm(DeskForm):
    """When a visit ended."""

    ended_at = moment_field("Ended at")


class MoveSessionForm(DeskForm):
    """When a visit takes place."""

    booked_for = moment_field("Booked for")
