"""`manage.py dump_survey KEY`: a survey as YAML, as `load_survey` reads it."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from followup.management.choosing import add_clinic_argument, chosen_clinic
from surveys.queries import live_versions


class Command(BaseCommand):
    """Writes the live version."""

    help = "Print the live version of a survey as YAML."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = chosen_clinic(options["clinic"])
        live = live_versions([(clinic.id, options["key"])]).get((clinic.id, options["key"]))
        if live is None:
            raise CommandError(f"The clinic {clinic.key} has no live survey with this key.")
        document = dict(live.definition.document)
        self.stdout.write(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), ending="")
