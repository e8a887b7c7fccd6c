"""History read anew by today's reader: from the pinned question, with what stood around the text, changing nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import AuditEvent, Clinic
from followup.models import Answer, FollowUp, Patient, Plan
from followup.queries.rereading import look
from surveys.core.replies.reading import READER_VERSION
from tests.factories import NOW, end_session, make_clinic, make_patient, make_plan
from tests.factories.talk import open_one, write

MINUTE = timedelta(minutes=1)
OLD = "2025.1"


@pytest.fixture
def asked(patient: Patient, plan: Plan) -> FollowUp:
    end_session(patient)
    return open_one(patient)


def old_answer(asked: FollowUp, question: str, value: Any, text: str, **fields: Any) -> Answer:
    """An answer as an earlier reader left it."""
    return Answer.objects.create(
        clinic_id=asked.clinic_id,
        patient_id=asked.patient_id,
        follow_up=asked,
        question=question,
        **{
            "prompt": "as it was sent", "language": "en", "raw_text": text, "value": value, "kind": "value",
            "reader_version": OLD, "source": "patient", "channel": "sms", "answered_at": NOW,
        }
        | fields,
    )  # fmt: skip


def reread(clinic: Clinic, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("reread_answers", "--clinic", clinic.key, *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_conversations_held_today_are_read_as_they_were_kept(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "post-session"})
    end_session(patient)
    open_one(patient)
    for place, text in enumerate(("2", "1 and 0", "my ears ring", "same", "pain 3, mood 8", "skip")):
        write(patient, text, now=NOW + place * MINUTE)
    write(patient, "undo", now=NOW + 10 * MINUTE)
    write(patient, "4 times", now=NOW + 11 * MINUTE)
    found = look(clinic, everything=True)
    assert (found.looked_at, found.next) == (7, None)
    assert [each.answer.question for each in found.differing] == []


def test_corrections_are_read_anew_as_corrections(asked: FollowUp, clinic: Clinic) -> None:
    write(asked.patient, "8")
    write(asked.patient, "oops pain was 5", now=NOW + MINUTE)
    write(asked.patient, "7", now=NOW + 2 * MINUTE)
    write(asked.patient, "i meant 6", now=NOW + 3 * MINUTE)
    found = look(clinic, everything=True)
    assert found.looked_at == 2
    assert not found.differing


def test_only_what_another_reader_read_in_the_patients_own_words_is_looked_at(asked: FollowUp, clinic: Clinic) -> None:
    old_answer(asked, "pain_avg24", 7, "7", channel="web")
    old_answer(asked, "mood", 6, "6", reader_version=READER_VERSION)
    assert look(clinic).looked_at == 0
    assert look(clinic, everything=True).looked_at == 1


def test_the_answer_before_and_the_day_of_the_text_count_as_they_stood_then(asked: FollowUp, clinic: Clinic) -> None:
    first = old_answer(asked, "pain_avg24", 4, "4", superseded_at=NOW + 2 * MINUTE)
    old_answer(asked, "mood", 4, "oops pain was 8", answered_at=NOW + MINUTE)
    later = old_answer(asked, "pain_avg24", 8, "8", answered_at=NOW + 2 * MINUTE)
    (found,) = look(clinic).differing
    assert (found.answer.question, found.difference.kind) == ("mood", "correction")
    assert {first.kind, later.kind} == {"value"}


def test_the_command_names_ids_and_values_and_never_what_was_written(asked: FollowUp, clinic: Clinic) -> None:
    answer = old_answer(asked, "pain_avg24", 9, "about a seven")
    out, err = reread(clinic)
    assert f"answer {answer.id}" in out
    assert "pain_avg24: kept value 9, now value 7" in out
    assert "1 answers read anew" in err
    assert "1 would differ. Nothing was changed." in out
    line, totals = map(json.loads, reread(clinic, "--json")[0].splitlines())
    assert (line["kept"], line["now"]) == ({"kind": "value", "value": 9}, {"kind": "value", "value": 7})
    assert totals == {"reader_version": READER_VERSION, "read": 1, "differ": 1}
    assert "seven" not in out + err + json.dumps(line)
    assert list(Answer.objects.values_list("value", "reader_version")) == [(9, OLD)]
    assert AuditEvent.objects.filter(action="answer.reread", clinic_id=clinic.id).count() == 2


def test_since_leaves_out_earlier_days_and_takes_days_only(asked: FollowUp, clinic: Clinic) -> None:
    old_answer(asked, "pain_avg24", 9, "7")
    assert "0 answers read anew" in reread(clinic, "--since", "2026-11-25")[0]
    assert "1 answers read anew" in reread(clinic, "--since", "2026-11-24")[0]
    with pytest.raises(CommandError, match="2026-01-31"):
        reread(clinic, "--since", "yesterday")


def test_a_long_history_is_read_in_stretches_of_as_many_statements(clinic: Clinic, plan: Plan) -> None:
    for _ in range(5):
        patient = make_patient(clinic)
        end_session(patient)
        old_answer(open_one(patient), "pain_avg24", 9, "7")
    looks, statements, before = [], set(), None
    while not looks or before is not None:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            looks.append(look(clinic, before=before, size=2))
        statements.add(len(captured))
        before = looks[-1].next
    assert [each.looked_at for each in looks] == [2, 2, 1]
    assert len({line.answer.id for each in looks for line in each.differing}) == 5
    assert max(statements) <= 3


def test_another_clinics_answers_are_not_read(asked: FollowUp) -> None:
    old_answer(asked, "pain_avg24", 9, "7")
    assert look(make_clinic("south")).looked_at == 0
