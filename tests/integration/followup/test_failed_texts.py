"""Texts that do not arrive stop the series and ask staff."""

from datetime import timedelta

from clinics.models import Clinic
from followup.inbox import on_messaging_event
from followup.models import FollowUp, Patient, ReviewItem
from messaging.core.lifecycle import Purpose
from messaging.events import DeliveryFailed, OptedIn, TextSetAside
from messaging.models import OutboundMessage
from privacy.ids import new_id
from tests.factories import NOW, end_session, make_plan
from tests.factories.talk import open_one, write

MINUTE = timedelta(minutes=1)


def failed(patient: Patient, kind: str, purpose: Purpose = Purpose.QUESTION) -> DeliveryFailed:
    return DeliveryFailed(
        message_id=new_id(), clinic_id=patient.clinic_id, number_hash=patient.phone_hash, context_id=None,
        purpose=purpose, kind=kind, code="30005",
    )  # fmt: skip


def test_a_dead_number_ends_the_series_and_staff_are_told_once(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"key": "now"}, {"key": "tomorrow", "offset": "PT24H"})
    end_session(patient)
    open_one(patient)
    for _ in range(2):
        on_messaging_event(failed(patient, "contact"), now=NOW)
    assert set(FollowUp.objects.values_list("status", "reason")) == {("unreachable", "delivery_failed")}
    assert Patient.objects.get().phone_problem == "delivery_failed_30005"
    item = ReviewItem.objects.get()
    assert (item.kind, item.rank, item.tags) == ("delivery", 2, ["cannot-be-texted"])
    assert not OutboundMessage.objects.filter(context_id__isnull=False, status="queued").exists()


def test_a_safety_text_that_does_not_arrive_makes_the_call_due_now(patient: Patient) -> None:
    write(patient, "i want to die")
    later = NOW + 2 * MINUTE
    for _ in range(2):
        on_messaging_event(failed(patient, "expired", Purpose.SAFETY), now=later)
    item = ReviewItem.objects.get(rank__lte=1)
    assert (item.due_by, item.open_due_by, item.tags) == (later, later, ["call-patient", "safety-text-unseen"])


def test_a_send_that_nobody_can_explain_is_shown_to_a_person(patient: Patient) -> None:
    for _ in range(2):
        on_messaging_event(failed(patient, "uncertain"), now=NOW)
    assert ReviewItem.objects.get().tags == ["send-unclear"]
    assert Patient.objects.get().phone_problem == ""


def test_trouble_with_the_sender_is_no_fault_of_the_patient(patient: Patient) -> None:
    on_messaging_event(failed(patient, "sender"), now=NOW)
    assert not ReviewItem.objects.exists()
    assert Patient.objects.get().phone_problem == ""


def test_a_text_that_was_set_aside_is_read_by_a_person(patient: Patient) -> None:
    inbound = write(patient, "hello there")
    ReviewItem.objects.all().delete()
    event = TextSetAside(message_id=inbound.id, clinic_id=patient.clinic_id, number_hash=patient.phone_hash)
    for _ in range(2):
        on_messaging_event(event, now=NOW)
    item = ReviewItem.objects.get()
    assert (item.rank, item.tags, item.patient) == (1, ["not-understood"], patient)


def test_start_without_an_opt_out_does_nothing(patient: Patient) -> None:
    event = OptedIn(clinic_id=patient.clinic_id, number_hash=patient.phone_hash, source="keyword")
    assert on_messaging_event(event, now=NOW) is None
