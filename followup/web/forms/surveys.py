"""Forms about surveys."""

from __future__ import annotations

from django import forms

from followup.web.forms.base import DeskForm


class UploadForm(DeskForm):
    """A survey as a file, or typed."""

    file = forms.FileField(label="YAML file", required=False, help_text="As dump_survey writes it; at most 1 MB.")
    text = forms.CharField(
        label="or the text itself",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
    )


class TryForm(forms.Form):
    """A reply that somebody wants to see read."""

    reply = forms.CharField(max_length=1600, strip=False, required=False)
    before = forms.CharField(max_length=1600, strip=False, required=False)
    language = forms.ChoiceField(choices=[("en", "English"), ("es", "Spanish")])
