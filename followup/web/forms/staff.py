"""Forms about staff and their tokens."""

from __future__ import annotations

from typing import Any

from django import forms

from clinics.core.roles import Permission, Role
from followup.web.forms.base import DeskForm, offer

ROLES = [(role.value, role.value.capitalize()) for role in Role]
LIFETIMES = [(30, "30 days"), (90, "90 days"), (365, "one year")]


def password_field() -> forms.CharField:
    """A first password, which the person changes after signing in."""
    return forms.CharField(
        label="Password",
        strip=False,
        help_text="At least 12 characters, none of the common ones.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def phone_field() -> forms.CharField:
    """The number that alerts go to."""
    return forms.CharField(
        label="Mobile phone",
        max_length=20,
        required=False,
        help_text="Needed to be on call: alerts go to it. With + and country code, like +16185550123.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class AddStaffForm(DeskForm):
    """A new member of staff."""

    email = forms.EmailField(label="E-mail", max_length=254, help_text="They sign in with it.")
    name = forms.CharField(label="Name", max_length=120)
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=Role.CLINICIAN)
    phone = phone_field()
    password = password_field()


class ChangeStaffForm(DeskForm):
    """What can change about a member of staff."""

    name = forms.CharField(label="Name", max_length=120)
    role = forms.ChoiceField(label="Role", choices=ROLES)
    phone = phone_field()
    is_director = forms.BooleanField(
        label="Medical director", required=False, help_text="Called out to every emergency, and last to what is urgent."
    )
    is_fallback = forms.BooleanField(
        label="On the fallback list", required=False, help_text="Called out when nobody on call can be reached."
    )
    is_active = forms.BooleanField(
        label="May sign in", required=False, help_text="Taking this away also ends every token, for good."
    )


class PasswordForm(DeskForm):
    """A new password for somebody who lost theirs."""

    password = password_field()


class TokenForm(DeskForm):
    """A machine's way in."""

    lifetime = forms.TypedChoiceField(label="Valid for", choices=LIFETIMES, coerce=int, initial=90)
    scopes = forms.MultipleChoiceField(
        label="Only these rights",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: all rights of the role.",
    )

    def __init__(self, *args: Any, held: frozenset[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "scopes",
            [(right.value, right.value.replace("_", " ").capitalize()) for right in Permission if right in held],
        )
