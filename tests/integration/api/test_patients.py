"""Patients, consent and opt-outs through the API."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from clinics.models import AuditEvent
from followup.models import Consent, Patient
from messaging.models import OptOut, OutboundMessage
from tests.factories import number
from tests.integration.api.test_doors import attrs, new_events, problem

PATIENTS = "/api/v1/patients/"
CONSENT = {"method": "written", "wording_version": "2026-01", "given_at": "2026-11-20T16:00:00Z"}
BODY = {
    "reference": "P-0001",
    "name": "Maya Torres",
    "phone": "+16185550123",
    "time_zone": "America/Chicago",
    "language": "en",
    "consent": CONSENT,
}


@pytest.fixture
def patient(api):
    """A patient with consent, as the API shows them."""
    return api.post(PATIENTS, BODY).json()


def test_a_patient_is_enrolled_with_consent_and_welcomed(api):
    response = api.post(PATIENTS, BODY)
    assert response.status_code == 201
    body = response.json()
    assert {key: body[key] for key in ("reference", "name", "phone", "time_zone", "language", "status")} == {
        key: BODY[key] for key in ("reference", "name", "phone", "time_zone", "language")
    } | {"status": "active"}
    assert body["consent"]["given_at"] == CONSENT["given_at"]
    assert body["opted_out"] is False
    assert api.get(f"{PATIENTS}{body['id']}/").json() == body
    assert OutboundMessage.objects.exists()


def test_without_consent_nothing_is_texted(api):
    body = api.post(PATIENTS, BODY | {"consent": None}).json()
    assert body["consent"] is None
    assert not OutboundMessage.objects.exists()


def test_the_same_body_again_gets_the_same_patient(api):
    first, again = api.post(PATIENTS, BODY), api.post(PATIENTS, BODY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Patient.objects.count() == 1
    assert AuditEvent.objects.latest("pk").action == "patient.repeat"


def test_another_body_under_the_same_reference_is_a_conflict_that_names_the_fields(api, patient):
    other = BODY | {"name": "Somebody Else", "consent": CONSENT | {"wording_version": "2026-02"}}
    body = problem(api.post(PATIENTS, other), 409)
    assert attrs(body) == {"name", "consent"}
    assert "Maya" not in json.dumps(body)
    assert "Torres" not in json.dumps(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "6185550123"),
        ("phone", "+1 618 555 0123"),
        ("phone", "+18005550123"),
        ("phone", "+16185550123"[:-1]),
        ("phone", ""),
        ("phone", None),
        ("time_zone", "Chicago"),
        ("language", "fr"),
        ("reference", " "),
        ("reference", "x" * 65),
        ("name", ""),
        ("name", "\u0000"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(api, field, value):
    assert attrs(problem(api.post(PATIENTS, BODY | {field: value}), 400)) == {field}
    assert Patient.objects.count() == 0


def test_everything_wrong_about_a_patient_is_named_at_once_with_its_remedy(api):
    wrong = {"phone": "6185550199", "time_zone": "Chicago", "language": "fr", "consent": CONSENT | {"method": "nod"}}
    body = problem(api.post(PATIENTS, BODY | wrong), 400)
    assert attrs(body) == {"phone", "time_zone", "language", "consent.method"}
    assert "E.164" in body["detail"]
    assert "6185550199" not in body["detail"]


def test_consent_that_lies_ahead_is_refused(api):
    ahead = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert attrs(problem(api.post(PATIENTS, BODY | {"consent": CONSENT | {"given_at": ahead}}), 400)) == {
        "consent.given_at"
    }


def test_a_change_shows_and_leaves_the_rest(api, patient):
    changed = api.patch(f"{PATIENTS}{patient['id']}/", {"language": "es"})
    assert changed.json() | {"updated_at": ""} == patient | {"language": "es", "updated_at": ""}


def test_a_new_phone_ends_the_consent_that_was_given_for_the_old(api, patient):
    changed = api.patch(f"{PATIENTS}{patient['id']}/", {"phone": "+16185550124"}).json()
    assert changed["consent"] is None


def test_pause_resume_withdraw_and_consent_again(api, patient):
    url = f"{PATIENTS}{patient['id']}/"
    until = datetime(2099, 1, 1, tzinfo=UTC).isoformat()
    assert api.post(f"{url}pause/", {"until": until}).json()["status"] == "paused"
    assert api.post(f"{url}resume/").json()["status"] == "active"
    withdrawn = api.post(f"{url}withdraw/").json()
    assert (withdrawn["status"], withdrawn["consent"]) == ("withdrawn", None)
    assert api.post(f"{url}consent/", CONSENT).json()["consent"]["wording_version"] == "2026-01"
    assert attrs(problem(api.post(f"{url}pause/", {"until": "2020-01-01T00:00:00Z"}), 400)) == {"until"}


def test_an_opt_out_shows_on_the_patient_and_ends_with_new_consent(api, patient):
    made = api.post("/api/v1/opt-outs/", {"patient": patient["id"], "source": "phone"})
    assert made.status_code == 201
    again = api.post("/api/v1/opt-outs/", {"patient": patient["id"]})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    assert api.get(f"{PATIENTS}{patient['id']}/").json()["opted_out"] is True
    assert len(api.get("/api/v1/opt-outs/", {"active": True, "patient": patient["id"]}).json()["results"]) == 1
    ended = api.post(f"/api/v1/opt-outs/{made.json()['id']}/end/", {"patient": patient["id"], "consent": CONSENT})
    assert ended.json()["ended_at"] is not None
    assert api.get(f"{PATIENTS}{patient['id']}/").json()["opted_out"] is False
    assert api.get("/api/v1/opt-outs/", {"active": True}).json()["results"] == []
    assert OptOut.objects.count() == 1


def test_an_opt_out_ends_only_for_whoever_has_the_number(api, patient):
    made = api.post("/api/v1/opt-outs/", {"patient": patient["id"]}).json()
    other = api.post(PATIENTS, BODY | {"reference": "P-2", "phone": "+16185550124"}).json()
    body = {"patient": other["id"], "consent": CONSENT}
    assert attrs(problem(api.post(f"/api/v1/opt-outs/{made['id']}/end/", body), 409)) == {"patient"}


def test_a_keyed_enrolment_is_done_once_and_its_answer_kept_sealed(api):
    answers = [api.post(PATIENTS, BODY, headers={"Idempotency-Key": "enrol-1"}) for _ in range(2)]
    assert json.loads(answers[0].content) == json.loads(answers[1].content)
    assert Patient.objects.count() == Consent.objects.count() == 1


def test_patients_are_found_by_reference_status_and_language(api, patient):
    api.post(PATIENTS, BODY | {"reference": "P-2", "phone": "+16185550124", "language": "es"})
    for query, references in (
        ({"reference": "P-2"}, ["P-2"]),
        ({"language": "en"}, ["P-0001"]),
        ({"status": "paused"}, []),
        ({"until": "2020-01-01T00:00:00Z"}, []),
    ):
        assert [row["reference"] for row in api.get(PATIENTS, query).json()["results"]] == references


def test_the_list_of_patients_takes_as_many_queries_for_many_as_for_one(api, patient, django_assert_num_queries):
    for place in range(5):
        api.post(PATIENTS, BODY | {"reference": f"P-{place}", "phone": number(30 + place)})
    with django_assert_num_queries(5):  # token, patients, consents, opt-outs, audit
        assert len(api.get(PATIENTS).json()["results"]) == 6


def test_reading_a_patient_is_recorded_with_the_patient(api, patient):
    before = AuditEvent.objects.latest("pk").pk
    api.get(f"{PATIENTS}{patient['id']}/")
    assert new_events(before) == ["patient.read"]
    assert str(AuditEvent.objects.latest("pk").patient_id) == patient["id"]


def test_a_consent_keeps_what_it_is_for_and_what_proves_it(api):
    given = CONSENT | {"purpose": "care-follow-up", "evidence": "Form in folder 12, signed before the nurse"}
    shown = api.post(PATIENTS, BODY | {"consent": given}).json()["consent"]
    assert (shown["purpose"], shown["evidence"]) == (given["purpose"], given["evidence"])
    stored = bytes(Consent.objects.values_list("evidence", flat=True).get())
    assert b"folder" not in stored
    assert api.post(PATIENTS, BODY | {"consent": given}).status_code == 200


def test_an_endless_evidence_is_refused_by_field(api):
    refused = api.post(PATIENTS, BODY | {"consent": CONSENT | {"evidence": "x" * 201}})
    assert refused.status_code == 400
    assert attrs(refused.json()) == {"consent.evidence"}
