"""Every constraint and trigger of the room's tables refuses what it must, on PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clinics.models import Clinic, User
from followup.models import Answer, CareSession, Consent, Conversation, FollowUp, Patient, Plan, ReviewItem, Signal
from tests.factories import NOW, end_session, make_patient, make_plan
from tests.factories.talk import open_one, write

LATER = NOW + timedelta(hours=1)


def refused(table: str, change: str, **where: Any) -> None:
    """One UPDATE that the database must refuse."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change} WHERE id = %(id)s", where)  # noqa: S608  # both written here


@pytest.fixture
def asked(patient: Patient, plan: Plan) -> FollowUp:
    end_session(patient)
    return open_one(patient)


@pytest.mark.parametrize(
    "change",
    [
        "opens_at = now()",
        "timer_at = NULL",
        "survey_version_id = NULL",
        "opened_at = NULL",
        "closes_at = NULL",
        "closed_at = now()",
        "status = 'completed'",
        "status = 'completed', timer_at = NULL",
        "status = 'skipped', timer_at = NULL, closed_at = now()",
        "status = 'asked'",
    ],
)
def test_a_follow_up_keeps_its_times_and_its_status_together(asked: FollowUp, change: str) -> None:
    refused("followup_followup", change, id=asked.id)


def test_a_session_is_asked_once_a_step(asked: FollowUp) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.create(
            clinic_id=asked.clinic_id,
            patient_id=asked.patient_id,
            care_session_id=asked.care_session_id,
            plan_step_id=asked.plan_step_id,
            status="scheduled",
            due_at=NOW,
            opens_at=NOW,
            created_at=NOW,
            updated_at=NOW,
        )


@pytest.mark.parametrize("change", ["waiting_since = NULL", "ended_at = now()"])
def test_a_conversation_waits_or_has_ended(asked: FollowUp, change: str) -> None:
    refused("followup_conversation", change, id=Conversation.objects.get(follow_up=asked).id)


def test_one_conversation_waits_on_a_phone(asked: FollowUp, clinic: Clinic) -> None:
    other = make_patient(clinic, phone=asked.patient.phone.reveal())
    session = CareSession.objects.create(
        clinic=clinic, patient=other, external_reference="X", kind="x", status="ended", ended_at=NOW, created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    follow_up = FollowUp.objects.create(
        clinic=clinic, patient=other, care_session=session, plan_step=asked.plan_step, status="scheduled", due_at=NOW,
        opens_at=NOW, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(
            clinic=clinic, follow_up=follow_up, patient=other, number_hash=asked.patient.phone_hash, language="en",
            state={}, format=1, waiting_since=NOW, started_at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        "value = '1'",
        "raw_text = NULL",
        "late = true",
        "answered_at = now()",
        "question = 'mood'",
        "prompt = ''",
    ],
)
def test_an_answer_cannot_be_overwritten(asked: FollowUp, change: str) -> None:
    write(asked.patient, "5")
    refused("followup_answer", change, id=Answer.objects.get(follow_up=asked).id)


def test_an_answer_cannot_be_deleted(asked: FollowUp) -> None:
    write(asked.patient, "5")
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(follow_up=asked).delete()


def test_an_answer_is_superseded_once(asked: FollowUp) -> None:
    write(asked.patient, "5")
    answer = Answer.objects.get(follow_up=asked)
    Answer.objects.filter(pk=answer.pk).update(superseded_at=NOW)
    refused("followup_answer", "superseded_at = NULL", id=answer.id)


def test_a_question_has_one_current_answer(asked: FollowUp) -> None:
    write(asked.patient, "5")
    answer = Answer.objects.get(follow_up=asked)
    answer.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(
            clinic_id=answer.clinic_id, patient_id=answer.patient_id, follow_up=asked, question=answer.question,
            prompt="", language="en", value=1, kind="value", reader_version="1", source="patient", channel="sms",
            answered_at=NOW,
        )  # fmt: skip


def test_answers_are_never_emptied(asked: FollowUp) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE followup_answer ENABLE TRIGGER answer_never_emptied")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("TRUNCATE followup_answer CASCADE")
        cursor.execute("ALTER TABLE followup_answer DISABLE TRIGGER answer_never_emptied")


@pytest.mark.parametrize(
    "change", ["level = 'info'", "rule = 'X'", "inputs = '{}'", "annotations = '[]'", "raised_at = now()"]
)
def test_a_signal_is_annotated_and_never_changed(asked: FollowUp, change: str) -> None:
    write(asked.patient, "my chest hurts and i cant breathe")
    signal = Signal.objects.filter(follow_up=asked).first()
    assert signal is not None
    Signal.objects.filter(pk=signal.pk).update(annotations=[{"note": "a"}])
    refused("followup_signal", change, id=signal.id)


def test_a_signal_cannot_be_deleted(asked: FollowUp) -> None:
    write(asked.patient, "my chest hurts and i cant breathe")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM followup_signal")


@pytest.mark.parametrize("change", ["name = 'x'", "session_kind = 'x'", "status = 'draft', published_at = NULL"])
def test_a_published_plan_cannot_change(plan: Plan, change: str) -> None:
    refused("followup_plan", change, id=plan.id)


@pytest.mark.parametrize("change", ["offset = 'PT1H'", "survey = 'x'", "position = 9"])
def test_the_steps_of_a_published_plan_cannot_change(plan: Plan, change: str) -> None:
    refused("followup_planstep", change.replace("offset", '"offset"'), id=plan.steps.get().id)


def test_a_published_plan_and_its_steps_cannot_be_deleted(plan: Plan) -> None:
    for table, key in (("followup_planstep", plan.steps.get().id), ("followup_plan", plan.id)):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])  # noqa: S608  # written here


def test_one_live_plan_serves_a_kind_of_session(clinic: Clinic, plan: Plan) -> None:
    draft = make_plan(clinic, key="other", publish=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=draft.pk).update(status="published", published_at=NOW)


def test_consent_stays_as_it_was_given(patient: Patient) -> None:
    consent = Consent.objects.get(patient=patient)
    for change in ("wording_version = 'x'", "given_at = now()", "phone_hash = 'x'", "ended_at = now()"):
        refused("followup_consent", change, id=consent.id)
    Consent.objects.filter(pk=consent.pk).update(ended_at=LATER, ended_by="x")
    refused("followup_consent", "ended_at = NULL, ended_by = NULL", id=consent.id)


def test_a_patient_has_one_active_consent(patient: Patient) -> None:
    first = Consent.objects.get(patient=patient)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            clinic_id=patient.clinic_id, patient=patient, method="written", wording_version="1", language="en",
            phone_hash=first.phone_hash, given_at=NOW, recorded_at=NOW, recorded_by="x",
        )  # fmt: skip


@pytest.mark.parametrize("change", ["status = 'paused'", "paused_until = now()"])
def test_a_pause_has_an_end(patient: Patient, change: str) -> None:
    refused("followup_patient", change, id=patient.id)


def test_a_reference_belongs_to_one_patient_of_a_clinic(patient: Patient, clinic: Clinic) -> None:
    other = make_patient(clinic)
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=other.pk).update(reference=patient.reference)


@pytest.mark.parametrize(
    "change", ["ended_at = NULL", "status = 'booked'", "status = 'cancelled'", "cancelled_at = now()"]
)
def test_a_care_session_keeps_its_times_and_its_status_together(patient: Patient, plan: Plan, change: str) -> None:
    refused("followup_caresession", change, id=end_session(patient).id)


@pytest.fixture
def urgent(asked: FollowUp) -> ReviewItem:
    write(asked.patient, "my chest hurts and i cant breathe")
    return ReviewItem.objects.get(follow_up=asked)


@pytest.mark.parametrize(
    "change",
    [
        "open_due_by = NULL",
        "closed_at = now()",
        "outcome = 'referred'",
        "status = 'closed'",
        "claimed_at = now()",
        "status = 'claimed'",
    ],
)
def test_a_review_item_is_closed_and_claimed_whole(urgent: ReviewItem, change: str) -> None:
    refused("followup_reviewitem", change, id=urgent.id)


def test_an_urgent_item_cannot_be_closed_as_merely_reviewed(urgent: ReviewItem, clinician: User) -> None:
    closed = "status = 'closed', open_due_by = NULL, closed_at = now(), closed_by_id = %(by)s"
    for rest in (", outcome = 'reviewed', note = '\\x00'", ", outcome = 'referred'"):
        refused("followup_reviewitem", closed + rest, id=urgent.id, by=clinician.id)


def test_one_item_is_open_for_a_follow_up(urgent: ReviewItem) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewItem.objects.create(
            clinic_id=urgent.clinic_id, patient_id=urgent.patient_id, follow_up_id=urgent.follow_up_id,
            kind="response", rank=3, status="open", opened_at=NOW, due_by=NOW, open_due_by=NOW,
        )  # fmt: skip
