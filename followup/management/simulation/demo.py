"""The demo clinic: three months of some forty synthetic patients, alive on first sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from clinics.core.actor import SYSTEM
from clinics.operations import add_shifts, change_staff, create_clinic, create_staff
from followup.management.simulation import staff
from followup.management.simulation.persona import Persona, make_persona
from followup.management.simulation.programme import Programme
from followup.models import Patient
from followup.operations import care_sessions
from followup.operations.enrol import ConsentInput, enrol_patient
from followup.operations.plans import create_plan
from surveys.operations import install_library

KEY = "demo"
PASSWORD = "followup-demo-sign-in"  # noqa: S105  # printed on every start; demo staff cannot exist beside a live gateway
STAFF = {
    "admin": "Alex Admin",
    "clinician": "Casey Clinician",
    "coordinator": "Corey Coordinator",
    "auditor": "Audrey Auditor",
}
ALWAYS = [["00:00", "24:00"]] * 7
"""Demo texts leave at any hour, so that a session ended at night can be watched too."""
ZONE = "America/Chicago"
AREAS = ("618", "314", "217", "636")
FIRST = (
    "Ana",
    "Ben",
    "Clara",
    "Dev",
    "Elena",
    "Frank",
    "Grace",
    "Hugo",
    "Iris",
    "Jonas",
    "Karla",
    "Liam",
    "Maya",
    "Noah",
)
LAST = ("Alvarez", "Brooks", "Chen", "Diaz", "Evans", "Flores", "Green", "Hayes", "Ivers", "Jensen", "Kim")
PATIENTS = 40
DAYS = 92
SEED = 2026
LAST_WORDS = (
    (33, 30, "STOP"),
    (17, 20, "wrong number, you have the wrong person"),
    (3, 7, ""),
    (14, 3, ""),
    (8, 0.8, "I cant do this anymore, i want to die"),
    (22, 0.4, "my chest hurts and i cant breathe"),
)
"""Who writes what how many hours before the end; blank: something for the inbox."""
LIBRARY = Path(__file__).resolve().parents[2] / "library"


@dataclass(frozen=True, slots=True)
class Visit:
    """A care session in the story of a patient."""

    person: int
    ended_at: datetime


def email(role: str) -> str:
    """The demo sign-in of a role."""
    return f"{role}@demo.example"


def build(*, now: datetime, tell: Callable[[str], None]) -> Programme:
    """Create the demo clinic and let three months pass until `now`; returns the programme with its counts."""
    rng = Random(SEED)  # noqa: S311  # a story, not a secret
    start = now - timedelta(days=DAYS)
    clinic, clinician = _clinic(start)
    programme = Programme(clinic, rng)
    people = [_person(place, rng) for place in range(PATIENTS)]
    for place, persona in enumerate(people):
        _enrol_later(programme, persona, place, start + timedelta(days=rng.uniform(0, 30)))
    for visit in _visits(people, start, now, rng):
        _end_later(programme, people[visit.person], visit)
    _last_day(programme, people, now)
    staff.work(programme, clinician, since=start, until=now - timedelta(hours=40), zone=ZONE)
    programme.run(now, tell=_monthly(tell, start))
    return programme


def _clinic(start: datetime) -> tuple[Any, Any]:
    clinic = create_clinic(
        key=KEY,
        name="Demo Clinic",
        short_name="Demo Clinic",
        time_zone=ZONE,
        phone="618-555-0100",
        send_window=ALWAYS,
        is_demo=True,
        by=SYSTEM,
        now=start,
    )
    members = {
        role: create_staff(
            clinic=clinic, email=email(role), name=name, role=role, password=PASSWORD, by=SYSTEM, now=start
        )
        for role, name in STAFF.items()
    }
    _put_on_call(members, start)
    install_library(clinic=clinic, by=SYSTEM, now=start)
    document = yaml.safe_load((LIBRARY / "demo.yaml").read_text(encoding="utf-8"))
    create_plan(clinic=clinic, document=document | {"publish": True}, by=SYSTEM, now=start)
    return clinic, members["clinician"]


def _put_on_call(members: dict[str, Any], start: datetime) -> None:
    """The clinician is on call first and the admin second, all week, from the first day on for a year."""
    for role, number, place in (("clinician", "+16185550190", "first"), ("admin", "+16185550191", "second")):
        person = change_staff(
            user=members[role],
            phone=number,
            is_director=role == "admin",
            is_fallback=role == "admin",
            by=SYSTEM,
            now=start,
        )
        week = timedelta(days=7)
        add_shifts(person=person, place=place, starts_at=start, ends_at=start + week, weeks=52, by=SYSTEM, now=start)


def _person(place: int, rng: Random) -> Persona:
    number = f"+1{AREAS[place % len(AREAS)]}55501{10 + place:02}"
    return make_persona(number, "es" if place % 4 == 3 else "en", rng)


def _enrol_later(programme: Programme, persona: Persona, place: int, moment: datetime) -> None:
    def enrol(now: datetime) -> None:
        enrol_patient(
            clinic=programme.clinic,
            reference=f"D-{place + 1:03}",
            name=f"{FIRST[place % len(FIRST)]} {LAST[place % len(LAST)]}",
            phone=persona.number,
            time_zone="America/New_York" if place % 10 == 9 else ZONE,
            language=persona.language,
            consent=ConsentInput(method="written", wording_version="2026-01", given_at=now),
            by=SYSTEM,
            now=now,
        )
        programme.join(persona)
        programme.counts["patients"] += 1

    programme.at(moment, enrol)


def _visits(people: list[Persona], start: datetime, now: datetime, rng: Random) -> list[Visit]:
    """One or two sessions each, in the clinic's hours, weeks apart, all after enrolment."""
    visits = []
    zone = ZoneInfo(ZONE)
    for person in range(len(people)):
        day = start + timedelta(days=31 + rng.uniform(0, 20))
        for _ in range(rng.choice((1, 1, 1, 1, 1, 2))):
            hour = time(rng.choice((10, 11, 13, 14, 15)), rng.choice((0, 15, 30, 45)))
            ended_at = datetime.combine(_weekday(day.astimezone(zone)), hour, tzinfo=zone)
            if ended_at < now - timedelta(hours=3):
                visits.append(Visit(person, ended_at.astimezone(now.tzinfo)))
            day += timedelta(days=rng.uniform(14, 30))
    return visits


def _weekday(moment: datetime) -> Any:
    return (moment + timedelta(days=max(0, 7 - moment.weekday()) if moment.weekday() >= 5 else 0)).date()


def _end_later(programme: Programme, persona: Persona, visit: Visit) -> None:
    def end(now: datetime) -> None:
        patient = Patient.objects.get(clinic_id=programme.clinic.id, reference=f"D-{visit.person + 1:03}")
        care_sessions.record(
            patient=patient,
            external_reference=f"INF-{visit.person + 1:03}-{now:%m%d}",
            kind="ketamine-iv",
            booked_for=None,
            ended_at=now,
            by=SYSTEM,
            now=now,
        )
        programme.counts["sessions"] += 1

    programme.at(visit.ended_at, end)


def _last_day(programme: Programme, people: list[Persona], now: datetime) -> None:
    """What waits on the worklist when somebody looks for the first time: something of every level, and the inbox."""
    late = timedelta(minutes=1)
    for place, hours in ((1, 26), (6, 4), (12, 0.5), (20, 25.5), (27, 2.4)):
        _end_later(programme, people[place], Visit(place, now - timedelta(hours=hours)))
    programme.at(now - timedelta(hours=26) - late, lambda at: _worsen(people[20]))
    for place, hours, words in LAST_WORDS:
        body = words or people[place].aside(programme.rng)
        programme.at(now - timedelta(hours=hours), _texting(programme, people[place], body))


def _texting(programme: Programme, persona: Persona, body: str) -> Callable[[datetime], None]:
    return lambda now: programme.text(persona, body, now)


def _worsen(persona: Persona) -> None:
    persona.severe = True
    persona.answering = 1.0


def _monthly(tell: Callable[[str], None], start: datetime) -> Callable[[datetime], None]:
    """Say once a simulated week how far it is."""
    said = -1

    def progress(moment: datetime) -> None:
        nonlocal said
        week = (moment - start).days // 7
        if week > said:
            said = week
            tell(f"  week {week + 1} of {DAYS // 7 + 1}")

    return progress
