"""A clinic for one simulation: scripted patients, one session each, then time passes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.db.models import Count

from clinics.core.actor import SYSTEM
from clinics.operations import create_clinic, create_staff
from followup.management.simulation import staff
from followup.management.simulation.persona import Persona, make_persona
from followup.management.simulation.programme import Programme
from followup.models import FollowUp, Patient, Plan, ReviewItem, Signal
from followup.operations import care_sessions
from followup.operations.enrol import ConsentInput, enrol_patient
from followup.operations.plans import create_plan
from followup.queries.plans import document_of
from privacy.tokens import new_token
from surveys.operations import install_library

LIBRARY = Path(__file__).resolve().parents[2] / "library"
ZONES = ("America/Chicago", "America/New_York", "America/Denver")
AREAS = tuple(str(area) for area in (618, 314, 217, 636, 312, 212, 303, 415, 512, 617))
SESSION_HOURS = 6


class NoSuchPlan(Exception):
    """Neither a clinic nor the library has a plan with this key; the message names those there are."""


def run_scratch(*, plan: str, patients: int, start: datetime, length: timedelta, rng: Random) -> Counter[str]:
    """Run `plan` for `length` with scripted patients; returns counts. Writes rows: the caller rolls back.

    Raises NoSuchPlan. The same arguments give the same counts.
    """
    document = _document(plan)
    clinic = create_clinic(
        key=f"simulation-{rng.getrandbits(40):x}",
        name="Simulation",
        time_zone=ZONES[0],
        phone="618-555-0100",
        is_demo=True,
        by=SYSTEM,
        now=start,
    )
    install_library(clinic=clinic, by=SYSTEM, now=start)
    create_plan(clinic=clinic, document=document | {"publish": True}, by=SYSTEM, now=start)
    programme = Programme(clinic, rng)
    for place in range(patients):
        _take_part(programme, place, document["session_kind"], start)
    staff.work(programme, _clinician(clinic, start), since=start, until=start + length, zone=ZONES[0])
    programme.run(start + length)
    return programme.counts + _outcome(clinic)


def _clinician(clinic: Any, start: datetime) -> Any:
    return create_staff(
        clinic=clinic,
        email=f"clinician@{clinic.key}.example",
        name="Casey Clinician",
        role="clinician",
        password=new_token(),
        by=SYSTEM,
        now=start,
    )


def _document(key: str) -> dict[str, Any]:
    """The plan of a clinic, the latest live one, or of the library."""
    live = Plan.objects.filter(key=key, status="published").order_by("-published_at").first()
    if live is not None:
        return document_of(live)
    shipped = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(LIBRARY.glob("*.yaml"))]
    for document in reversed(shipped):
        if document["key"] == key:
            return dict(document)
    keys = {document["key"] for document in shipped} | set(Plan.objects.values_list("key", flat=True))
    raise NoSuchPlan(f"There is no plan {key}; there are {', '.join(sorted(keys))}.")


def _take_part(programme: Programme, place: int, kind: str, start: datetime) -> None:
    """Enrol a scripted patient and let the session end within the first hours."""
    rng = programme.rng
    persona = make_persona(_number(place), "es" if rng.random() < 0.25 else "en", rng)
    patient = _enrol(programme, persona, place, start)
    programme.join(persona)
    programme.counts["patients"] += 1

    def end(now: datetime) -> None:
        care_sessions.record(
            patient=patient,
            external_reference="1",
            kind=kind,
            booked_for=None,
            ended_at=now,
            by=SYSTEM,
            now=now,
        )

    programme.at(start + timedelta(hours=rng.uniform(0.5, SESSION_HOURS)), end)


def _number(place: int) -> str:
    """A number for stories; beyond the first thousand they are shared, as families do."""
    return f"+1{AREAS[place // 100 % len(AREAS)]}55501{place % 100:02}"


def _enrol(programme: Programme, persona: Persona, place: int, start: datetime) -> Patient:
    return enrol_patient(
        clinic=programme.clinic,
        reference=f"S-{place + 1:05}",
        name=f"Patient {place + 1}",
        phone=persona.number,
        time_zone=programme.rng.choice(ZONES),
        language=persona.language,
        consent=ConsentInput(method="written", wording_version="2026-01", given_at=start),
        by=SYSTEM,
        now=start,
    )


def _outcome(clinic: Any) -> Counter[str]:
    """What became of the follow-ups, and what was raised."""
    counts: Counter[str] = Counter()
    follow_ups = FollowUp.objects.filter(clinic_id=clinic.id).values_list("status", "reason")
    for status, reason, count in follow_ups.annotate(count=Count("id")):
        counts[f"follow_ups_{status}" + (f"_{reason}" if reason else "")] = count
    for level, count in Signal.objects.filter(clinic_id=clinic.id).values_list("level").annotate(count=Count("id")):
        counts[f"signals_{level}"] = count
    counts["review_items"] = ReviewItem.objects.filter(clinic_id=clinic.id).count()
    return counts
