"""`manage.py simulate`: a whole programme through virtual time, on a scratch clinic that leaves no trace."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from followup.management.simulation.scratch import NoSuchPlan, run_scratch

START: Final = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""A Monday morning in Chicago: always the same, so that a seed always gives the same programme."""


class Command(BaseCommand):
    """Everything happens in one transaction that is rolled back at the end."""

    help = "Run a plan with scripted patients through virtual time and print what happened; nothing is kept or sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True, metavar="KEY")
        parser.add_argument("--patients", type=int, default=20, metavar="N")
        parser.add_argument("--days", type=int, default=35, metavar="D")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["patients"] <= 10_000 or not 1 <= options["days"] <= 400:
            raise CommandError("Choose 1 to 10000 patients and 1 to 400 days.")
        with transaction.atomic():
            try:
                counts = run_scratch(
                    plan=options["plan"],
                    patients=options["patients"],
                    start=START,
                    length=timedelta(days=options["days"]),
                    rng=Random(options["seed"]),  # noqa: S311  # a story that can be told again, not a secret
                )
            except NoSuchPlan as error:
                raise CommandError(str(error)) from error
            transaction.set_rollback(True)
        self._print(counts, as_json=options["json"])

    def _print(self, counts: Counter[str], *, as_json: bool) -> None:
        ordered = dict(sorted(counts.items()))
        if as_json:
            self.stdout.write(json.dumps(ordered))
            return
        for name, count in ordered.items():
            self.stdout.write(f"{name:<40} {count:>8}")
