"""Patients, their consent, visits and files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clinics.models import AuditEvent
from followup.models import CareSession, FollowUp, Patient
from messaging.queries import is_opted_out
from tests.factories import NOW, end_session, make_patient, make_plan
from tests.integration.web.conftest import House

NEW = {"reference": "P-9", "name": "Bo New", "phone": "+16185550177", "time_zone": "America/Denver", "language": "es"}
CONSENT = {"method": "written", "wording_version": "2026-01", "given_at": "2026-11-20T10:00"}


def test_a_patient_is_enrolled_with_consent_in_the_clinics_time(north: House, desk: Client) -> None:
    response = desk.post("/patients/new/", NEW | CONSENT)
    patient = Patient.objects.get(reference="P-9")
    assert response["Location"] == f"/patients/{patient.pk}/"
    assert patient.name.reveal() == "Bo New"
    assert patient.consents.get().given_at.isoformat() == "2026-11-20T16:00:00+00:00"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"phone": "618-555-0177"}, "Mobile phone: Write the number in E.164"),
        ({"phone": "+1618555"}, "Mobile phone: "),
        ({"name": ""}, "Name: This field is required."),
        ({"time_zone": "Mars/Olympus"}, "Time zone: Select a valid choice"),
        ({"method": "written", "wording_version": "", "given_at": "2026-11-20T10:00"}, "Version of the consent form: "),
        ({**CONSENT, "given_at": "2027-01-01T10:00"}, "Consent given on: Must not lie in the future."),
        ({"reference": "P-TAKEN"}, "Reference: Another patient of this clinic has it."),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(
    north: House, desk: Client, typed: dict[str, str], said: str
) -> None:
    make_patient(north.clinic, reference="P-TAKEN")
    before = Patient.objects.count()
    response = desk.post("/patients/new/", NEW | typed)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Patient.objects.count() == before


def test_details_are_changed_and_a_new_number_ends_the_consent(north: House, desk: Client) -> None:
    path = f"/patients/{north.patient.pk}/edit/"
    desk.post(path, NEW)
    north.patient.refresh_from_db()
    assert (north.patient.reference, north.patient.language) == ("P-9", "es")
    assert not north.patient.consents.filter(ended_at=None).exists()
    assert "No consent" in desk.get(f"/patients/{north.patient.pk}/").content.decode()


@pytest.mark.parametrize("typed", ["{reference}", "{phone}"])
def test_a_patient_is_found_by_reference_or_whole_number(north: House, desk: Client, typed: str) -> None:
    other = make_patient(north.clinic, reference="ZZ-1", name="Not Me")
    text = typed.format(reference=north.patient.reference, phone=north.patient.phone.reveal())
    page = desk.post("/patients/", {"q": text}, follow=True).content.decode()
    assert north.patient.reference in page
    assert other.reference not in page


def test_a_number_that_is_searched_for_stands_in_no_address(north: House, desk: Client) -> None:
    number = north.patient.phone.reveal()
    found = desk.post("/patients/", {"q": number}, follow=True)
    assert found.redirect_chain == []
    assert AuditEvent.objects.filter(action="patient.list", detail={"by": "phone"}).count() == 1
    assert desk.get("/patients/", {"q": number}).headers["Location"] == "/patients/"


def test_the_list_of_patients_hides_numbers_and_goes_on_by_pages(north: House, desk: Client) -> None:
    for place in range(50):
        make_patient(north.clinic, consent=False, reference=f"L-{place:03}", now=NOW - timedelta(days=60))
    first = desk.get("/patients/")
    assert north.patient.phone.reveal() not in first.content.decode()
    second = desk.get("/patients/", {"after": first.context["next"]})
    assert [len(first.context["rows"]), len(second.context["rows"])] == [50, 1]


def test_contact_is_stopped_and_begun_again(north: House, desk: Client) -> None:
    base = f"/patients/{north.patient.pk}"
    number = (north.clinic.pk, north.patient.phone_hash)
    desk.post(f"{base}/opt-out/")
    assert is_opted_out(*number)
    desk.post(f"{base}/opt-in/")
    assert not is_opted_out(*number)
    desk.post(f"{base}/pause/", {"until": "2026-12-01T09:00"})
    north.patient.refresh_from_db()
    assert north.patient.status == "paused"
    assert desk.post(f"{base}/pause/", {"until": "2026-11-01T09:00"}).status_code == 422
    desk.post(f"{base}/resume/")
    desk.post(f"{base}/consent/withdraw/")
    north.patient.refresh_from_db()
    assert north.patient.status == "withdrawn"
    desk.post(f"{base}/opt-out/")
    refused = desk.post(f"{base}/opt-in/", follow=True).content.decode()
    assert "Record a new signed consent first" in refused
    desk.post(f"{base}/consent/", CONSENT)
    north.patient.refresh_from_db()
    assert north.patient.status == "active"
    assert not is_opted_out(*number)


def test_a_care_session_is_recorded_ended_moved_and_cancelled(north: House, desk: Client) -> None:
    base = f"/patients/{north.patient.pk}/care-sessions"
    booked = {"external_reference": "INF-7", "kind": "ketamine-iv", "booked_for": "2026-11-25T09:00", "ended_at": ""}
    desk.post(f"{base}/new/", booked)
    session = CareSession.objects.get(external_reference="INF-7")
    assert session.booked_for is not None
    assert session.booked_for.isoformat() == "2026-11-25T15:00:00+00:00"
    desk.post(f"{base}/{session.pk}/", {"move": "1", "booked_for": "2026-11-24T08:00"})
    desk.post(f"{base}/{session.pk}/", {"end": "1", "ended_at": "2026-11-24T09:00"})
    session.refresh_from_db()
    assert session.status == "ended"
    desk.post(f"{base}/{session.pk}/cancel/")
    session.refresh_from_db()
    assert session.status == "cancelled"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"ended_at": "2026-11-24T11:00"}, "Ended at: Must not lie in the future."),
        ({"ended_at": "2026-01-01T11:00"}, "Ended at: Lies before the patient"),
        ({"ended_at": ""}, "Booked for: Give the time it is booked for"),
        ({"kind": "massage"}, "Kind: Select a valid choice"),
    ],
)
def test_a_care_session_that_cannot_be_is_refused(north: House, desk: Client, typed: dict[str, str], said: str) -> None:
    given = {"external_reference": "INF-8", "kind": "ketamine-iv", "booked_for": "", "ended_at": "2026-11-24T09:00"}
    response = desk.post(f"/patients/{north.patient.pk}/care-sessions/new/", given | typed)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not CareSession.objects.filter(external_reference="INF-8").exists()


def test_a_planned_follow_up_is_sent_now(north: House, desk: Client) -> None:
    make_plan(north.clinic, {"key": "day-1", "offset": "PT24H"})
    patient = make_patient(north.clinic)
    end_session(patient)
    follow_up = FollowUp.objects.get(patient=patient, status="scheduled")
    desk.post(f"/patients/{patient.pk}/follow-ups/{follow_up.pk}/send-now/")
    follow_up.refresh_from_db()
    assert follow_up.opens_at == NOW
    again = desk.post(f"/patients/{north.patient.pk}/follow-ups/{follow_up.pk}/send-now/")
    assert again.status_code == 404


def test_the_timeline_tells_the_whole_story(north: House, desk: Client) -> None:
    page = desk.get(f"/patients/{north.patient.pk}/").content.decode()
    assert all(
        word in page for word in ["Care session MADE-", "Completed", "Pain on average", "To the patient", "<svg"]
    )
    assert north.patient.phone.reveal() not in page
    only_texts = desk.get(f"/patients/{north.patient.pk}/?show=texts").content.decode()
    assert "From the patient" in only_texts
    assert 'aria-label="Follow-up"' not in only_texts


CSV = "reference,name,phone\n"


def uploaded(text: str | bytes) -> dict[str, SimpleUploadedFile]:
    content = text.encode() if isinstance(text, str) else text
    return {"file": SimpleUploadedFile("patients.csv", content, "text/csv")}


def test_a_file_is_shown_line_by_line_and_then_taken(north: House, desk: Client) -> None:
    text = CSV + "I-1,Cy One,+16185550181\nI-2,Di Two,+16185550182\n"
    preview = desk.post("/patients/import/", uploaded(text))
    assert not Patient.objects.filter(reference="I-1").exists()
    assert "Enrol 2 patients" in preview.content.decode()
    desk.post("/patients/import/", {"csv": preview.context["csv"]})
    assert Patient.objects.filter(reference__in=["I-1", "I-2"]).count() == 2


def test_one_bad_line_is_named_and_nothing_is_taken(north: House, desk: Client) -> None:
    text = CSV + "I-1,Cy One,+16185550181\nI-2,,12345\n"
    preview = desk.post("/patients/import/", uploaded(text))
    page = preview.content.decode()
    assert "<strong>name:</strong>" in page
    assert "<strong>phone:</strong>" in page
    assert '<button class="button" type="submit">Enrol' not in page
    assert desk.post("/patients/import/", {"csv": text}).status_code == 422
    assert not Patient.objects.filter(reference="I-1").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("first,last\nA,B\n", "The column reference is missing."),
        (b"\xff\xfe\x00", "The file is not UTF-8 text."),
        ("x" * 1_000_001, "The file is larger than 1 MB"),
        ("", "File: "),
    ],
)
def test_a_file_that_is_no_list_of_patients_is_refused(desk: Client, content: str | bytes, said: str) -> None:
    assert said.removeprefix("File: ") in desk.post("/patients/import/", uploaded(content)).content.decode()
