"""`manage.py demo_sign_ins`: how to sign in to the demo clinic."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from clinics.queries import clinic_by_key
from followup.management.simulation import demo


class Command(BaseCommand):
    """Prints nothing where there is no demo clinic, or a live gateway."""

    help = "Print the sign-ins of the demo clinic."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.GATEWAY != "simulated" or clinic_by_key(demo.KEY) is None:
            return
        for role in demo.STAFF:
            self.stdout.write(f"{role:<12} {demo.email(role):<26} {demo.PASSWORD}")
