"""`manage.py load_survey FILE`: a survey from a file becomes the next version at a clinic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from clinics.core.actor import SYSTEM
from followup.management.choosing import add_clinic_argument, chosen_clinic
from messaging.core.segments import parts_of
from surveys import library
from surveys.core.definition import InvalidSurvey
from surveys.operations import load_survey, publish


class Command(BaseCommand):
    """YAML or JSON, as `dump_survey` writes it; or a shipped survey by its key."""

    help = "Load a survey from a YAML or JSON file, or a shipped one by its key, and publish it; --draft keeps a draft."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help=f"a file, or one of: {', '.join(library.shipped())}")
        parser.add_argument("--draft", action="store_true", help="do not publish it")
        add_clinic_argument(parser)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        clinic, now = chosen_clinic(options["clinic"]), timezone.now()
        document = _read(options["file"])
        try:
            version = load_survey(clinic=clinic, document=document, count_parts=parts_of, by=SYSTEM, now=now)
            if not options["draft"]:
                version = publish(version=version, count_parts=parts_of, by=SYSTEM, now=now)
        except InvalidSurvey as refusal:
            lines = [f"  {each.path}: {each.message}" for each in refusal.problems]
            raise CommandError("The survey is refused:\n" + "\n".join(lines)) from refusal
        self.stdout.write(f"{version.survey.key} version {version.number} is {version.status}.")


def _read(name: str) -> Any:
    if name in library.shipped():
        return library.document(name)
    path = Path(name)
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
