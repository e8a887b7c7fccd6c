"""The audit log: append-only, and chained so that a forged row shows."""

from contextlib import closing
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from clinics import audit, heartbeat
from clinics.core.actor import SYSTEM, Actor
from clinics.models import AuditEvent, SweepHeartbeat
from clinics.operations import seal_audit
from clinics.queries import verify_chain


@pytest.fixture
def events(clinic, now):
    by = Actor("staff", "someone", ip="192.0.2.7", request_id="0123456789")
    for minute in range(4):
        audit.record(
            clinic_id=clinic.pk,
            by=by,
            action="patient.read",
            object_type="patient",
            object_id=str(minute),
            detail={"fields": ["phone"], "count": 0.5},
            now=now + timedelta(minutes=minute),
        )
    return AuditEvent.objects.filter(clinic_id=clinic.pk)


@pytest.fixture
def forged(events):
    """Lets the test do what the trigger refuses, as somebody with the rights of the table's owner could."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinics_auditevent DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("ALTER TABLE clinics_auditevent ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinics_auditevent SET action = 'patient.update'",
        "UPDATE clinics_auditevent SET position = 1, hash = 'x', action = 'other'",
        "DELETE FROM clinics_auditevent",
        """INSERT INTO clinics_auditevent (clinic_id, at, actor_kind, actor_id, action, object_type, object_id,
            detail, request_id, position, hash)
            SELECT clinic_id, at, actor_kind, actor_id, action, object_type, object_id, detail, request_id, 9, 'x'
            FROM clinics_auditevent LIMIT 1""",
        "TRUNCATE clinics_auditevent",
    ],
)
def test_the_database_refuses_to_change_the_log(events, statement):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinics_auditevent ENABLE TRIGGER USER")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


def test_the_database_refuses_to_change_a_sealed_row(events, clinic, now):
    seal_audit(now=now + timedelta(hours=1))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        events.update(hash="0" * 64)


def test_seal_audit_chains_new_rows_after_the_old(events, clinic, now):
    later = now + timedelta(hours=1)
    assert seal_audit(now=later, limit=3) == 3
    assert seal_audit(now=later) == 2
    assert seal_audit(now=later) == 0
    assert sorted(events.values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert verify_chain(clinic.pk) is None


def test_seal_audit_leaves_a_clinic_alone_that_another_sweep_is_sealing(events, clinic, now):
    with closing(connection.copy()) as other, other.cursor() as cursor:  # its own session, hence its own lock
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{clinic.pk}"])
        assert seal_audit(now=now + timedelta(hours=1)) == 0
        cursor.execute("ROLLBACK")
    assert seal_audit(now=now + timedelta(hours=1)) == 5


@pytest.mark.parametrize(
    ("forgery", "found_at"),
    [
        ("UPDATE clinics_auditevent SET actor_id = 'nobody' WHERE position = 3", 3),
        ("UPDATE clinics_auditevent SET detail = '{}' WHERE position = 2", 2),
        ("DELETE FROM clinics_auditevent WHERE position = 2", 2),
        ("UPDATE clinics_auditevent SET at = at + interval '1 microsecond' WHERE position = 5", 5),
    ],
)
def test_verify_chain_finds_the_first_forged_row(forged, events, clinic, now, forgery, found_at):
    seal_audit(now=now + timedelta(hours=1))
    forged.execute(forgery)
    assert verify_chain(clinic.pk) == found_at


def test_verify_audit_says_which_clinic_is_broken(forged, events, clinic, now):
    seal_audit(now=now + timedelta(hours=1))
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "north: whole\n"
    forged.execute("UPDATE clinics_auditevent SET ip = NULL WHERE position = 4")
    with pytest.raises(CommandError, match="north"):
        call_command("verify_audit", stdout=out)
    assert "north: broken at 4" in out.getvalue()


def test_record_many_writes_in_one_statement(clinic, now, django_assert_num_queries):
    entries = [
        audit.Entry(clinic_id=clinic.pk, by=SYSTEM, action="patient.read", object_type="patient", now=now)
        for _ in range(50)
    ]
    with django_assert_num_queries(1):
        audit.record_many(entries)


def test_beat_keeps_the_last_round_of_each_sweep(db, now):
    heartbeat.beat("sweep", now)
    heartbeat.beat("sweep", now + timedelta(seconds=5))
    assert SweepHeartbeat.objects.get().at == now + timedelta(seconds=5)
