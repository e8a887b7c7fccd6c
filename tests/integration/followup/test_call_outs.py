"""Staff are called out to what is serious until somebody claims it (clinical content, sections 3.1 and 3.6, N5)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import Clinic, User
from clinics.operations import change_staff
from followup.inbox import on_messaging_event
from followup.models import CallOut, Patient, ReviewItem, Signal
from followup.operations import review
from followup.operations.call_outs import call_out_due, look_after_safety_texts
from followup.queries.figures import figures
from messaging.core.lifecycle import Purpose
from messaging.events import DeliveryFailed
from messaging.models import OutboundMessage
from messaging.operations import opt_out
from messaging.queries import thread
from privacy.sensitive import Sensitive
from tests.factories import NOW, make_clinic, make_patient, make_staff, put_on_call
from tests.factories.talk import write
from watch.core.conditions import findings

MINUTE = timedelta(minutes=1)
EMERGENCY, URGENT = "my chest hurts and i cant breathe", "i want to die"
NUMBERS = {"first": "+16185550191", "second": "+16185550192", "director": "+16185550193", "fallback": "+16185550194"}


@pytest.fixture
def crew(clinic: Clinic) -> dict[str, User]:
    """A first and a second on call, a director and somebody on the fallback list."""
    crew = {duty: make_staff(clinic, "clinician", email=f"{duty}@north.example") for duty in NUMBERS}
    put_on_call(crew["first"], phone=NUMBERS["first"])
    put_on_call(crew["second"], phone=NUMBERS["second"], place="second")
    for duty in ("director", "fallback"):
        change_staff(user=crew[duty], phone=NUMBERS[duty], by=SYSTEM, now=NOW, **{f"is_{duty}": True})
        crew[duty].refresh_from_db()
    return crew


def item_of(patient: Patient) -> ReviewItem:
    return ReviewItem.objects.get(patient=patient, rank__lte=1, open_due_by__isnull=False)


def calls(at: datetime = NOW) -> list[tuple[str, int, str]]:
    """What was called so far: duty, minutes after NOW, problem."""
    call_out_due(now=at)
    rows = CallOut.objects.order_by("called_at", "rung", "duty")
    return [(row.duty, int((row.called_at - NOW) / MINUTE), row.problem) for row in rows]


def bodies() -> list[str]:
    return [row.body.reveal() for row in OutboundMessage.objects.filter(purpose="staff").order_by("queued_at", "id")]


def failed(call: CallOut, code: str = "30003") -> None:
    event = DeliveryFailed(
        message_id=call.id, clinic_id=call.clinic_id, number_hash="x", context_id=call.id, purpose=Purpose.STAFF,
        kind="contact", code=code,
    )  # fmt: skip
    on_messaging_event(event, now=call.called_at + MINUTE)


def test_an_emergency_calls_the_first_and_the_director_then_the_second_then_the_director_again(
    crew: dict[str, User], patient: Patient
) -> None:
    write(patient, EMERGENCY)
    assert calls() == [("director", 0, ""), ("first", 0, "")]
    assert calls(NOW + 4 * MINUTE) == calls()
    assert calls(NOW + 5 * MINUTE)[2:] == [("second", 5, "")]
    assert calls(NOW + 10 * MINUTE)[3:] == [("director", 10, "")]
    assert len(calls(NOW + 600 * MINUTE)) == 4
    assert item_of(patient).call_at is None


def test_what_is_urgent_calls_the_second_after_half_an_hour_and_the_director_after_an_hour(
    crew: dict[str, User], patient: Patient
) -> None:
    write(patient, URGENT)
    calls()
    calls(NOW + 30 * MINUTE)
    assert calls(NOW + 60 * MINUTE) == [("first", 0, ""), ("second", 30, ""), ("director", 60, "")]


def test_the_text_names_no_patient_and_nothing_clinical(crew: dict[str, User], patient: Patient, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://followup.example"
    write(patient, EMERGENCY)
    calls()
    row = OutboundMessage.objects.filter(purpose="staff").first()
    assert row is not None
    assert row.number.reveal() in NUMBERS.values()
    assert row.window is None
    assert set(bodies()) == {"North Clinic: 1 emergency item, log in: https://followup.example"}


def test_claiming_ends_the_calls_and_releasing_begins_them_again(crew: dict[str, User], patient: Patient) -> None:
    write(patient, EMERGENCY)
    calls()
    item = review.claim(item=item_of(patient), by_user=crew["first"], revision=item_of(patient).revision, now=NOW)
    assert len(calls(NOW + 10 * MINUTE)) == 2
    review.release(item=item, by_user=crew["first"], revision=item.revision, now=NOW + 20 * MINUTE)
    assert calls(NOW + 20 * MINUTE)[2:] == [("director", 20, ""), ("first", 20, "")]


def test_handing_on_calls_the_second_at_once(crew: dict[str, User], patient: Patient) -> None:
    write(patient, URGENT)
    calls()
    item = item_of(patient)
    review.escalate(item=item, by_user=crew["first"], revision=item.revision, now=NOW + MINUTE)
    assert calls(NOW + MINUTE)[1:] == [("second", 1, "")]


def test_getting_worse_begins_anew_even_where_somebody_had_claimed_it(crew: dict[str, User], patient: Patient) -> None:
    write(patient, URGENT)
    calls()
    item = review.claim(item=item_of(patient), by_user=crew["first"], revision=item_of(patient).revision, now=NOW)
    write(patient, EMERGENCY, now=NOW + 2 * MINUTE)
    item.refresh_from_db()
    assert (item.rank, item.status, item.claimed_by) == (0, "open", None)
    assert calls(NOW + 2 * MINUTE)[1:] == [("director", 2, ""), ("first", 2, "")]


def test_more_of_the_same_calls_nobody_again(crew: dict[str, User], patient: Patient) -> None:
    write(patient, URGENT)
    calls()
    write(patient, URGENT, now=NOW + 2 * MINUTE)
    assert len(calls(NOW + 2 * MINUTE)) == 1


def test_what_is_only_to_be_watched_calls_nobody(crew: dict[str, User], patient: Patient) -> None:
    write(patient, "can you call me about my appointment")
    assert calls() == []


def test_with_nobody_on_call_the_fallback_is_called_and_the_alarm_goes_off(clinic: Clinic, patient: Patient) -> None:
    spare = make_staff(clinic)
    change_staff(user=spare, phone=NUMBERS["fallback"], is_fallback=True, by=SYSTEM, now=NOW)
    write(patient, EMERGENCY)
    assert calls() == [("fallback", 0, "")]
    assert "no-roster" in item_of(patient).tags
    told = [(found.condition, found.clinic_id) for found in findings(figures(now=NOW), now=NOW)]
    assert ("no-roster", clinic.pk) in told
    item = item_of(patient)
    review.claim(item=item, by_user=spare, revision=item.revision, now=NOW)
    assert "no-roster" not in [found.condition for found in findings(figures(now=NOW), now=NOW)]


def test_a_call_that_does_not_arrive_is_not_notified_and_the_next_is_called_at_once(
    crew: dict[str, User], patient: Patient
) -> None:
    write(patient, URGENT)
    calls()
    failed(CallOut.objects.get())
    assert calls(NOW + MINUTE) == [("first", 0, "30003"), ("second", 1, "")]


def test_one_who_was_reached_is_enough_to_wait_for_the_clock(crew: dict[str, User], patient: Patient) -> None:
    write(patient, EMERGENCY)
    calls()
    failed(CallOut.objects.get(duty="first"))
    assert len(calls(NOW + 2 * MINUTE)) == 2


def test_when_no_call_arrives_the_fallback_is_called_once_and_then_it_ends(
    crew: dict[str, User], patient: Patient
) -> None:
    write(patient, URGENT)
    at = NOW
    for _ in range(6):
        calls(at)
        for call in CallOut.objects.filter(problem=""):
            failed(call)
        at += MINUTE
    assert [(duty, problem) for duty, _, problem in calls(at)] == [
        ("first", "30003"),
        ("second", "30003"),
        ("director", "30003"),
        ("fallback", "30003"),
    ]


def test_staff_who_said_stop_are_passed_over_and_the_row_says_so(crew: dict[str, User], patient: Patient) -> None:
    number = Sensitive(NUMBERS["first"])
    opt_out(clinic_id=patient.clinic_id, number=number, source="keyword", by=SYSTEM, now=NOW, confirm=False)
    write(patient, URGENT)
    assert calls() == [("first", 0, "opted_out"), ("second", 0, "")]


def test_a_director_without_a_number_is_named_as_not_notified(crew: dict[str, User], patient: Patient) -> None:
    User.objects.filter(pk=crew["director"].pk).update(phone=None)
    write(patient, EMERGENCY)
    assert calls() == [("director", 0, "no_number"), ("first", 0, "")]


def test_a_staff_number_that_is_a_patients_too_harms_neither(crew: dict[str, User], clinic: Clinic) -> None:
    twin = make_patient(clinic, phone=NUMBERS["first"])
    write(twin, EMERGENCY)
    calls()
    failed(CallOut.objects.get(duty="first"))
    twin.refresh_from_db()
    assert twin.phone_problem == ""
    assert all("log in" not in text.message.body.reveal() for text in thread(clinic.pk, twin.phone_hash))


def test_another_clinics_people_are_never_called(crew: dict[str, User]) -> None:
    south = make_clinic("south")
    write(make_patient(south), EMERGENCY)
    assert calls() == []
    assert "no-roster" in ReviewItem.objects.get(clinic=south).tags


def test_a_second_sweep_at_the_same_moment_calls_nobody_twice(crew: dict[str, User], patient: Patient) -> None:
    write(patient, EMERGENCY)
    assert [call_out_due(now=NOW), call_out_due(now=NOW)] == [1, 0]
    assert CallOut.objects.count() == len(bodies()) == 2


# -- N5 ----------------------------------------------------------------------------------------------------------------


def test_a_safety_text_that_is_not_delivered_in_ten_minutes_brings_the_call_forward(patient: Patient) -> None:
    write(patient, URGENT)
    assert look_after_safety_texts(now=NOW + 9 * MINUTE) == 0
    assert look_after_safety_texts(now=NOW + 10 * MINUTE) == 1
    item = item_of(patient)
    assert {"safety-text-unseen", "call-patient"} <= set(item.tags)
    assert item.due_by <= NOW + 10 * MINUTE
    signal = Signal.objects.get(patient=patient)
    assert [note["note"] for note in signal.annotations] == ["The patient may not have seen the safety text."]
    assert look_after_safety_texts(now=NOW + 20 * MINUTE) == 0


def test_a_safety_text_that_was_delivered_leaves_everything_as_it_is(patient: Patient) -> None:
    write(patient, URGENT)
    OutboundMessage.objects.filter(purpose="safety").update(
        status="delivered", next_attempt_at=None, finished_at=NOW, provider_id="SMx", sent_at=NOW
    )
    look_after_safety_texts(now=NOW + 10 * MINUTE)
    assert "safety-text-unseen" not in item_of(patient).tags
