"""First steps by command."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinics.models import AuditEvent, Clinic, User
from clinics.queries import live_token
from surveys.models import SurveyVersion


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_create_clinic_opens_a_clinic_with_its_hours(db):
    run(
        "create_clinic",
        "--key",
        "west",
        "--name",
        "West Clinic",
        "--time-zone",
        "America/Denver",
        "--window=08:00-19:00",
    )
    clinic = Clinic.objects.get(key="west")
    assert clinic.short_name == "West Clinic"
    assert clinic.send_window == [["08:00", "19:00"]] * 7
    live = SurveyVersion.objects.filter(survey__clinic=clinic, status="published").values_list("survey__key", flat=True)
    assert {"post-session", "pulse"} <= set(live)


def test_create_clinic_says_what_is_wrong_field_by_field(db):
    with pytest.raises(CommandError, match=r"key: .*\n(.*\n)*time_zone: "):
        run("create_clinic", "--key", "West", "--name", "West", "--time-zone", "Denver/America")
    with pytest.raises(CommandError, match="window: Write the hours as 09:00-20:00"):
        run("create_clinic", "--key", "west", "--name", "West", "--time-zone", "America/Denver", "--window", "9-20")


def test_create_staff_reads_the_password_from_standard_input(clinic, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("seven green lamps burning\n"))
    run("create_staff", "--clinic=north", "--email=bo@north.example", "--role=coordinator", "--password-stdin")
    user = User.objects.get(email="bo@north.example")
    assert user.check_password("seven green lamps burning")
    assert user.name == "bo"


def test_create_staff_prints_the_password_it_made(clinic, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    password = run("create_staff", "--clinic=north", "--email=bo@north.example", "--role=clinician")
    assert User.objects.get(email="bo@north.example").check_password(password)


def test_create_staff_refuses_an_unknown_clinic(db):
    with pytest.raises(CommandError, match="no clinic with the key east"):
        run("create_staff", "--clinic=east", "--email=bo@north.example", "--role=clinician", "--password-stdin")


def test_create_token_prints_the_token_alone(admin):
    plaintext = run("create_token", "--staff", admin.email, "--scope", "see_patients")
    token = live_token(plaintext, now=timezone.now())
    assert token.user == admin
    assert token.scopes == ["see_patients"]


def test_create_token_refuses_who_is_not_there_and_a_life_too_long(admin):
    with pytest.raises(CommandError, match="nobody signs in"):
        run("create_token", "--staff", "who@north.example")
    with pytest.raises(CommandError, match="lifetime: "):
        run("create_token", "--staff", admin.email, "--days", "400")


def test_set_retention_says_and_changes_how_long_texts_are_kept(clinic):
    assert run("set_retention", "--clinic=north") == "north: texts are kept for ever; legal hold off."
    assert "for 84 months; legal hold on" in run("set_retention", "--clinic=north", "--months=84", "--legal-hold=on")
    assert "for 84 months; legal hold off" in run("set_retention", "--clinic=north", "--legal-hold=off")
    assert "for ever" in run("set_retention", "--clinic=north", "--for-ever")
    changes = AuditEvent.objects.filter(action="clinic.retention").order_by("at", "pk")
    assert [event.detail["texts_kept_months"] for event in changes] == [84, 84, None]


def test_set_retention_refuses_an_unknown_clinic_and_a_time_too_short(clinic):
    with pytest.raises(CommandError, match="clinic: there is none"):
        run("set_retention", "--clinic=south")
    for months in ("0", "2", "601"):
        with pytest.raises(CommandError, match="texts_kept_months: Give whole months from 3 to 600"):
            run("set_retention", "--clinic=north", "--months", months)
