"""Clinics and staff through the operations."""

from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import ApiToken, AuditEvent, User
from clinics.operations import (
    InvalidClinic,
    InvalidStaff,
    InvalidToken,
    change_clinic,
    change_staff,
    create_clinic,
    create_staff,
    create_token,
    revoke_token,
    set_password,
    touch_token,
)
from clinics.queries import live_token, permissions_of, staff_by_email
from tests.integration.clinics.conftest import PASSWORD


def test_create_clinic_names_every_problem_at_once(clinic, now):
    with pytest.raises(InvalidClinic) as refused:
        create_clinic(
            key="north",
            name=" ",
            short_name="Ketamine North",
            phone="call us",
            time_zone="Mars/Olympus",
            language="fr",
            send_window=[["20:00", "09:00"]] * 7,
            by=SYSTEM,
            now=now,
        )
    assert set(refused.value.problems) == {
        "key",
        "name",
        "short_name",
        "phone",
        "time_zone",
        "language",
        "send_window",
    }


def test_create_clinic_refuses_the_sender_of_another_clinic(clinic, now):
    change_clinic(clinic=clinic, sender="+16185550100", by=SYSTEM, now=now)
    with pytest.raises(InvalidClinic) as refused:
        create_clinic(key="south", name="South", time_zone="America/Denver", sender="+16185550100", by=SYSTEM, now=now)
    assert set(refused.value.problems) == {"sender"}


def test_change_clinic_records_which_fields_changed_and_not_their_values(clinic, now):
    changed = change_clinic(clinic=clinic, phone="618-555-0100", language="en", by=SYSTEM, now=now)
    assert changed.phone == "618-555-0100"
    event = AuditEvent.objects.get(action="clinic.update")
    assert event.detail == {"fields": ["phone"]}


def test_change_clinic_refuses_fields_that_never_change(clinic, now):
    with pytest.raises(InvalidClinic) as refused:
        change_clinic(clinic=clinic, key="east", by=SYSTEM, now=now)
    assert set(refused.value.problems) == {"key"}


def test_create_staff_names_every_problem_at_once(clinic, admin, now):
    with pytest.raises(InvalidStaff) as refused:
        create_staff(
            clinic=clinic, email="ADA@north.example", name="", role="owner", password="1234", by=SYSTEM, now=now
        )
    assert set(refused.value.problems) == {"email", "name", "role", "password"}


def test_staff_sign_in_with_any_case_of_their_address(admin):
    found = staff_by_email("Ada@North.Example")
    assert found == admin
    assert found.check_password(PASSWORD)


def test_change_staff_keeps_one_active_admin(admin, now):
    for change in ({"role": "clinician"}, {"is_active": False}):
        with pytest.raises(InvalidStaff, match="one active admin"):
            change_staff(user=admin, by=SYSTEM, now=now, **change)
    assert User.objects.get(pk=admin.pk).role == "admin"


def test_change_staff_revokes_the_tokens_of_who_leaves(clinic, admin, now):
    nurse = create_staff(
        clinic=clinic, email="n@north.example", name="N", role="clinician", password=PASSWORD, by=SYSTEM, now=now
    )
    _, plaintext = create_token(user=nurse, by=SYSTEM, now=now)
    change_staff(user=nurse, is_active=False, by=SYSTEM, now=now)
    change_staff(user=nurse, is_active=True, by=SYSTEM, now=now)
    assert live_token(plaintext, now=now) is None


def test_set_password_refuses_a_weak_one_and_keeps_the_old(admin, now):
    with pytest.raises(InvalidStaff):
        set_password(user=admin, password="password", by=SYSTEM, now=now)
    assert User.objects.get(pk=admin.pk).check_password(PASSWORD)


def test_a_token_works_until_it_expires_or_is_revoked(admin, now):
    token, plaintext = create_token(user=admin, lifetime=timedelta(days=1), by=SYSTEM, now=now)
    assert live_token(plaintext, now=now + timedelta(hours=23)) == token
    assert live_token(plaintext, now=now + timedelta(days=1)) is None
    assert live_token(plaintext + "x", now=now) is None
    revoke_token(token=token, by=SYSTEM, now=now)
    revoke_token(token=token, by=SYSTEM, now=now)
    assert live_token(plaintext, now=now) is None
    assert AuditEvent.objects.filter(action="token.revoke").count() == 1


def test_a_token_is_kept_as_a_digest_only(admin, now):
    token, plaintext = create_token(user=admin, by=SYSTEM, now=now)
    assert plaintext not in str(ApiToken.objects.filter(pk=token.pk).values().get())


def test_create_token_names_every_problem_at_once(clinic, admin, now):
    desk = create_staff(
        clinic=clinic, email="d@north.example", name="D", role="coordinator", password=PASSWORD, by=SYSTEM, now=now
    )
    with pytest.raises(InvalidToken) as refused:
        create_token(user=desk, scopes=["see_answers"], lifetime=timedelta(days=400), by=SYSTEM, now=now)
    assert set(refused.value.problems) == {"scopes", "lifetime"}
    with pytest.raises(InvalidToken, match="Choose from"):
        create_token(user=desk, scopes=["everything"], by=SYSTEM, now=now)


def test_scopes_never_give_more_than_the_role_has_left(clinic, admin, now):
    other = create_staff(
        clinic=clinic, email="o@north.example", name="O", role="admin", password=PASSWORD, by=SYSTEM, now=now
    )
    token, _ = create_token(user=other, scopes=["see_patients", "see_audit"], by=SYSTEM, now=now)
    demoted = change_staff(user=other, role="coordinator", by=SYSTEM, now=now)
    assert permissions_of(demoted, token) == {"see_patients"}


def test_touch_token_writes_at_most_once_a_minute(admin, now, django_assert_num_queries):
    token, _ = create_token(user=admin, by=SYSTEM, now=now)
    touch_token(token=token, now=now)
    token.refresh_from_db()
    assert token.last_used_at == now
    with django_assert_num_queries(0):
        touch_token(token=token, now=now + timedelta(seconds=59))
