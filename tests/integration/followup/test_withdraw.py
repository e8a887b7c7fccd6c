"""Less contact: withdrawing, opting out, pausing; and the ways back."""

from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent, Clinic
from followup.models import FollowUp, Patient
from followup.operations.enrol import give_consent
from followup.operations.errors import Conflict, Refused
from followup.operations.withdraw import (
    opt_in_patient,
    opt_out_patient,
    pause_patient,
    resume_patient,
    withdraw_consent,
)
from messaging.models import OutboundMessage
from messaging.queries import is_opted_out
from tests.factories import NOW, consented, end_session, make_plan
from tests.factories.talk import open_one

HOUR = timedelta(hours=1)


@pytest.fixture
def asked(clinic: Clinic, patient: Patient) -> FollowUp:
    make_plan(clinic, {"key": "now"}, {"key": "tomorrow", "offset": "PT24H"})
    end_session(patient)
    return open_one(patient)


def fates() -> set[tuple[str, str]]:
    return set(FollowUp.objects.values_list("status", "reason"))


def test_withdrawing_consent_ends_cancels_and_silences_everything(asked: FollowUp) -> None:
    patient = withdraw_consent(patient=asked.patient, by=SYSTEM, now=NOW)
    withdraw_consent(patient=patient, by=SYSTEM, now=NOW + HOUR)
    assert fates() == {("expired", "withdrawn"), ("cancelled", "withdrawn")}
    assert not OutboundMessage.objects.filter(status="queued").exists()
    assert patient.status == "withdrawn"
    assert AuditEvent.objects.filter(action="consent.withdraw").count() == 1


def test_a_patient_who_withdrew_can_come_back_with_a_new_consent(asked: FollowUp) -> None:
    patient = withdraw_consent(patient=asked.patient, by=SYSTEM, now=NOW)
    patient = resume_patient(patient=patient, by=SYSTEM, now=NOW)
    give_consent(patient=patient, consent=consented(NOW), by=SYSTEM, now=NOW)
    end_session(patient, ended_at=NOW + HOUR, now=NOW + HOUR)
    assert open_one(patient, now=NOW + HOUR).plan_step.key == "now"


def test_an_opt_out_by_staff_has_the_effect_of_stop(asked: FollowUp) -> None:
    opt_out_patient(patient=asked.patient, source="phone", by=SYSTEM, now=NOW)
    opt_out_patient(patient=asked.patient, source="phone", by=SYSTEM, now=NOW)
    assert is_opted_out(asked.clinic_id, asked.patient.phone_hash)
    assert ("expired", "opted_out") in fates()
    assert not OutboundMessage.objects.filter(status="queued").exists()
    assert AuditEvent.objects.filter(action="opt_out.create").count() == 1


def test_an_opt_out_needs_a_known_source(patient: Patient) -> None:
    with pytest.raises(Refused):
        opt_out_patient(patient=patient, source="gossip", by=SYSTEM, now=NOW)


def test_an_opt_out_is_ended_only_where_there_is_consent(patient: Patient) -> None:
    opt_out_patient(patient=patient, source="staff", by=SYSTEM, now=NOW)
    opt_in_patient(patient=patient, by=SYSTEM, now=NOW)
    assert not is_opted_out(patient.clinic_id, patient.phone_hash)
    opt_out_patient(patient=patient, source="staff", by=SYSTEM, now=NOW)
    withdraw_consent(patient=patient, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="consent"):
        opt_in_patient(patient=patient, by=SYSTEM, now=NOW)


def test_a_pause_needs_an_end_that_lies_ahead_and_somebody_to_pause(patient: Patient) -> None:
    with pytest.raises(Refused):
        pause_patient(patient=patient, until=NOW, by=SYSTEM, now=NOW)
    withdraw_consent(patient=patient, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        pause_patient(patient=patient, until=NOW + HOUR, by=SYSTEM, now=NOW)


def test_resuming_asks_at_once_what_was_put_back(clinic: Clinic, patient: Patient) -> None:
    from followup.operations.open_due import open_due

    make_plan(clinic)
    end_session(patient)
    patient = pause_patient(patient=patient, until=NOW + 5 * HOUR, by=SYSTEM, now=NOW)
    open_due(now=NOW)
    resume_patient(patient=patient, by=SYSTEM, now=NOW + HOUR)
    assert open_one(patient, now=NOW + HOUR).opened_at == NOW + HOUR
