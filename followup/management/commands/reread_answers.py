"""`manage.py reread_answers --clinic KEY`: what today's reader would have kept instead. It changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics import audit
from clinics.core.actor import SYSTEM
from followup.management.choosing import add_clinic_argument, chosen_clinic
from followup.queries.rereading import Differing, Look, look
from surveys.core.replies.cases import value_to_json
from surveys.core.replies.reading import READER_VERSION


class Command(BaseCommand):
    """Goes back through the history stretch by stretch, so that its length costs time and never memory."""

    help = "Read kept answers anew and print those that would differ: ids and values, never what patients wrote."

    def add_arguments(self, parser: CommandParser) -> None:
        add_clinic_argument(parser)
        parser.add_argument("--since", metavar="DATE", help="only answers from this day on, in the clinic's zone")
        parser.add_argument(
            "--all", action="store_true", dest="everything", help=f"also what reader {READER_VERSION} has read"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = chosen_clinic(options["clinic"])
        since = _midnight(options["since"], clinic.time_zone)
        audit.record(clinic_id=clinic.id, by=SYSTEM, action="answer.reread", object_type="answer", now=timezone.now())
        looked_at = differ = 0
        for stretch in _stretches(clinic, everything=options["everything"], since=since):
            looked_at += stretch.looked_at
            differ += len(stretch.differing)
            for each in stretch.differing:
                self.stdout.write(_line(each, as_json=options["as_json"]))
            self.stderr.write(f"{looked_at} answers read anew, {differ} would differ")
        totals = {"reader_version": READER_VERSION, "read": looked_at, "differ": differ}
        words = f"{looked_at} answers read anew by reader {READER_VERSION}: {differ} would differ. Nothing was changed."
        self.stdout.write(json.dumps(totals) if options["as_json"] else words)


def _stretches(clinic: Any, *, everything: bool, since: datetime | None) -> Iterator[Look]:
    before: UUID | None = None
    while True:
        stretch = look(clinic, everything=everything, since=since, before=before)
        yield stretch
        before = stretch.next
        if before is None:
            return


def _midnight(day: str | None, zone: str) -> datetime | None:
    """The beginning of a day in the clinic's zone. Raises CommandError."""
    if day is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone))
    except ValueError as error:
        raise CommandError("--since takes a day such as 2026-01-31.") from error


def _line(each: Differing, *, as_json: bool) -> str:
    """Ids, the question and both readings. A value is never free text: open text has none."""
    answer, difference = each.answer, each.difference
    kept, now = (answer.kind, answer.value), (difference.kind, value_to_json(difference.value))
    if not as_json:
        readings = f"kept {kept[0]} {json.dumps(kept[1])}, now {now[0]} {json.dumps(now[1])}"
        return f"answer {answer.id}  follow-up {answer.follow_up_id}  {answer.question}: {readings}"
    facts = {
        "answer": str(answer.id),
        "follow_up": str(answer.follow_up_id),
        "question": answer.question,
        "answered_at": answer.answered_at.isoformat(),
        "reader_version": answer.reader_version,
        "kept": dict(zip(("kind", "value"), kept, strict=True)),
        "now": dict(zip(("kind", "value"), now, strict=True)),
    }
    return json.dumps(facts)
