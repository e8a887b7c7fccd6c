"""`keep_sender --clinic KEY --number NUMBER [--rate RATE]`: one more sender for a clinic, or the pace of one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.core.actor import SYSTEM
from clinics.queries import clinic_by_key
from messaging.core.senders import PACES, pace_of
from messaging.operations import InvalidSender, keep_sender

CONFIRMED = {None: None, "us": False, "provider": True}


class Command(BaseCommand):
    """Keeps a sender and prints its place among the clinic's."""

    help = "Give a clinic a further sender, for what its first cannot send, or set how fast one may send."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="Key of the clinic")
        parser.add_argument("--number", required=True, help="Number, short code or messaging service (MG...)")
        parser.add_argument(
            "--rate", help=f"Segments a second, or one of {', '.join(PACES)}. Default: what SENDER_RATE says"
        )

        parser.add_argument(
            "--stop-confirmed-by",
            choices=["us", "provider"],
            help="Who answers STOP, START and HELP. Default: what STOP_CONFIRMED_BY says",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_by_key(options["clinic"])
        if clinic is None:
            raise CommandError("clinic: There is no clinic with this key.")
        try:
            pace = pace_of(options["rate"]) if options["rate"] else None
            kept = keep_sender(
                clinic_id=clinic.pk,
                address=options["number"],
                pace=pace,
                stop_confirmed_by_provider=CONFIRMED[options["stop_confirmed_by"]],
                by=SYSTEM,
                now=timezone.now(),
            )
        except InvalidSender as error:
            raise CommandError(f"number: {error}") from error
        except ValueError as error:
            raise CommandError(f"rate: {error}") from error
        self.stdout.write(str(kept.rank))
