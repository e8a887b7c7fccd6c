"""`manage.py load_plan FILE`: a plan from a file becomes the next version at a clinic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.core.actor import SYSTEM
from followup.management.choosing import add_clinic_argument, chosen_clinic
from followup.operations.errors import Refused
from followup.operations.plans import create_plan


class Command(BaseCommand):
    """YAML or JSON, as `dump_plan` writes it."""

    help = "Load a plan from a YAML or JSON file and publish it; --draft keeps it as a draft."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--draft", action="store_true", help="do not publish it")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = chosen_clinic(options["clinic"])
        document = _read(options["file"])
        try:
            plan = create_plan(
                clinic=clinic, document=document | {"publish": not options["draft"]}, by=SYSTEM, now=timezone.now()
            )
        except Refused as refusal:
            lines = [f"  {field}: {problem}" for field, problem in refusal.problems.items()]
            raise CommandError("The plan is refused:\n" + "\n".join(lines)) from refusal
        self.stdout.write(f"{plan.key} version {plan.version} is {plan.status}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise CommandError(f"{path} holds no plan: write key, name, session_kind and steps.")
    return document
