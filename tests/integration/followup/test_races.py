"""Two workers at once: each does its part and nothing is done twice. Real connections, real locks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from clinics.core.actor import SYSTEM
from followup.models import Answer, CareSession, Conversation, FollowUp, FormLink, Patient, ReviewItem
from followup.operations import care_sessions, review
from followup.operations.enrol import AlreadyEnrolled, enrol_patient
from followup.operations.open_due import open_due
from followup.operations.run_timers import run_timers
from followup.operations.take_web_form import Sent, Taken, enter, take_answer
from messaging.models import OutboundMessage
from messaging.operations import handle_inbound, store_inbound
from privacy.sensitive import Sensitive
from tests.factories import NOW, end_session, make_clinic, make_patient, make_plan, make_staff
from tests.factories.talk import open_one, texts, write

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; exceptions are results too."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait(timeout=10)
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_four_workers_open_everything_once() -> None:
    clinic = make_clinic()
    make_plan(clinic)
    for _ in range(12):
        end_session(make_patient(clinic))
    done = at_once(*[lambda: sum(open_due(now=NOW, limit=2) for _ in range(6))] * 4)
    open_due(now=NOW)
    assert sum(done) >= 12
    assert Conversation.objects.count() == 12
    assert OutboundMessage.objects.filter(purpose="question").count() == 12
    assert set(FollowUp.objects.values_list("status", flat=True)) == {"open"}


def test_one_phone_of_two_patients_gets_one_conversation_from_two_workers() -> None:
    clinic = make_clinic()
    make_plan(clinic)
    first = make_patient(clinic)
    for patient in (first, make_patient(clinic, phone=first.phone.reveal())):
        end_session(patient)
    at_once(*[lambda: open_due(now=NOW, limit=1)] * 2)
    open_due(now=NOW)
    assert Conversation.objects.filter(waiting_since__isnull=False).count() == 1
    assert len(texts(first, "question")) == 1
    assert set(FollowUp.objects.values_list("status", "reason")) == {("open", ""), ("scheduled", "phone_busy")}


def test_a_row_that_somebody_holds_is_left_and_delays_nobody() -> None:
    clinic = make_clinic()
    make_plan(clinic)
    held, free = make_patient(clinic), make_patient(clinic)
    for patient in (held, free):
        end_session(patient)
    with transaction.atomic():
        FollowUp.objects.select_for_update().get(patient=held)
        (done,) = at_once(lambda: open_due(now=NOW))
    assert done == 1
    assert FollowUp.objects.get(patient=free).status == "open"
    assert FollowUp.objects.get(patient=held).status == "scheduled"


def test_two_workers_send_one_reminder() -> None:
    from datetime import timedelta

    clinic = make_clinic()
    make_plan(clinic)
    patient = make_patient(clinic)
    end_session(patient)
    open_one(patient)
    at_once(*[lambda: run_timers(now=NOW + timedelta(hours=4))] * 3)
    assert len(texts(patient, "reminder")) == 1


def test_two_replies_in_one_second_are_two_answers_in_turn() -> None:
    clinic = make_clinic()
    make_plan(clinic)
    patient = make_patient(clinic)
    end_session(patient)
    open_one(patient)
    ids = [
        store_inbound(
            clinic_id=clinic.id, provider_id=f"SM{number}", number=patient.phone.reveal(), sender="+16185550100",
            body=body, received_at=NOW,
        )
        for number, body in enumerate(("7", "6"))
    ]  # fmt: skip
    done = at_once(*[lambda inbound_id=inbound_id: handle_inbound(inbound_id, now=NOW) for inbound_id in ids])
    assert any(done)  # whoever has the second may find the first not begun, and handle it too
    assert Answer.objects.filter(superseded_at__isnull=True).count() == 2
    assert dict(Answer.objects.values_list("question", "value")) == {"pain_avg24": 7, "mood": 6}
    assert FollowUp.objects.get().status == "completed"


def test_two_staff_cannot_both_sign_off_one_item() -> None:
    clinic = make_clinic()
    users = [make_staff(clinic, role) for role in ("clinician", "admin")]
    write(make_patient(clinic), "can I move my appointment?")
    item = ReviewItem.objects.get()

    def sign_off(user: Any) -> Any:
        return review.close(item=item, by_user=user, outcome="reviewed", note="", revision=item.revision, now=NOW)

    results = at_once(*[lambda user=user: sign_off(user) for user in users])
    assert sorted(isinstance(result, review.StaleReview) for result in results) == [False, True]


def test_one_reference_posted_twice_at_once_is_one_session_and_one_patient() -> None:
    clinic = make_clinic()
    make_plan(clinic)
    patient = make_patient(clinic)

    def record() -> Any:
        return care_sessions.record(
            patient=patient, external_reference="INF-1", kind="ketamine-iv", booked_for=None, ended_at=NOW, by=SYSTEM,
            now=NOW,
        )  # fmt: skip

    def enrol() -> Any:
        return enrol_patient(
            clinic=clinic, reference="P-9", name="Ada", phone="+16185550199", time_zone="America/Chicago",
            language="en", consent=None, by=SYSTEM, now=NOW,
        )  # fmt: skip

    assert sorted(created for _, created in at_once(record, record)) == [False, True]
    results = at_once(enrol, enrol)
    assert sorted(isinstance(result, AlreadyEnrolled) for result in results) == [False, True]
    assert (CareSession.objects.count(), FollowUp.objects.count()) == (1, 1)
    assert Patient.objects.filter(reference="P-9").count() == 1


# -- the web form ------------------------------------------------------------------------------------------------------


def asked_by_link() -> FormLink:
    """A patient who is let in to the GAD-7."""
    clinic = make_clinic()
    make_plan(clinic, {"survey": "gad-7"})
    patient = make_patient(clinic)
    end_session(patient)
    link = FormLink.objects.get(follow_up=open_one(patient))
    assert enter(link=link, answer=patient.phone.reveal()[-4:], address="a", by=SYSTEM, now=NOW)
    return link


def send_page(link: FormLink, value: str) -> Taken:
    """The first question's page, as it was made before anybody answered."""
    sent = Sent(question="gad_1", value=value, shown=Sensitive(value), words=False, revision=2, language="en")
    return take_answer(link=link, sent=sent, now=NOW)


def test_two_tabs_that_send_at_once_leave_one_answer() -> None:
    link = asked_by_link()
    done = at_once(lambda: send_page(link, "1"), lambda: send_page(link, "3"))
    assert sorted(done) == [Taken.KEPT, Taken.STALE]
    assert Answer.objects.count() == 1


def test_a_second_click_at_the_same_moment_is_as_one() -> None:
    link = asked_by_link()
    done = at_once(*[lambda: send_page(link, "2")] * 4)
    assert sorted(done) == [Taken.KEPT, *[Taken.KNOWN] * 3]
    assert Answer.objects.count() == 1


def test_a_text_and_a_page_at_once_are_two_answers_to_two_questions_or_one_is_told() -> None:
    link = asked_by_link()
    patient = link.follow_up.patient
    _, taken = at_once(lambda: write(patient, "1"), lambda: send_page(link, "3"))
    kept = dict(Answer.objects.filter(superseded_at=None).values_list("question", "value"))
    assert (taken, kept) in [(Taken.KEPT, {"gad_1": "3", "gad_2": "1"}), (Taken.STALE, {"gad_1": "1"})]


def test_a_stop_and_a_page_at_once_end_the_asking_in_any_order() -> None:
    link = asked_by_link()
    patient = link.follow_up.patient
    _, taken = at_once(lambda: write(patient, "STOP"), lambda: send_page(link, "3"))
    follow_up = FollowUp.objects.get()
    assert follow_up.status == ("partial" if taken is Taken.KEPT else "expired")
    assert Answer.objects.count() == (1 if taken is Taken.KEPT else 0)


def test_guesses_at_once_are_all_counted() -> None:
    link = asked_by_link()
    at_once(*[lambda: enter(link=link, answer="0000", address="a", by=SYSTEM, now=NOW)] * 6)
    link.refresh_from_db()
    assert (link.wrong_guesses, link.blocked_at) == (5, NOW)


def _come_in(patient: Patient, *bodies: str) -> list[UUID]:
    """Texts of one second, in their order, that no worker has looked at."""
    ids = [
        store_inbound(
            clinic_id=None,
            provider_id=f"SM{patient.pk.hex}{place}",
            number=patient.phone.reveal(),
            sender="",
            body=body,
            received_at=NOW + timedelta(milliseconds=200 * place),
        )
        for place, body in enumerate(bodies)
    ]
    return [each for each in ids if each is not None]


def test_two_replies_of_one_second_answer_in_their_order_whichever_is_looked_at_first() -> None:
    clinic = make_clinic()
    make_plan(clinic)
    patient = make_patient(clinic)
    end_session(patient)
    open_one(patient)
    _, second = _come_in(patient, "7", "4")
    assert handle_inbound(second, now=NOW + timedelta(seconds=1))
    assert dict(Answer.objects.values_list("question", "value")) == {"pain_avg24": 7, "mood": 4}


def test_two_workers_with_two_replies_of_one_second_keep_their_order() -> None:
    clinic = make_clinic()
    make_plan(clinic)
    patients = [make_patient(clinic) for _ in range(6)]
    for patient in patients:
        end_session(patient)
        open_one(patient)
        came = _come_in(patient, "7", "4")
        at_once(*[lambda each=each: handle_inbound(each, now=NOW + timedelta(seconds=1)) for each in came])
    assert set(Answer.objects.values_list("question", "value")) == {("pain_avg24", 7), ("mood", 4)}
    assert Answer.objects.count() == 2 * len(patients)
