"""Patients from a CSV file: first a preview with what is wrong in every line, then all of them or none."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from clinics.core.actor import Actor
from followup.core.intake import CHANNELS
from followup.core.parties import ClinicFacts
from followup.models import Patient
from followup.operations.enrol import AlreadyEnrolled, ConsentInput, enrol_patient, problems_of
from followup.operations.errors import Refused

NEEDED: Final = ("reference", "name", "phone")
CONSENT: Final = ("consent_method", "consent_wording", "consent_given_at")
OPTIONAL: Final = ("time_zone", "language", "channel", "date_of_birth")
COLUMNS: Final = (*NEEDED, *OPTIONAL, *CONSENT)
"""Zone and language default to the clinic's, the channel to sms; consent columns are all filled or all left empty."""
MOST_ROWS: Final = 2000
CONSENT_FIELDS: Final = {
    "consent.method": "consent_method",
    "consent.wording_version": "consent_wording",
    "consent.given_at": "consent_given_at",
}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A line of the file; line 1 is the header. `is_known`: the same patient is enrolled already and is left alone."""

    line: int
    fields: Mapping[str, str]
    problems: Mapping[str, str]
    is_known: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. `problems` are about the file as a whole."""

    rows: Sequence[ImportRow]
    problems: Sequence[str]

    @property
    def is_clean(self) -> bool:
        """Whether the file can be imported as it is."""
        return not self.problems and not any(row.problems for row in self.rows)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    created: int
    known: int


def preview(csv_text: str, *, clinic: ClinicFacts, now: datetime) -> Preview:
    """Read a file and say what is wrong in each line; nothing is stored."""
    lines, problems = _read(csv_text)
    if problems:
        return Preview((), tuple(problems))
    known = _known(clinic, [fields["reference"] for _, fields in lines])
    repeated = Counter(fields["reference"] for _, fields in lines)
    rows = [_row(line, _with_defaults(fields, clinic), known, repeated, now) for line, fields in lines]
    return Preview(tuple(rows), ())


@transaction.atomic
def import_rows(csv_text: str, *, clinic: ClinicFacts, by: Actor, now: datetime) -> Imported:
    """Enrol every patient of a file, or none: raises Refused with `line 4: phone` and the like."""
    seen = preview(csv_text, clinic=clinic, now=now)
    if not seen.is_clean:
        problems = {"file": " ".join(seen.problems)} if seen.problems else {}
        raise Refused(
            problems
            | {f"line {row.line}: {field}": problem for row in seen.rows for field, problem in row.problems.items()}
        )
    created = sum(_enrol(row, clinic, by, now) for row in seen.rows if not row.is_known)
    return Imported(created=created, known=sum(row.is_known for row in seen.rows))


def _read(csv_text: str) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    if "\x00" in csv_text:
        return [], ["This is no text file: it holds NUL characters."]
    reader = csv.DictReader(io.StringIO(csv_text.removeprefix("\ufeff")), strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        lines = [(reader.line_num, _stripped(row)) for row in reader if any(filter(None, row.values()))]
    except csv.Error:
        return [], [f"Line {reader.line_num} is no CSV: check the quotation marks."]
    return lines, _file_problems(header, lines)


def _stripped(row: Mapping[str | None, str | list[str] | None]) -> dict[str, str]:
    """The known columns of a line; cells beyond the header are kept apart, to be complained about."""
    fields = {name: value.strip() for name, value in row.items() if name in COLUMNS and isinstance(value, str)}
    return dict.fromkeys(COLUMNS, "") | fields | ({"more": "yes"} if None in row else {})


def _file_problems(header: Sequence[str], lines: Sequence[object]) -> list[str]:
    problems = [f"The column {name} is missing." for name in NEEDED if name not in header]
    problems += [f"There is no column {name}." for name in header if name not in COLUMNS]
    problems += [f"The column {name} is there twice." for name, count in Counter(header).items() if count > 1]
    if not problems and not lines:
        problems.append("The file has no patients.")
    if len(lines) > MOST_ROWS:
        problems.append(f"At most {MOST_ROWS} patients at a time; split the file.")
    return problems


def _with_defaults(fields: Mapping[str, str], clinic: ClinicFacts) -> dict[str, str]:
    return dict(fields) | {
        "time_zone": fields["time_zone"] or clinic.time_zone,
        "language": fields["language"] or clinic.language,
        "channel": fields["channel"] or CHANNELS[0],
    }


def _known(clinic: ClinicFacts, references: Sequence[str]) -> dict[str, Patient]:
    found = Patient.objects.filter(clinic_id=clinic.id, reference__in=references)
    return {patient.reference: patient for patient in found}


def _row(
    line: int, fields: dict[str, str], known: Mapping[str, Patient], repeated: Counter[str], now: datetime
) -> ImportRow:
    problems = {CONSENT_FIELDS.get(field, field): text for field, text in _problems(fields, now).items()}
    if fields.pop("more", ""):
        problems["line"] = "More cells than the header has columns."
    reference = fields["reference"]
    if reference and repeated[reference] > 1:
        problems.setdefault("reference", "Stands in the file more than once.")
    patient = known.get(reference)
    if patient is not None and not problems and not _is_same(patient, fields):
        problems["reference"] = "Belongs to a patient with another name or number."
    return ImportRow(line=line, fields=fields, problems=problems, is_known=patient is not None and not problems)


def _is_same(patient: Patient, fields: Mapping[str, str]) -> bool:
    return bool(patient.name.reveal() == fields["name"] and patient.phone.reveal() == fields["phone"])


def _problems(fields: Mapping[str, str], now: datetime) -> dict[str, str]:
    return problems_of(_patient_fields(fields), _consent(fields), now)


def _patient_fields(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: fields[name] for name in (*NEEDED, *OPTIONAL)}


def _consent(fields: Mapping[str, str]) -> ConsentInput | None:
    """The consent of a line; a time that cannot be read is left to the rules to refuse."""
    if not any(fields[name] for name in CONSENT):
        return None
    try:
        given_at: datetime | None = datetime.fromisoformat(fields["consent_given_at"])
    except ValueError:
        given_at = None
    return ConsentInput(
        method=fields["consent_method"],
        wording_version=fields["consent_wording"],
        given_at=given_at,  # type: ignore[arg-type]  # the rules refuse None and name the field
    )


def _enrol(row: ImportRow, clinic: ClinicFacts, by: Actor, now: datetime) -> bool:
    try:
        enrol_patient(clinic=clinic, consent=_consent(row.fields), by=by, now=now, **_patient_fields(row.fields))
    except AlreadyEnrolled:
        # Somebody enrolled the same patient since the preview.
        raise Refused({f"line {row.line}: reference": "Has been enrolled by somebody else just now."}) from None
    return True
