"""How long a sign-in lasts, the second factor, and the lock-out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from tests.factories.clinics import PASSWORD
from tests.integration.web.conftest import House, audited

MINUTE = timedelta(minutes=1)


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_a_sign_in_ends_after_fifteen_minutes_without_a_person(north: House, at_ten_on_a_tuesday: Any) -> None:
    client = north.client()
    client.get("/patients/")
    at_ten_on_a_tuesday.shift(15 * MINUTE - timedelta(seconds=1))
    assert client.get("/patients/").status_code == 200
    at_ten_on_a_tuesday.shift(15 * MINUTE)
    assert client.get("/patients/")["Location"] == "/?next=/patients/"


def test_a_list_that_refreshes_itself_keeps_nobody_signed_in(north: House, at_ten_on_a_tuesday: Any) -> None:
    client = north.client()
    client.get("/")
    for _ in range(14):
        at_ten_on_a_tuesday.shift(MINUTE)
        assert client.get("/rows/", headers={"HX-Request": "true"}).status_code == 200
    at_ten_on_a_tuesday.shift(MINUTE)
    ended = client.get("/rows/", headers={"HX-Request": "true"})
    assert (ended.status_code, ended["HX-Redirect"]) == (204, "/?ended")
    assert "You were signed out" in client.get("/?ended").content.decode()


def test_a_sign_in_ends_after_twelve_hours_however_busy(north: House, at_ten_on_a_tuesday: Any) -> None:
    client = north.client()
    client.get("/patients/")
    for _ in range(71):
        at_ten_on_a_tuesday.shift(10 * MINUTE)
        assert client.get("/accounts/stay/").status_code == 204
    at_ten_on_a_tuesday.shift(10 * MINUTE)
    assert client.get("/accounts/stay/").status_code == 302


def test_the_api_takes_no_session_that_is_over(north: House, at_ten_on_a_tuesday: Any) -> None:
    client = north.client()
    assert client.get("/api/v1/patients/").status_code == 200
    at_ten_on_a_tuesday.shift(15 * MINUTE)
    assert client.get("/api/v1/patients/").status_code in (401, 403)


def test_signing_in_leads_to_what_the_role_works_with(north: House) -> None:
    north.clinic.is_demo = True
    north.clinic.save()
    landed = {}
    for role in north.staff:
        client = Client()
        sign_in(client, f"{role}@north.example")
        landed[role] = client.get("/", follow=True).request["PATH_INFO"]
    assert landed == {"admin": "/", "clinician": "/", "coordinator": "/patients/", "auditor": "/plans/"}
    assert audited("session") == ["session.begin"] * 4


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(north: House) -> None:
    wrong = sign_in(Client(), "admin@north.example", "not the password").content.decode()
    unknown = sign_in(Client(), "nobody@north.example", "not the password").content.decode()
    said = "The email address and/or password you specified are not correct."
    assert said in wrong
    assert said in unknown
    assert audited("session") == ["session.refuse"]


def test_after_five_wrong_passwords_the_right_one_does_not_help_either(north: House, at_ten_on_a_tuesday: Any) -> None:
    for _ in range(5):
        sign_in(Client(), "admin@north.example", "not the password")
    client = Client()
    assert "Too many failed login attempts" in sign_in(client, "admin@north.example").content.decode()
    at_ten_on_a_tuesday.shift(6 * MINUTE)
    assert sign_in(client, "admin@north.example").status_code == 302


def test_nobody_signs_up_here() -> None:
    assert Client().get("/accounts/signup/").status_code == 404


@pytest.mark.parametrize(("role", "path"), [("clinician", "/patients/"), ("coordinator", "/patients/"), ("admin", "/")])
def test_who_sees_patients_sets_up_a_second_factor_first(north: House, role: str, path: str) -> None:
    client = Client()
    sign_in(client, f"{role}@north.example")
    assert client.get(path)["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/api/v1/patients/").status_code in (401, 403)


def test_a_code_opens_the_desk_and_works_only_once(north: House) -> None:
    client = Client()
    sign_in(client, "clinician@north.example")
    client.get("/patients/")
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert client.get("/patients/").status_code == 200

    again = Client()
    assert sign_in(again, "clinician@north.example")["Location"] == "/accounts/2fa/authenticate/"
    assert again.get("/patients/").status_code == 302
    assert again.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert again.get("/patients/").status_code == 200
    third = Client()
    sign_in(third, "clinician@north.example")
    assert third.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200
    assert third.get("/patients/").status_code == 302


def code_of(secret: str) -> str:
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_the_secret_of_a_second_factor_is_sealed(north: House) -> None:
    TOTP.activate(north.staff["clinician"], "JBSWY3DPEHPK3PXP")
    row = Authenticator.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in str(row.data)
    assert row.wrap().validate_code(code_of("JBSWY3DPEHPK3PXP"))


def test_who_needs_a_second_factor_cannot_drop_it(north: House) -> None:
    TOTP.activate(north.staff["clinician"], "JBSWY3DPEHPK3PXP")
    client = north.client("clinician")
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=north.staff["clinician"]).exists()


def test_an_admin_takes_away_a_lost_second_factor(north: House, desk: Client) -> None:
    TOTP.activate(north.staff["clinician"], "JBSWY3DPEHPK3PXP")
    desk.post(f"/staff/{north.staff['clinician'].pk}/second-factor/")
    assert not Authenticator.objects.exists()
    assert audited("staff.second") == ["staff.second_factor_reset"]
