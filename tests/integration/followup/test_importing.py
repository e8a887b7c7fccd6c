"""Patients from a file: previewed line by line, then all or none."""

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from followup.models import Consent, Patient
from followup.operations.errors import Refused
from followup.operations.importing import MOST_ROWS, import_rows, preview
from tests.factories import NOW
from tests.factories.talk import texts

HEADER = "reference,name,phone,time_zone,language,consent_method,consent_wording,consent_given_at\n"
GOOD = "P-1,Ada Example,+16185550123,,es,written,2026-01,2026-11-20T16:00:00Z\n"
OTHER = "P-2,Ben Example,+13145550124,America/New_York,,,,\n"


def problems(text: str, clinic: Clinic) -> dict[int, dict[str, str]]:
    return {row.line: dict(row.problems) for row in preview(text, clinic=clinic, now=NOW).rows}


def test_a_clean_file_enrols_everybody_with_the_clinics_defaults(clinic: Clinic) -> None:
    done = import_rows(HEADER + GOOD + OTHER, clinic=clinic, by=SYSTEM, now=NOW)
    ada, ben = Patient.objects.order_by("reference")
    assert (done.created, done.known) == (2, 0)
    assert (ada.time_zone, ada.language, ben.time_zone, ben.language) == (
        "America/Chicago", "es", "America/New_York", "en",
    )  # fmt: skip
    assert Consent.objects.get().patient == ada
    assert len(texts(ada, "service")) == 2
    assert texts(ben, "service") == []


def test_every_wrong_line_says_what_is_wrong_and_nothing_is_stored(clinic: Clinic) -> None:
    bad = HEADER + GOOD + "P-3,,555,Mars,fr,spoken,,tomorrow\nP-1,Ada Example,+16185550123,,,,,\n"
    found = problems(bad, clinic)
    assert set(found[2]) == {"reference"}
    assert set(found[3]) == {
        "name", "phone", "time_zone", "language", "consent_method", "consent_wording", "consent_given_at",
    }  # fmt: skip
    assert "more than once" in found[4]["reference"]
    with pytest.raises(Refused) as refusal:
        import_rows(bad, clinic=clinic, by=SYSTEM, now=NOW)
    assert "line 3: phone" in refusal.value.problems
    assert not Patient.objects.exists()


def test_a_file_imported_twice_adds_nobody(clinic: Clinic) -> None:
    import_rows(HEADER + GOOD, clinic=clinic, by=SYSTEM, now=NOW)
    again = import_rows(HEADER + GOOD + OTHER, clinic=clinic, by=SYSTEM, now=NOW)
    assert (again.created, again.known) == (1, 1)
    changed = problems(HEADER + GOOD.replace("Ada", "Eve"), clinic)
    assert "another name" in changed[2]["reference"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "reference is missing"),
        ("name,phone\nA,+16185550123\n", "reference is missing"),
        (HEADER, "no patients"),
        (HEADER.replace("\n", ",shoe\n") + GOOD, "no column shoe"),
        (HEADER.replace("language", "name") + GOOD, "twice"),
        (HEADER + '"P-1,Ada\n', "no CSV"),
        (HEADER + "P\x00", "NUL"),
        (HEADER + OTHER * (MOST_ROWS + 1), "At most"),
    ],
)
def test_a_file_that_is_no_list_of_patients_is_refused_as_a_whole(clinic: Clinic, text: str, problem: str) -> None:
    seen = preview(text, clinic=clinic, now=NOW)
    assert problem in " ".join(seen.problems)
    assert not seen.is_clean


def test_spreadsheet_marks_and_empty_lines_do_no_harm(clinic: Clinic) -> None:
    assert preview("\ufeff" + HEADER.replace("\n", "\r\n") + ",,,,,,,\r\n" + GOOD, clinic=clinic, now=NOW).is_clean


def test_a_line_with_too_many_cells_is_named(clinic: Clinic) -> None:
    assert "line" in problems(HEADER + GOOD.strip() + ",x\n", clinic)[2]
