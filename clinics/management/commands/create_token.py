"""`create_token --staff EMAIL [--scope ...]`: make an API token; the token alone is printed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.core.actor import SYSTEM
from clinics.core.roles import Permission
from clinics.operations import InvalidToken, create_token
from clinics.queries import staff_by_email


class Command(BaseCommand):
    """Makes a token with the rights of a member of staff, or fewer."""

    help = "Make an API token and print it; it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--staff", required=True, help="E-mail of the member of staff it acts for")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            choices=[permission.value for permission in Permission],
            help="Only this right; repeat for more. Without: all that the role has",
        )
        parser.add_argument("--days", type=int, default=90, help="How long it lives, 1 to 366 (default 90)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = staff_by_email(options["staff"])
        if user is None:
            raise CommandError("staff: nobody signs in with this address.")
        try:
            _, plaintext = create_token(
                user=user,
                scopes=options["scope"],
                lifetime=timedelta(days=options["days"]),
                by=SYSTEM,
                now=timezone.now(),
            )
        except InvalidToken as error:
            raise CommandError("\n".join(f"{field}: {text}" for field, text in error.problems.items())) from error
        self.stdout.write(plaintext)
