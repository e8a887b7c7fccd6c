"""A crowded clinic: many patients with a long history each, written with as few statements as possible."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from clinics.models import Clinic
from followup.models import Patient, PlanStep
from privacy.phones import phone_hash
from surveys.models import SurveyVersion

BATCH = 5000
SESSIONS = """
INSERT INTO followup_caresession
    (id, clinic_id, patient_id, external_reference, kind, status, ended_at, created_at, updated_at)
SELECT gen_random_uuid(), clinic_id, id, 'INF-1', 'ketamine-iv', 'ended',
       %(now)s::timestamptz - interval '90 days', %(now)s, %(now)s
FROM followup_patient WHERE clinic_id = %(clinic)s
"""
FOLLOW_UPS = """
INSERT INTO followup_followup
    (id, clinic_id, patient_id, care_session_id, plan_step_id, survey, survey_version_id, status, reason, due_at,
     closes_at, reminders_sent, opened_at, closed_at, created_at, updated_at)
SELECT gen_random_uuid(), s.clinic_id, s.patient_id, s.id, step.id, step.survey, %(version)s, 'completed', '', step.at,
       step.at, 0, step.at, step.at + interval '1 hour', step.at, step.at
FROM followup_caresession s,
     (SELECT id, survey, %(now)s::timestamptz - interval '90 days' + position * interval '17 days' AS at
      FROM followup_planstep WHERE id = ANY(%(steps)s)) AS step
WHERE s.clinic_id = %(clinic)s
"""
ANSWERS = """
INSERT INTO followup_answer
    (id, clinic_id, patient_id, follow_up_id, question, prompt, language, value, kind, reader_version, source,
     channel, late, answered_at)
SELECT gen_random_uuid(), f.clinic_id, f.patient_id, f.id, q.key, q.prompt, 'en', to_jsonb((random() * 10)::int),
       'value', 'bench', 'patient', 'sms', false, f.opened_at + interval '5 minutes'
FROM followup_followup f,
     (VALUES ('pain_avg24', 'Pain on average over the past 24 hours: reply 0 (no pain) to 10.'),
             ('mood', 'Your mood right now: reply 0 (worst) to 10 (best).')) AS q (key, prompt)
WHERE f.clinic_id = %(clinic)s
"""
RESPONSES = """
INSERT INTO followup_response
    (id, clinic_id, patient_id, follow_up_id, survey, status, answered, asked, scores, created_at, updated_at)
SELECT gen_random_uuid(), clinic_id, patient_id, id, 'pulse', 'completed', 2, 2, '{}', closed_at, closed_at
FROM followup_followup WHERE clinic_id = %(clinic)s
"""
REVIEWS = """
INSERT INTO followup_reviewitem
    (id, clinic_id, patient_id, follow_up_id, kind, rank, status, tags, opened_at, due_by, open_due_by, outcome,
     revision, call_round, call_rung)
SELECT gen_random_uuid(), clinic_id, patient_id, id, 'response', (random() * 3)::int, 'open', '[]', closed_at,
       closed_at, closed_at, '', 0, 0, 0
FROM followup_followup WHERE clinic_id = %(clinic)s ORDER BY id LIMIT %(open)s
"""


def fill(clinic: Clinic, steps: list[PlanStep], version: SurveyVersion, *, patients: int, now: datetime) -> None:
    """`patients` patients with one follow-up a step and two answers each, and one in fifty follow-ups to review."""
    for start in range(0, patients, BATCH):
        Patient.objects.bulk_create(
            _patient(clinic, place, now) for place in range(start, min(start + BATCH, patients))
        )
    facts = {
        "clinic": clinic.id,
        "now": now,
        "version": version.id,
        "steps": [step.id for step in steps],
        "open": patients * len(steps) // 50,
    }
    with connection.cursor() as cursor:
        _trust_the_rows(cursor)
        for statement in (SESSIONS, FOLLOW_UPS, ANSWERS, RESPONSES, REVIEWS):
            cursor.execute(statement, facts)
        cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE")


def _trust_the_rows(cursor: Any) -> None:
    """Skip the foreign keys' checks, where we may: the rows come from the tables they point to."""
    cursor.execute("SELECT current_setting('is_superuser') = 'on'")
    if cursor.fetchone()[0]:
        cursor.execute("SET session_replication_role = replica")


def _patient(clinic: Clinic, place: int, now: datetime) -> Patient:
    number = f"+1618555{place % 10000:04}"
    return Patient(
        clinic=clinic,
        reference=f"B-{place:06}",
        name=f"Patient {place}",
        phone=number,
        phone_hash=phone_hash(number),
        time_zone="America/Chicago",
        language="en",
        created_at=now,
        updated_at=now,
    )


def middle_patient(clinic: Clinic, patients: int) -> UUID:
    """Some patient of the clinic."""
    return Patient.objects.values_list("id", flat=True).get(clinic=clinic, reference=f"B-{patients // 2:06}")
