"""Staff claim, release, escalate, sign off and undo."""

from datetime import timedelta
from typing import Any

import pytest

from clinics.models import AuditEvent, Clinic, User
from followup.models import Answer, FollowUp, Patient, Plan, ReviewItem
from followup.operations import review
from followup.operations.errors import Conflict, Refused
from tests.factories import NOW, end_session, make_staff
from tests.factories.talk import open_one, write

MINUTE = timedelta(minutes=1)


@pytest.fixture
def item(patient: Patient, plan: Plan) -> ReviewItem:
    """The item of a complete response."""
    end_session(patient)
    open_one(patient)
    write(patient, "7")
    write(patient, "6")
    return ReviewItem.objects.get()


@pytest.fixture
def urgent(patient: Patient) -> ReviewItem:
    write(patient, "i want to die")
    return ReviewItem.objects.get()


def close(item: ReviewItem, by: User, **changes: Any) -> ReviewItem:
    about = {"outcome": "reviewed", "note": "", "revision": item.revision, "now": NOW}
    return review.close(item=item, by_user=by, **(about | changes))


def test_signing_off_closes_the_item_is_recorded_and_changes_no_answer(item: ReviewItem, clinician: User) -> None:
    before = list(Answer.objects.values())
    done = close(item, clinician, note="Fine.")
    assert (done.status, done.closed_by, done.outcome, done.open_due_by) == ("closed", clinician, "reviewed", None)
    assert ReviewItem.objects.get().note.reveal() == "Fine."
    assert list(Answer.objects.values()) == before
    event = AuditEvent.objects.get(action="review.close")
    assert (event.actor_id, event.detail, event.object_id) == (
        str(clinician.id), {"outcome": "reviewed"}, str(item.id),
    )  # fmt: skip


def test_an_urgent_item_needs_a_note_and_how_it_ended(urgent: ReviewItem, clinician: User) -> None:
    with pytest.raises(Refused) as refusal:
        close(urgent, clinician)
    assert set(refusal.value.problems) == {"outcome", "note"}
    done = close(urgent, clinician, outcome="reached-safe", note="Called, safe at home.")
    assert done.status == "closed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"outcome": "gone"}, "outcome"), ({"note": "x" * 4001}, "note"), ({"note": "\x00x"}, "note")],
)
def test_a_bad_sign_off_is_refused(item: ReviewItem, clinician: User, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        close(item, clinician, **changes)
    assert list(refusal.value.problems) == [field]


def test_who_looks_at_an_old_state_is_told_so(item: ReviewItem, clinic: Clinic, clinician: User) -> None:
    colleague = make_staff(clinic, "admin")
    review.claim(item=item, by_user=colleague, revision=item.revision, now=NOW)
    with pytest.raises(review.StaleReview):
        close(item, clinician)


def test_a_new_signal_makes_the_open_page_stale(urgent: ReviewItem, clinician: User, patient: Patient) -> None:
    write(patient, "my chest hurts and i cant breathe", now=NOW + MINUTE)
    with pytest.raises(review.StaleReview):
        close(urgent, clinician, outcome="reached-safe", note="Safe.")


def test_an_item_is_claimed_released_and_taken_over(item: ReviewItem, clinic: Clinic, clinician: User) -> None:
    colleague = make_staff(clinic, "admin")
    claimed = review.claim(item=item, by_user=clinician, revision=item.revision, now=NOW)
    assert (claimed.status, claimed.claimed_by) == ("claimed", clinician)
    taken = review.claim(item=item, by_user=colleague, revision=claimed.revision, now=NOW)
    assert taken.claimed_by == colleague
    free = review.release(item=item, by_user=colleague, revision=taken.revision, now=NOW)
    assert (free.status, free.claimed_by) == ("open", None)


def test_escalating_makes_an_item_urgent_and_free_for_the_next(item: ReviewItem, clinician: User) -> None:
    done = review.escalate(item=item, by_user=clinician, revision=item.revision, now=NOW)
    assert (done.status, done.rank, done.due_by, done.claimed_by) == ("escalated", 1, NOW + 30 * MINUTE, None)


def test_a_sign_off_can_be_taken_back_for_ten_minutes(item: ReviewItem, clinician: User) -> None:
    closed = close(item, clinician, note="Oops.")
    again = review.reopen(item=item, by_user=clinician, revision=closed.revision, now=NOW + 10 * MINUTE)
    assert (again.status, again.outcome, again.note, again.open_due_by) == ("open", "", None, item.due_by)
    closed = close(again, clinician)
    with pytest.raises(Conflict, match="ten minutes"):
        review.reopen(item=item, by_user=clinician, revision=closed.revision, now=NOW + 11 * MINUTE)


def test_a_sign_off_is_not_taken_back_over_something_new(item: ReviewItem, clinician: User) -> None:
    closed = close(item, clinician)
    from followup.core.lifecycle import Level
    from followup.operations import items

    follow_up = FollowUp.objects.select_related("clinic").get()
    items.for_follow_up(follow_up, follow_up.clinic, Level.WATCH, now=NOW)
    with pytest.raises(Conflict, match="new"):
        review.reopen(item=item, by_user=clinician, revision=closed.revision, now=NOW + MINUTE)


def test_a_closed_item_takes_no_further_move(item: ReviewItem, clinician: User) -> None:
    closed = close(item, clinician)
    for move in (review.claim, review.release, review.escalate):
        with pytest.raises(Conflict, match="closed"):
            move(item=item, by_user=clinician, revision=closed.revision, now=NOW)
    with pytest.raises(Conflict, match="closed"):
        close(closed, clinician)
