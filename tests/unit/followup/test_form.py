"""What a link opens, and what the pages say."""

from datetime import UTC, datetime, timedelta

import pytest

from followup.core.form import LinkFacts, Standing, birth_date, standing
from followup.core.lifecycle import FollowUpStatus
from followup.web.form.wording import Words, library, other, spoken
from messaging.core.segments import count, tidy
from surveys.core.wording import LANGUAGES, Voice

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
URL = f"https://followup.example.org/f/{'x' * 27}/"


def facts(**changes: object) -> LinkFacts:
    usual = {
        "status": FollowUpStatus.OPEN,
        "closes_at": NOW + timedelta(hours=1),
        "held": False,
        "used": False,
        "blocked": False,
        "voided": False,
    }
    return LinkFacts(**(usual | changes))  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, Standing.OPEN),
        ({"held": True}, Standing.HELD),
        ({"closes_at": NOW}, Standing.CLOSED),
        ({"status": FollowUpStatus.EXPIRED}, Standing.CLOSED),
        ({"status": FollowUpStatus.CANCELLED}, Standing.CLOSED),
        ({"status": FollowUpStatus.COMPLETED}, Standing.DONE),
        ({"status": FollowUpStatus.PARTIAL, "used": True}, Standing.DONE),
        ({"voided": True, "used": True}, Standing.REPLACED),
        ({"blocked": True, "voided": True}, Standing.BLOCKED),
    ],
)
def test_a_link_opens_what_its_follow_up_still_allows(changes: dict[str, object], wanted: Standing) -> None:
    assert standing(facts(**changes), NOW) is wanted


def test_a_date_of_birth_is_three_numbers_or_nothing() -> None:
    born = birth_date("1961", "03", "14")
    assert born is not None
    assert born.isoformat() == "1961-03-14"
    assert [birth_date(*each) for each in (("61x", "3", "14"), ("1961", "13", "1"), ("", "", ""))] == [None] * 3


def test_the_pages_say_the_same_things_in_every_language() -> None:
    first, *others = (set(library(language)) for language in LANGUAGES)
    assert all(each == first for each in others)
    assert (spoken("fr"), other("en"), other("es")) == ("en", "es", "en")
    assert Words(Voice("North", "555", "es")).say("progress", n=2, most=7) == "Pregunta 2 de 7"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["SVC-LINK", "SVC-LINKREMIND", "SVC-LINKOFFER", "SVC-LINKASKED"])
def test_a_text_with_a_link_costs_no_accents_and_two_parts_at_most(text: str, language: str) -> None:
    said = Voice("C" * 40, "5" * 20, language).say(text, link=URL)
    taken = count(tidy(said))
    assert taken.encoding == "GSM-7"
    assert taken.parts <= 2
    assert f" {URL} " in said
