"""What people see: the worklist, the timeline, the curves, and only those of their own clinic."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Clinic, User
from followup.core.lifecycle import Level
from followup.models import Patient, Plan, ReviewItem
from followup.operations import review
from followup.queries import adherence, patients, worklist
from followup.queries.follow_ups import listing
from followup.queries.pages import BadCursor
from followup.queries.timeline import series, timeline
from followup.queries.worklist import WorklistFilters
from tests.factories import NOW, end_session, make_clinic, make_patient, make_plan
from tests.factories.talk import open_one, write

HOUR = timedelta(hours=1)


def complete(patient: Patient, *answers: str) -> None:
    end_session(patient)
    open_one(patient)
    for answer in answers:
        write(patient, answer)


def listed(clinic: Clinic, **filters: Any) -> list[worklist.WorklistRow]:
    return list(worklist.worklist(clinic, filters=WorklistFilters(**filters), now=NOW).items)


@pytest.fixture
def busy(clinic: Clinic, plan: Plan) -> list[Patient]:
    """A response, a text for staff, and a crisis, in the order of their arrival."""
    people = [make_patient(clinic) for _ in range(3)]
    complete(people[0], "7", "6")
    write(people[1], "can I move my appointment to friday?")
    write(people[2], "i want to die")
    return people


def test_the_most_urgent_item_stands_first_with_what_it_is_about(clinic: Clinic, busy: list[Patient]) -> None:
    rows = listed(clinic)
    assert [(row.level, row.kind, row.reference) for row in rows] == [
        (Level.URGENT, "message", busy[2].reference),
        (Level.WATCH, "message", busy[1].reference),
        (Level.INFO, "response", busy[0].reference),
    ]
    assert rows[0].summary == ["Possible crisis in a text"]
    assert rows[2].summary == ["No baseline to compare pain with", "Pain 7", "Mood 6"]
    assert rows[2].survey == "pulse"
    assert rows[0].name is not None
    assert rows[0].name.reveal() == "Ada Example"


def test_the_worklist_can_be_narrowed(clinic: Clinic, clinician: User, busy: list[Patient]) -> None:
    item = ReviewItem.objects.get(kind="response")
    review.claim(item=item, by_user=clinician, revision=item.revision, now=NOW)
    assert [row.kind for row in listed(clinic, mine=clinician.id)] == ["response"]
    assert [row.rank for row in listed(clinic, rank=1)] == [1]
    assert len(listed(clinic, kind="message")) == 2
    assert [row.kind for row in listed(clinic, status="claimed")] == ["response"]
    assert listed(clinic, tag="nothing") == []


def test_closed_items_are_listed_latest_first(clinic: Clinic, clinician: User, busy: list[Patient]) -> None:
    for item in ReviewItem.objects.filter(rank__gte=2):
        review.close(item=item, by_user=clinician, outcome="reviewed", note="", revision=item.revision, now=NOW)
    assert [row.kind for row in listed(clinic, status="closed")] == ["message", "response"]


@pytest.mark.parametrize("status", [None, "closed"])
def test_pages_follow_each_other_without_gap_or_repetition(
    clinic: Clinic, clinician: User, busy: list[Patient], status: str | None
) -> None:
    for item in ReviewItem.objects.all() if status else ():
        review.close(item=item, by_user=clinician, outcome="referred", note="x", revision=item.revision, now=NOW)
    seen, after = [], None
    while True:
        page = worklist.worklist(clinic, filters=WorklistFilters(status=status), after=after, size=1, now=NOW)
        seen += [row.id for row in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [row.id for row in listed(clinic, status=status)]
    assert len(seen) == 3


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WzEsMiwzXQ", "é"])
def test_a_cursor_that_is_not_ours_is_refused(clinic: Clinic, cursor: str) -> None:
    with pytest.raises(BadCursor):
        worklist.worklist(clinic, filters=WorklistFilters(), after=cursor, now=NOW)
    with pytest.raises(BadCursor):
        patients.search(clinic, after=cursor)


def test_counts_and_version_follow_every_change(clinic: Clinic, clinician: User, busy: list[Patient]) -> None:
    assert worklist.counts(clinic) == {Level.EMERGENCY: 0, Level.URGENT: 1, Level.WATCH: 1, Level.INFO: 1}
    versions = [worklist.version(clinic)]
    item = ReviewItem.objects.get(kind="response")
    claimed = review.claim(item=item, by_user=clinician, revision=item.revision, now=NOW)
    versions.append(worklist.version(clinic))
    review.close(item=claimed, by_user=clinician, outcome="reviewed", note="", revision=claimed.revision, now=NOW)
    versions.append(worklist.version(clinic))
    assert len(set(versions)) == 3
    assert worklist.version(clinic) == versions[-1]


def test_an_item_past_its_time_is_overdue(clinic: Clinic, busy: list[Patient]) -> None:
    page = worklist.worklist(clinic, filters=WorklistFilters(rank=1), now=NOW + HOUR)
    assert page.items[0].is_overdue


def test_the_worklist_takes_the_same_statements_however_long_it_is(clinic: Clinic, plan: Plan) -> None:
    counts = []
    for size in (1, 4):
        for _ in range(size):
            complete(make_patient(clinic), "7", "6")
        with CaptureQueriesContext(connection) as queries:
            listed(clinic)
        counts.append(len(queries))
    assert counts[0] == counts[1] == 3


def test_the_timeline_tells_the_whole_story_in_order(clinic: Clinic, patient: Patient, plan: Plan) -> None:
    complete(patient, "5")
    write(patient, "oops i meant 8 for my pain", now=NOW + timedelta(minutes=1))
    write(patient, "6 and my chest hurts and i cant breathe", now=NOW + timedelta(minutes=2))
    with CaptureQueriesContext(connection) as queries:
        story = timeline(clinic, patient).entries
    assert len(queries) == 8
    assert [entry.at for entry in story] == sorted(entry.at for entry in story)
    assert {entry.kind for entry in story} == {"care_session", "follow_up", "text", "signal", "review"}
    answers = next(entry for entry in story if entry.kind == "follow_up").answers
    assert [(answer.question, answer.value, answer.superseded_at is None) for answer in answers] == [
        ("pain_avg24", 5, False),
        ("pain_avg24", 8, True),
        ("mood", 6, True),
    ]


def test_the_curves_show_what_counts_now_over_the_sessions(clinic: Clinic, patient: Patient, plan: Plan) -> None:
    complete(patient, "5", "6")
    curves = series(clinic, patient)
    assert [point.value for point in curves.pain] == [5]
    assert [point.value for point in curves.mood] == [6]
    assert curves.sessions == [NOW]


def test_patients_are_found_by_the_beginning_of_a_reference_or_a_whole_number(clinic: Clinic) -> None:
    ada = make_patient(clinic, reference="K-1")
    make_patient(clinic, reference="Z-1")
    assert list(patients.search(clinic, text="k-").items) == [ada]
    assert list(patients.search(clinic, text=ada.phone.reveal()).items) == [ada]
    assert list(patients.search(clinic, text=ada.phone.reveal()[:-1]).items) == []
    assert list(patients.search(clinic, status="paused").items) == []
    first = patients.search(clinic, size=1)
    assert first.next is not None
    assert list(patients.search(clinic, size=1, after=first.next).items) == [ada]


def test_adherence_counts_what_became_of_each_step(clinic: Clinic, plan: Plan) -> None:
    complete(make_patient(clinic), "7", "6")
    silent = make_patient(clinic, consent=False)
    end_session(silent)
    from followup.operations.open_due import open_due

    open_due(now=NOW)
    (step,) = adherence.counts(clinic, since=NOW - HOUR, until=NOW + HOUR)
    assert (step.step, step.asked, step.completed, step.unasked, step.answered_share) == ("at-once", 1, 1, 1, 1.0)
    assert adherence.unasked_by_reason(clinic, since=NOW - HOUR, until=NOW + HOUR) == {"no_consent": 1}


def test_another_clinic_sees_nothing_of_it(busy: list[Patient], clinic: Clinic) -> None:
    south = make_clinic("south")
    make_plan(south)
    assert listed(south) == []
    assert set(worklist.counts(south).values()) == {0}
    assert worklist.version(south) != worklist.version(clinic)
    assert list(patients.search(south).items) == []
    assert patients.patient(south, busy[0].id) is None
    assert list(listing(south).items) == []
    assert list(timeline(south, busy[0]).entries) == []
    assert series(south, busy[0]).pain == []
    assert adherence.counts(south, since=NOW - HOUR, until=NOW + HOUR) == []
