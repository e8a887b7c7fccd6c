"""`create_clinic --key KEY --name NAME --time-zone ZONE`: open a clinic without the pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.core.actor import SYSTEM
from clinics.core.settings import parse_window
from clinics.operations import InvalidClinic
from followup.operations.clinics import open_clinic


class Command(BaseCommand):
    """Opens a clinic with the shipped surveys and prints its key."""

    help = "Open a clinic with the shipped surveys live; its plan and staff come next."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--key", required=True, help="Short name for commands and addresses, like north-clinic")
        parser.add_argument("--name", required=True, help="Name for staff")
        parser.add_argument("--time-zone", required=True, help="Zone of the tz database, like America/Chicago")
        parser.add_argument("--short-name", help="Name in patients' texts; names no treatment. Default: the name")
        parser.add_argument("--phone", default="", help="The desk's number, as texts give it")
        parser.add_argument("--language", default="en", help="en or es")
        parser.add_argument("--window", help="Hours of routine texts on every day, like 09:00-20:00")
        parser.add_argument("--sender", default="", help="Number or messaging service. Default: the environment's")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = open_clinic(
                key=options["key"],
                name=options["name"],
                time_zone=options["time_zone"],
                short_name=options["short_name"],
                phone=options["phone"],
                language=options["language"],
                send_window=parse_window(options["window"]) if options["window"] else None,
                sender=options["sender"],
                by=SYSTEM,
                now=timezone.now(),
            )
        except InvalidClinic as error:
            raise CommandError("\n".join(f"{field}: {text}" for field, text in error.problems.items())) from error
        except ValueError as error:
            raise CommandError(f"window: {error}") from error
        self.stdout.write(key)
