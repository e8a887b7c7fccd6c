"""The on-call roster: shifts are added, also weekly, taken off and put back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinics import audit
from clinics.core import roster
from clinics.core.actor import Actor
from clinics.core.roster import Place, Span
from clinics.models import Clinic, Shift, User
from clinics.operations.errors import InvalidInput, found


class InvalidShift(InvalidInput):
    """Nobody can be on call like this."""


@transaction.atomic
def add_shifts(
    *,
    person: User,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    weeks: int = 1,
    by: Actor,
    now: datetime,
) -> list[Shift]:
    """Put `person` on call, first or second, and again at the same wall time of the clinic for `weeks` weeks in all.

    A shift that is on the roster already is not added again, so a repeated call changes nothing. Returns those that are
    new. Raises InvalidShift with every problem.
    """
    first = Span(starts_at, ends_at)
    problems = found(
        {
            "person": _person_problem(person),
            "place": None if place in set(Place) else f"Choose one of {', '.join(Place)}.",
            "ends_at": roster.span_problem(first, now),
            "weeks": roster.weeks_problem(weeks),
        }
    )
    if problems:
        raise InvalidShift(problems)
    Clinic.objects.select_for_update().get(pk=person.clinic_id)  # a second click waits, and then finds them there
    spans = roster.weekly(first, weeks, person.clinic.time_zone)
    there = set(person.shifts.filter(place=place, removed_at=None).values_list("starts_at", "ends_at"))
    rows = [
        Shift(
            clinic_id=person.clinic_id,
            person=person,
            place=place,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            created_at=now,
        )
        for span in spans
        if (span.starts_at, span.ends_at) not in there
    ]
    Shift.objects.bulk_create(rows)
    if rows:
        _record(rows[0], "shift.create", {"count": len(rows)}, by, now)
    return rows


@transaction.atomic
def remove_shift(*, shift: Shift, by: Actor, now: datetime) -> None:
    """Take a shift off the roster; taking it off again changes nothing."""
    if Shift.objects.filter(pk=shift.pk, removed_at=None).update(removed_at=now):
        _record(shift, "shift.remove", {}, by, now)


@transaction.atomic
def restore_shift(*, shift: Shift, by: Actor, now: datetime) -> None:
    """Put back a shift that was taken off. Raises InvalidShift when the same one has been added since."""
    Clinic.objects.select_for_update().get(pk=shift.clinic_id)
    same = Shift.objects.filter(
        person_id=shift.person_id,
        place=shift.place,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        removed_at=None,
    )
    if same.exclude(pk=shift.pk).exists():
        raise InvalidShift({"shift": "The same shift is on the roster again already."})
    if Shift.objects.filter(pk=shift.pk, removed_at__isnull=False).update(removed_at=None):
        _record(shift, "shift.restore", {}, by, now)


def _person_problem(person: User) -> str | None:
    if not person.is_active:
        return "This member of staff is deactivated."
    if person.role not in roster.ACTING_ROLES:
        return f"Only {' and '.join(roster.ACTING_ROLES)} can be on call: others may not sign off what comes."
    if person.phone is None:
        return "Give them a mobile number first, on their own page: alerts go to it."
    return None


def _record(shift: Shift, action: str, detail: dict[str, Any], by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=shift.clinic_id,
        by=by,
        action=action,
        object_type="shift",
        object_id=shift.pk,
        detail={"staff": str(shift.person_id), **detail},
        now=now,
    )
