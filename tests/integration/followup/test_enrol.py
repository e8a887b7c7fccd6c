"""Patients are enrolled, changed and welcomed."""

from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent, Clinic
from followup.models import Consent, FollowUp, Patient, Plan
from followup.operations.enrol import AlreadyEnrolled, ConsentInput, change_patient, enrol_patient, give_consent
from followup.operations.errors import Conflict, Refused
from followup.operations.withdraw import opt_out_patient
from messaging.models import OutboundMessage
from messaging.queries import is_opted_out
from tests.factories import NOW, consented, end_session, make_clinic, make_patient, number
from tests.factories.talk import open_one, texts

FIELDS = {
    "reference": "P-0001",
    "name": "Ada Example",
    "phone": "+16185550123",
    "time_zone": "America/Chicago",
    "language": "es",
}


def enrol(clinic: Clinic, *, consent: ConsentInput | None = None, **changes: str) -> Patient:
    return enrol_patient(clinic=clinic, consent=consent, by=SYSTEM, now=NOW, **(FIELDS | changes))


def test_a_patient_with_consent_is_welcomed_in_their_language_inside_the_window(clinic: Clinic) -> None:
    patient = enrol(clinic, consent=consented(NOW))
    welcome, notice = texts(patient, "service")
    assert "Se inscribió" in welcome
    assert "nadie los vigila" in notice
    rows = OutboundMessage.objects.filter(number_hash=patient.phone_hash)
    assert {row.window_zone for row in rows} == {"America/Chicago"}
    assert AuditEvent.objects.filter(patient_id=patient.id, action="patient.create").count() == 1


def test_a_patient_without_consent_gets_no_text(clinic: Clinic) -> None:
    assert texts(enrol(clinic), "service") == []


def test_every_problem_is_named_at_once_and_nothing_is_stored(clinic: Clinic) -> None:
    late = ConsentInput(method="shouted", wording_version="", given_at=NOW + timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        enrol(clinic, reference=" ", name="", phone="618-555-0123", time_zone="Chicago", language="fr", consent=late)
    assert set(refusal.value.problems) == {
        "reference",
        "name",
        "phone",
        "time_zone",
        "language",
        "consent.method",
        "consent.wording_version",
        "consent.given_at",
    }
    assert not Patient.objects.exists()


@pytest.mark.parametrize("phone", ["6185550123", "+1 618 555 0123", "+1618555012", "+18005550123", "+999", "", "+"])
def test_a_number_that_is_not_e164_or_no_mobile_is_refused(clinic: Clinic, phone: str) -> None:
    with pytest.raises(Refused) as refusal:
        enrol(clinic, phone=phone)
    assert list(refusal.value.problems) == ["phone"]


def test_the_same_reference_twice_names_what_differs(clinic: Clinic) -> None:
    first = enrol(clinic, consent=consented(NOW))
    with pytest.raises(AlreadyEnrolled) as same:
        enrol(clinic, consent=consented(NOW))
    assert (same.value.patient, same.value.problems) == (first, {})
    with pytest.raises(AlreadyEnrolled) as other:
        enrol(clinic, name="Somebody Else", language="en")
    assert set(other.value.problems) == {"name", "language", "consent"}
    assert Patient.objects.count() == 1


def test_two_clinics_may_use_one_reference_and_one_phone(clinic: Clinic) -> None:
    assert enrol(clinic).phone_hash == enrol(make_clinic("south", surveys=False)).phone_hash


def test_a_new_number_needs_a_new_consent_and_ends_what_was_asked_on_the_old_one(plan: Plan, patient: Patient) -> None:
    end_session(patient)
    asked = open_one(patient)
    changed = change_patient(patient=patient, phone=number(77, "636"), by=SYSTEM, now=NOW)
    asked.refresh_from_db()
    assert (asked.status, asked.reason) == ("expired", "by_staff")
    assert not Consent.objects.filter(patient=patient, ended_at__isnull=True).exists()
    assert not OutboundMessage.objects.filter(number_hash=patient.phone_hash, status="queued").exists()
    give_consent(patient=changed, consent=consented(NOW), by=SYSTEM, now=NOW)
    assert len(texts(changed, "service")) == 2


def test_a_new_zone_moves_what_is_not_asked_yet(clinic: Clinic, patient: Patient) -> None:
    from tests.factories import make_plan

    make_plan(clinic, {"offset": "P7D", "local_time": "10:00"})
    end_session(patient)
    before = FollowUp.objects.get(patient=patient).opens_at
    change_patient(patient=patient, time_zone="America/New_York", by=SYSTEM, now=NOW)
    after = FollowUp.objects.get(patient=patient).opens_at
    assert before is not None
    assert after == before - timedelta(hours=1)


def test_a_change_that_is_refused_changes_nothing(clinic: Clinic, patient: Patient) -> None:
    other = make_patient(clinic)
    with pytest.raises(Conflict):
        change_patient(patient=patient, reference=other.reference, by=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        change_patient(patient=patient, name="New Name", time_zone="Mars", by=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        change_patient(patient=patient, status="active", by=SYSTEM, now=NOW)
    stored = Patient.objects.get(pk=patient.pk)
    assert (stored.reference, stored.name.reveal()) == (patient.reference, "Ada Example")


def test_a_new_signed_consent_ends_an_opt_out(patient: Patient) -> None:
    opt_out_patient(patient=patient, source="phone", by=SYSTEM, now=NOW)
    assert is_opted_out(patient.clinic_id, patient.phone_hash)
    give_consent(patient=patient, consent=consented(NOW), by=SYSTEM, now=NOW)
    assert not is_opted_out(patient.clinic_id, patient.phone_hash)


def test_names_and_numbers_are_in_no_representation(patient: Patient) -> None:
    shown = f"{patient!r} {patient} {patient.__dict__}"
    assert "Ada" not in shown
    assert patient.phone.reveal() not in shown
