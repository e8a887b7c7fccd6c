"""`manage.py seed_demo`: the demo clinic, with three months behind it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from clinics.queries import clinic_by_key
from followup.management.simulation import demo


class Command(BaseCommand):
    """Runs once: a second time it says that the clinic is there."""

    help = "Create the demo clinic: forty synthetic patients, run through the real operations over three past months."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.GATEWAY != "simulated":
            raise CommandError("Demo sign-ins must not exist beside a live gateway. Set GATEWAY=simulated.")
        if clinic_by_key(demo.KEY) is not None:
            self.stdout.write("The demo clinic is there already.")
            return
        with transaction.atomic():
            programme = demo.build(now=timezone.now(), tell=self._say)
        counts = programme.counts
        self._say(
            f"Demo clinic ready: {counts['patients']} patients, {counts['sessions']} care sessions, "
            f"{counts['texts_delivered']} texts sent, {counts['texts_received']} received."
        )

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
