"""Follow-ups that have fallen due, claimed in one statement with everything that decides about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from clinics.queries import clinics, rostered
from followup.core.follow_on import FOLLOW_ON
from followup.core.lifecycle import Reason
from followup.core.opening import WITHOUT_ROSTER, Candidate
from followup.core.parties import ClinicFacts
from followup.core.plan import OutsideWindow, StepRule
from followup.models import Patient, PlanStep
from messaging.core.send_window import window_opening
from messaging.queries import opted_out
from privacy.fields import reveal
from privacy.sensitive import Sensitive
from surveys.queries import LiveVersion, live_versions

CLAIM = """
SELECT f.id, f.clinic_id, f.plan_step_id, f.survey, f.closes_at, f.reason,
       p.id, p.phone, p.phone_hash, p.phone_problem, p.time_zone, p.language, p.channel, p.status,
       p.paused_until, p.notice_at,
       EXISTS (SELECT FROM followup_consent c
               WHERE c.patient_id = p.id AND c.ended_at IS NULL AND c.phone_hash = p.phone_hash),
       EXISTS (SELECT FROM followup_reviewitem r
               WHERE r.patient_id = p.id AND r.open_due_by IS NOT NULL AND r.rank <= 1),
       EXISTS (SELECT FROM followup_conversation v
               WHERE v.clinic_id = f.clinic_id AND v.number_hash = p.phone_hash AND v.waiting_since IS NOT NULL)
       OR EXISTS (SELECT FROM followup_followup o WHERE o.patient_id = p.id AND o.timer_at IS NOT NULL)
FROM followup_followup f JOIN followup_patient p ON p.id = f.patient_id
WHERE f.opens_at <= %s AND (%s::uuid IS NULL OR f.clinic_id = %s)
ORDER BY f.opens_at, f.id
LIMIT %s
FOR UPDATE OF f SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A claimed follow-up and its patient, as the statement gives them."""

    follow_up_id: UUID
    clinic_id: UUID
    step_id: UUID | None
    survey: str
    closes_at: datetime
    reason: str
    id: UUID
    sealed_phone: bytes
    phone_hash: str
    phone_problem: str
    time_zone: str
    language: str
    channel: str
    status: str
    paused_until: datetime | None
    notice_at: datetime | None
    consent: bool
    held: bool
    busy: bool

    @property
    def phone(self) -> Sensitive:
        """The number, opened only for those who are texted."""
        number = reveal(Patient, "phone", self.id, self.sealed_phone)
        if number is None:
            raise ValueError("A patient has a number.")
        return number


@dataclass(frozen=True, slots=True)
class Batch:
    """Claimed follow-ups with what they share. `rostered` are the clinics in which somebody is on call, `needing` the
    versions with questions that need that."""

    rows: Sequence[Row]
    clinics: Mapping[UUID, ClinicFacts]
    steps: Mapping[UUID, StepRule]
    surveys: Mapping[tuple[UUID, str], LiveVersion]
    opted_out: set[tuple[UUID, str]]
    rostered: set[UUID]
    needing: set[UUID]
    _openings: dict[tuple[UUID, str], datetime | None] = field(default_factory=dict)

    def window_opening(self, row: Row, now: datetime) -> datetime | None:
        """When texts may reach the patient from `now` on; patients of one clinic and zone share it."""
        shared = (row.clinic_id, row.time_zone)
        if shared not in self._openings:
            hours = self.clinics[row.clinic_id].send_window
            self._openings[shared] = window_opening(hours, row.time_zone, now)
        return self._openings[shared]

    def survey(self, row: Row) -> LiveVersion | None:
        """The live version of what a row asks; while nobody is on call, of what stands in for it, if there is that."""
        instead = None if row.clinic_id in self.rostered else WITHOUT_ROSTER.get(row.survey)
        versions = (self.surveys.get((row.clinic_id, key)) for key in (instead, row.survey) if key)
        return next((version for version in versions if version), None)

    def step(self, row: Row) -> StepRule:
        """How a row is asked: by the step of its plan, or as any follow-on."""
        return FOLLOW_ON if row.step_id is None else self.steps[row.step_id]

    def facts(self, row: Row, version: LiveVersion) -> dict[str, bool]:
        """The facts that the survey's questions need."""
        return {"rostered": row.clinic_id in self.rostered} if version.id in self.needing else {}

    def candidate(self, row: Row, *, taken: set[tuple[UUID, str]], now: datetime) -> Candidate:
        """What decides about a row; `taken` are the phones that this batch has already given a conversation."""
        step, phone = self.step(row), (row.clinic_id, row.phone_hash)
        return Candidate(
            closes_at=row.closes_at,
            waited_for=Reason(row.reason),
            withdrawn=row.status == "withdrawn",
            consent=row.consent,
            opted_out=phone in self.opted_out,
            unreachable=bool(row.phone_problem),
            paused_until=row.paused_until,
            held=row.held,
            busy=row.busy or phone in taken,
            skip_outside=step.outside_window is OutsideWindow.SKIP,
            window_opens_at=self.window_opening(row, now),
            has_survey=self.survey(row) is not None,
        )


def claim_due(*, now: datetime, limit: int, clinic_id: UUID | None) -> Batch:
    """Lock up to `limit` due follow-ups, longest due first; rows that another worker holds are left to it."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, clinic_id, clinic_id, limit])
        rows = [Row(*columns) for columns in cursor.fetchall()]
    steps = PlanStep.objects.in_bulk({row.step_id for row in rows if row.step_id})
    wanted = {(row.clinic_id, row.survey) for row in rows}
    instead = {(clinic_id, WITHOUT_ROSTER[key]) for clinic_id, key in wanted if key in WITHOUT_ROSTER}
    surveys = live_versions(wanted | instead)
    needing = {place: version.id for place, version in surveys.items() if "rostered" in version.definition.facts}
    return Batch(
        rows=rows,
        clinics={clinic.id: clinic for clinic in clinics().filter(pk__in={row.clinic_id for row in rows})},
        steps={key: step.rule() for key, step in steps.items()},
        surveys=surveys,
        opted_out=opted_out({(row.clinic_id, row.phone_hash) for row in rows}),
        rostered=rostered({clinic_id for clinic_id, _ in needing}, now=now) if needing else set(),
        needing=set(needing.values()),
    )
