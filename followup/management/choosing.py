"""Which clinic a command is about."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from clinics.queries import clinic_by_key, clinics


def add_clinic_argument(parser: CommandParser) -> None:
    """`--clinic KEY`, needed only where there are several."""
    parser.add_argument("--clinic", default="", help="key of the clinic; may be left out while there is only one")


def chosen_clinic(key: str) -> Any:
    """The clinic that `key` names, or the only one. Raises CommandError."""
    if key:
        clinic = clinic_by_key(key)
        if clinic is None:
            raise CommandError(f"There is no clinic {key}.")
        return clinic
    found = list(clinics()[:2])
    if len(found) != 1:
        raise CommandError("Say which clinic: --clinic KEY.")
    return found[0]
