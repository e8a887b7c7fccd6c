"""The encrypted field against PostgreSQL."""

import pytest
from django.db import connection
from django.utils import timezone

from clinics.models import Clinic
from privacy.fields import CannotLookUp, reveal
from privacy.sealing import CannotOpen
from privacy.sensitive import Sensitive

pytestmark = pytest.mark.django_db


def make_clinic(key: str, secret: str | None) -> Clinic:
    return Clinic.objects.create(
        key=key,
        name="Clinic",
        short_name="Clinic",
        phone="+16185550100",
        time_zone="UTC",
        provider_secret=secret,
        created_at=timezone.now(),
    )


@pytest.mark.parametrize("secret", ["hush", "", "0", "é\x00"])
def test_a_value_round_trips_and_hides_itself(secret: str) -> None:
    stored = Clinic.objects.get(pk=make_clinic("a", secret).pk)
    assert stored.provider_secret == Sensitive(secret)
    assert str(stored.provider_secret) == "[hidden]"


def test_none_stays_none() -> None:
    assert Clinic.objects.get(pk=make_clinic("a", None).pk).provider_secret is None


def test_the_database_holds_no_plain_text() -> None:
    clinic = make_clinic("a", "hush")
    with connection.cursor() as cursor:
        cursor.execute("SELECT provider_secret FROM clinics_clinic WHERE id = %s", [clinic.pk])
        assert b"hush" not in bytes(cursor.fetchone()[0])


def test_saving_again_without_reading_keeps_the_value() -> None:
    make_clinic("a", "hush")
    clinic = Clinic.objects.get(key="a")
    clinic.name = "Other"
    clinic.save()
    assert Clinic.objects.get(key="a").provider_secret == Sensitive("hush")


def test_a_deferred_value_is_fetched_when_read() -> None:
    make_clinic("a", "hush")
    assert Clinic.objects.defer("provider_secret").get(key="a").provider_secret == Sensitive("hush")


def test_values_gives_sealed_bytes_that_reveal_opens() -> None:
    clinic = make_clinic("a", "hush")
    sealed = Clinic.objects.values_list("provider_secret", flat=True).get(pk=clinic.pk)
    assert reveal(Clinic, "provider_secret", clinic.pk, sealed) == Sensitive("hush")
    assert reveal(Clinic, "provider_secret", clinic.pk, None) is None
    with pytest.raises(CannotLookUp):
        reveal(Clinic, "name", clinic.pk, sealed)


def test_a_ciphertext_copied_to_another_row_is_refused() -> None:
    first, second = make_clinic("a", "hush"), make_clinic("b", "other")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clinics_clinic SET provider_secret = (SELECT provider_secret FROM clinics_clinic WHERE id = %s) "
            "WHERE id = %s",
            [first.pk, second.pk],
        )
    with pytest.raises(CannotOpen):
        _ = Clinic.objects.get(pk=second.pk).provider_secret


def test_looking_up_by_the_value_is_refused() -> None:
    with pytest.raises(CannotLookUp):
        Clinic.objects.filter(provider_secret="hush").exists()
    assert not Clinic.objects.filter(provider_secret__isnull=False).exists()


def test_updating_without_an_instance_is_refused() -> None:
    make_clinic("a", "hush")
    with pytest.raises(CannotLookUp):
        Clinic.objects.update(provider_secret="plain")


def test_a_row_without_a_key_is_not_sealed() -> None:
    with pytest.raises(TypeError, match="needs its key"):
        Clinic._meta.get_field("provider_secret").place(None)
