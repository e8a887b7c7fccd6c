"""`create_staff --clinic KEY --email EMAIL --role ROLE`: add a member of staff without the pages."""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.core.actor import SYSTEM
from clinics.core.roles import Role
from clinics.operations import InvalidStaff, create_staff
from clinics.queries import clinic_by_key


class Command(BaseCommand):
    """Adds somebody, asks for a password at a terminal, and otherwise makes one and prints it."""

    help = "Add a member of staff to a clinic."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="Key of the clinic")
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--name", help="Default: what stands before the @")
        parser.add_argument("--password-stdin", action="store_true", help="Read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_by_key(options["clinic"])
        if clinic is None:
            raise CommandError(f"clinic: there is no clinic with the key {options['clinic']}.")
        password, made = self._password(from_stdin=options["password_stdin"])
        try:
            create_staff(
                clinic=clinic,
                email=options["email"],
                name=options["name"] or options["email"].partition("@")[0],
                role=options["role"],
                password=password,
                by=SYSTEM,
                now=timezone.now(),
            )
        except InvalidStaff as error:
            raise CommandError("\n".join(f"{field}: {text}" for field, text in error.problems.items())) from error
        self.stdout.write(password if made else "added")

    def _password(self, *, from_stdin: bool) -> tuple[str, bool]:
        """The password, and whether it was made here and must be shown."""
        if from_stdin:
            return sys.stdin.readline().rstrip("\r\n"), False
        if sys.stdin.isatty():
            typed = getpass.getpass("Password (empty: make one): ")
            if typed:
                return typed, False
        return secrets.token_urlsafe(15), True
