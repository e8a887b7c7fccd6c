"""`set_retention --clinic KEY`: how long texts are kept, and whether a legal hold forbids deleting them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.core.actor import SYSTEM
from clinics.operations import InvalidClinic, set_retention
from clinics.queries import clinic_by_key


class Command(BaseCommand):
    """Changes a clinic's retention; what is not named stays, and without changes it only says what holds."""

    help = "Show or change how long a clinic's texts are kept. Answers, opt-outs and the audit log are always kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="The clinic's key")
        kept = parser.add_mutually_exclusive_group()
        kept.add_argument("--months", type=int, help="Delete texts after so many whole months")
        kept.add_argument("--for-ever", action="store_true", help="Never delete texts")
        parser.add_argument("--legal-hold", choices=["on", "off"], help="on: delete nothing, whatever else is set")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_by_key(options["clinic"])
        if clinic is None:
            raise CommandError("clinic: there is none with this key.")
        given = options["months"] is not None
        months = options["months"] if given or options["for_ever"] else clinic.texts_kept_months
        hold = options["legal_hold"] == "on" if options["legal_hold"] else clinic.legal_hold
        if (months, hold) != (clinic.texts_kept_months, clinic.legal_hold):
            try:
                set_retention(clinic=clinic, texts_kept_months=months, legal_hold=hold, by=SYSTEM, now=timezone.now())
            except InvalidClinic as error:
                raise CommandError("\n".join(f"{field}: {text}" for field, text in error.problems.items())) from error
        kept = "for ever" if months is None else f"for {months} months"
        self.stdout.write(f"{clinic.key}: texts are kept {kept}; legal hold {'on' if hold else 'off'}.")
