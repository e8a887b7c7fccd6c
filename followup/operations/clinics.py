"""Opening a clinic ready to work: with the shipped surveys live, and no plan until somebody chooses one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinics.core.actor import Actor
from clinics.operations import create_clinic
from surveys.operations import install_library


@transaction.atomic
def open_clinic(*, by: Actor, now: datetime, **settings: Any) -> str:
    """Create a clinic from `settings`, as `clinics.operations.create_clinic` takes them, and install the library.

    Returns the clinic's key.
    Raises clinics.operations.InvalidClinic with every problem.
    """
    clinic = create_clinic(by=by, now=now, **settings)
    install_library(clinic=clinic, by=by, now=now)
    return clinic.key
