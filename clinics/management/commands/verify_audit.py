"""`verify_audit`: walk the hash chain of every clinic's audit log and say where it is broken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinics.queries import clinics, verify_chain


class Command(BaseCommand):
    """Prints one line a clinic; ends with an error when a chain is broken."""

    help = "Check that no sealed row of the audit log was edited, removed or moved."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = []
        for clinic in clinics():
            position = verify_chain(clinic.pk)
            self.stdout.write(f"{clinic.key}: {'whole' if position is None else f'broken at {position}'}")
            if position is not None:
                broken.append(clinic.key)
        if broken:
            raise CommandError(f"The audit log was changed: {', '.join(broken)}.")
