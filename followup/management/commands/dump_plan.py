"""`manage.py dump_plan KEY`: a plan as YAML, as `load_plan` reads it."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from followup.management.choosing import add_clinic_argument, chosen_clinic
from followup.queries.plans import document_of, live_plan


class Command(BaseCommand):
    """Writes the live version."""

    help = "Print the live version of a plan as YAML."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = chosen_clinic(options["clinic"])
        plan = live_plan(clinic, options["key"])
        if plan is None:
            raise CommandError(f"The clinic {clinic.key} has no live plan with this key.")
        self.stdout.write(yaml.safe_dump(document_of(plan), sort_keys=False, allow_unicode=True), ending="")
