"""Clinics: opened and changed, with their settings checked as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from clinics import audit
from clinics.core import settings as rules
from clinics.core.actor import Actor
from clinics.models import Clinic, default_send_window
from clinics.operations.errors import InvalidInput, found

Window = Sequence[Sequence[str] | None]

CHANGEABLE = frozenset({"name", "short_name", "phone", "time_zone", "language", "send_window", "sender"})


class InvalidClinic(InvalidInput):
    """The clinic's settings cannot be kept."""


@transaction.atomic
def create_clinic(
    *,
    key: str,
    name: str,
    time_zone: str,
    short_name: str | None = None,
    phone: str = "",
    language: str = "en",
    send_window: Window | None = None,
    sender: str = "",
    is_demo: bool = False,
    by: Actor,
    now: datetime,
) -> Clinic:
    """Open a clinic. `send_window` has seven entries, Monday first, in local time; without one the hours of T-01 hold.

    Raises InvalidClinic with every problem.
    """
    clinic = Clinic(
        key=key,
        name=name.strip(),
        short_name=(name if short_name is None else short_name).strip(),
        phone=phone.strip(),
        time_zone=time_zone,
        language=language,
        send_window=default_send_window() if send_window is None else send_window,
        sender=sender.strip(),
        is_demo=is_demo,
        created_at=now,
    )
    problems = found({"key": rules.key_problem(key) or _taken_key(key)}) | _setting_problems(clinic)
    if problems:
        raise InvalidClinic(problems)
    clinic.save(force_insert=True)
    _record(clinic, "clinic.create", {"key": key}, by, now)
    return clinic


@transaction.atomic
def change_clinic(*, clinic: Clinic, by: Actor, now: datetime, **changes: Any) -> Clinic:
    """Change settings named in CHANGEABLE. Texts that are queued already keep the hours they were queued with.

    Raises InvalidClinic with every problem.
    """
    unknown = dict.fromkeys(changes.keys() - CHANGEABLE, "This cannot be changed.")
    if unknown:
        raise InvalidClinic(unknown)
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    changed = sorted(field for field, value in changes.items() if getattr(clinic, field) != value)
    for field in changed:
        setattr(clinic, field, changes[field])
    problems = _setting_problems(clinic)
    if problems:
        raise InvalidClinic(problems)
    if changed:
        clinic.save(update_fields=changed)
        _record(clinic, "clinic.update", {"fields": changed}, by, now)
    return clinic


@transaction.atomic
def set_retention(
    *, clinic: Clinic, texts_kept_months: int | None, legal_hold: bool, by: Actor, now: datetime
) -> Clinic:
    """Say after how many whole months texts are deleted (None: never), and whether a legal hold forbids it (H-10).

    Raises InvalidClinic.
    """
    problems = found({"texts_kept_months": rules.retention_problem(texts_kept_months)})
    if problems:
        raise InvalidClinic(problems)
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    clinic.texts_kept_months, clinic.legal_hold = texts_kept_months, legal_hold
    clinic.save(update_fields=["texts_kept_months", "legal_hold"])
    detail = {"texts_kept_months": texts_kept_months, "legal_hold": legal_hold}
    _record(clinic, "clinic.retention", detail, by, now)
    return clinic


def _setting_problems(clinic: Clinic) -> dict[str, str]:
    return found(
        {
            "name": rules.name_problem(clinic.name, 120),
            "short_name": rules.short_name_problem(clinic.short_name),
            "phone": rules.phone_problem(clinic.phone),
            "time_zone": rules.zone_problem(clinic.time_zone),
            "language": rules.language_problem(clinic.language),
            "send_window": rules.window_problem(clinic.send_window),
            "sender": _sender_problem(clinic),
        }
    )


def _taken_key(key: str) -> str | None:
    return "Another clinic has this key already." if Clinic.objects.filter(key=key).exists() else None


def _sender_problem(clinic: Clinic) -> str | None:
    """Each sender belongs to one clinic, because an inbound text is routed by the number it was sent to."""
    if len(clinic.sender) > 40:
        return "Use at most 40 characters."
    if clinic.sender and Clinic.objects.filter(sender=clinic.sender).exclude(pk=clinic.pk).exists():
        return "Another clinic sends from this number already."
    return None


def _record(clinic: Clinic, action: str, detail: dict[str, Any], by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=clinic.pk, by=by, action=action, object_type="clinic", object_id=clinic.pk, detail=detail, now=now
    )
