"""What a worker's child does, in a process of its own: `python -m bench.child CLINIC` sends what is due, lets everybody
answer, handles the answers, and prints its resident memory after every round."""

from __future__ import annotations

import json
import os
import sys
from uuid import UUID

import django

ROUND = 500


def rounds(clinic_id: UUID) -> list[float]:
    """Send and handle ROUND texts at a time until nobody is left who was not answered."""
    from bench.served import resident_megabytes
    from config.celery import app
    from followup.models import Conversation
    from messaging.operations import dispatch, handle_inbound, store_inbound
    from tests.factories import NOW

    app.loader.import_default_modules()
    held = []
    people = list(Conversation.objects.filter(clinic_id=clinic_id).values_list("patient__id", flat=True))
    for start in range(0, len(people), ROUND):
        dispatch(now_fn=lambda: NOW, limit=ROUND)
        for number in numbers(people[start : start + ROUND]):
            stored = store_inbound(
                clinic_id=clinic_id, provider_id=f"SM{number}", number=number, sender="", body="7", received_at=NOW
            )
            assert stored is not None
            assert handle_inbound(stored, now=NOW)
        held.append(resident_megabytes(os.getpid()))
    return held


def numbers(ids: list[UUID]) -> list[str]:
    """The phones of these patients."""
    from followup.models import Patient

    return [patient.phone.reveal() for patient in Patient.objects.filter(pk__in=ids)]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    held = rounds(UUID(sys.argv[1]))
    print(json.dumps(held))
