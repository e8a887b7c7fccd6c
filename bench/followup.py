"""Opening what has fallen due, against the same batched statements written bare and against a loop with save()."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from bench.measure import Row, rate, ratio
from followup.models import CareSession, Conversation, FollowUp, Patient
from followup.operations.due import claim_due
from followup.operations.open_due import open_due
from messaging.core.lifecycle import Purpose
from messaging.models import OutboundMessage
from messaging.operations import enqueue
from privacy.ids import new_id
from privacy.sealing import seal
from surveys.core import conversation
from tests.factories import NOW, make_clinic, make_patient, make_plan

PEOPLE = 400
LOOP = 40
"""A loop with save() is slow: it does fewer, and rates are compared."""

BODY = "Pain on average over the past 24 hours: reply 0 (no pain) to 10 (worst pain you can imagine)."
BARE_BEGIN = """
INSERT INTO followup_conversation (id, clinic_id, follow_up_id, patient_id, number_hash, sender, channel, language,
                                   state, format, revision, waiting_since, started_at)
SELECT n.id, n.clinic_id, n.follow_up_id, n.patient_id, n.number_hash, '', 'sms', 'en', n.state, 1, 1, %s, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::jsonb[])
     AS n (id, clinic_id, follow_up_id, patient_id, number_hash, state)
"""
BARE_OPEN = """
UPDATE followup_followup f
SET status = 'open', opens_at = NULL, opened_at = %s, updated_at = %s, survey_version_id = n.version, timer_at = %s
FROM unnest(%s::uuid[], %s::uuid[]) AS n (id, version) WHERE f.id = n.id
"""
BARE_TEXT = """
INSERT INTO messaging_outboundmessage (id, clinic_id, dedupe_key, number, number_hash, body, language, purpose,
    priority, context_id, status, reason, send_number, attempts, next_attempt_at, window_zone, expires_at, error_code,
    error_kind, segments, queued_at, "window", window_closes_at)
SELECT n.id, n.clinic_id, n.key, n.number, n.number_hash, n.body, 'en', 'question', 3, n.context_id, 'queued', '', 1,
       0, %s, n.zone, %s, '', '', 1, %s, n.hours, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::bytea[], %s::uuid[], %s::text[],
            %s::jsonb[])
     AS n (id, clinic_id, key, number, number_hash, body, context_id, zone, hours)
"""


class _Stage:
    """A clinic whose patients' follow-ups fall due again and again; each way finds the same work."""

    def __init__(self) -> None:
        self.clinic = make_clinic("bench")
        self.step = make_plan(self.clinic).steps.get()
        first = make_patient(self.clinic)
        self.people = [first, *(self._copy(first, place) for place in range(PEOPLE - 1))]

    def _copy(self, first: Patient, place: int) -> Patient:
        from followup.models import Consent

        patient = Patient(
            clinic=self.clinic, reference=f"B-{place}", name="Ada", phone=first.phone, phone_hash=f"{place:032x}",
            time_zone=first.time_zone, language="en", notice_at=NOW, created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        patient.save(force_insert=True)
        Consent.objects.create(
            clinic=self.clinic, patient=patient, method="written", wording_version="1", language="en",
            phone_hash=patient.phone_hash, given_at=NOW, recorded_at=NOW, recorded_by="bench",
        )  # fmt: skip
        return patient

    def due(self, count: int) -> None:
        """Make `count` follow-ups due and forget what was asked before."""
        Conversation.objects.filter(waiting_since__isnull=False).update(waiting_since=None, ended_at=NOW)
        FollowUp.objects.filter(timer_at__isnull=False).update(timer_at=None, status="expired", closed_at=NOW)
        FollowUp.objects.filter(opens_at__isnull=False).update(
            opens_at=None, status="cancelled", reason="by_staff", closed_at=NOW
        )
        sessions = [
            CareSession(
                clinic=self.clinic, patient=patient, external_reference=str(new_id()), kind="ketamine-iv",
                status="ended", ended_at=NOW, created_at=NOW, updated_at=NOW,
            )
            for patient in self.people[:count]
        ]  # fmt: skip
        CareSession.objects.bulk_create(sessions)
        FollowUp.objects.bulk_create(
            FollowUp(
                clinic=self.clinic, patient=session.patient, care_session=session, plan_step=self.step,
                survey=self.step.survey, status="scheduled", due_at=NOW, opens_at=NOW,
                closes_at=NOW + timedelta(hours=20), created_at=NOW, updated_at=NOW,
            )
            for session in sessions
        )  # fmt: skip


def _ours() -> int:
    return open_due(now=NOW, limit=PEOPLE)


@transaction.atomic
def _bare() -> int:
    """The same rows in the same few statements, sealed as they must be, with nothing decided, thought or checked."""
    batch = claim_due(now=NOW, limit=PEOPLE, clinic_id=None)
    rows = batch.rows
    version = next(iter(batch.surveys.values()))
    ids, clinics = [row.follow_up_id for row in rows], [row.clinic_id for row in rows]
    hashes, state = [row.phone_hash for row in rows], json.dumps({"open": "pain_avg24"})
    fresh: list[UUID] = [new_id() for _ in rows]
    later: datetime = NOW + timedelta(hours=4)
    keys = [f"followup:{key}:0:0" for key in ids]
    numbers = [
        seal(row.phone.reveal(), f"messaging_outboundmessage.number:{key}")
        for row, key in zip(rows, fresh, strict=True)
    ]
    bodies = [seal(BODY, f"messaging_outboundmessage.body:{key}") for key in fresh]
    zones, hours = (
        [row.time_zone for row in rows],
        [json.dumps(next(iter(batch.clinics.values())).send_window)] * len(rows),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            BARE_BEGIN, [NOW, NOW, fresh, clinics, ids, [row.id for row in rows], hashes, [state] * len(rows)]
        )
        cursor.execute(BARE_OPEN, [NOW, NOW, later, ids, [version.id] * len(rows)])
        cursor.execute(
            BARE_TEXT, [NOW, later, NOW, later, fresh, clinics, keys, numbers, hashes, bodies, ids, zones, hours]
        )
    return len(rows)


def _loop() -> int:
    """What schedulers usually do: read what is due, then each row by itself, saved one by one."""
    from followup.operations import texts
    from surveys.queries import live_versions

    done = 0
    for row in FollowUp.objects.filter(opens_at__lte=NOW).select_related("patient", "clinic", "plan_step"):
        with transaction.atomic():
            version = live_versions({(row.clinic_id, row.survey)})[row.clinic_id, row.survey]
            turn = conversation.begin(version.definition, voice=texts.voice_for(row.clinic, "en"), known={})
            Conversation(
                clinic=row.clinic, follow_up=row, patient=row.patient, number_hash=row.patient.phone_hash,
                language="en", state=turn.state.to_json(), format=1, waiting_since=NOW, started_at=NOW,
            ).save()  # fmt: skip
            row.status, row.opens_at, row.opened_at, row.timer_at = "open", None, NOW, row.closes_at
            row.survey_version_id = version.id
            row.save()
            draft = texts.draft(
                row.patient, row.clinic, key=f"loop:{row.id}", body="How is your pain?", purpose=Purpose.QUESTION,
                expires_at=NOW + timedelta(hours=20),
            )  # fmt: skip
            enqueue([draft], now=NOW)
        done += 1
    return done


def _rates(stage: _Stage, ways: dict[str, tuple[Callable[[], int], int]]) -> dict[str, list[float]]:
    """Units per second of each way; making the work due is not part of the measurement."""
    import time

    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(5):
        names = list(ways) if turn % 2 == 0 else list(reversed(ways))
        for name in names:
            way, count = ways[name]
            stage.due(count)
            began = time.perf_counter()
            done = way()
            rates[name].append(done / (time.perf_counter() - began))
    return rates


def rows() -> list[Row]:
    """The table's lines."""
    stage = _Stage()
    rates = _rates(stage, {"ours": (_ours, PEOPLE), "bare": (_bare, PEOPLE), "loop": (_loop, LOOP)})
    assert OutboundMessage.objects.exists()
    over_loop = statistics.median(rates["ours"]) / statistics.median(rates["loop"])
    return [
        rate("due follow-ups opened", rates["ours"], "per second"),
        rate("the same batched statements, bare", rates["bare"], "per second"),
        rate("a loop with save()", rates["loop"], "per second"),
        ratio("opening against bare statements", rates["ours"], rates["bare"], at_least=0.5),
        Row("opening against a loop with save()", round(over_loop, 1), "times", ">= 10", over_loop >= 10),
    ]
