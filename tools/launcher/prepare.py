"""Run as a program of its own before the service: tables up to date, demo clinic on first start, sign-ins on stdout."""

import logging
import os
import sys

import django
from django.core.management import call_command


def prepare() -> None:
    """Migrate, seed the demo clinic when there is no clinic and texts are simulated, and print the demo sign-ins."""
    from django.conf import settings

    from clinics.models import Clinic

    _say("Bringing the tables up to date ...")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if settings.GATEWAY != "simulated":
        return
    if not Clinic.objects.exists():
        _say("First start: filling the demo clinic with three months of synthetic patients ...")
        call_command("seed_demo", stdout=sys.stderr)
    call_command("demo_sign_ins")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.getLogger().setLevel(logging.WARNING)  # three months of synthetic life would fill the terminal
    prepare()
