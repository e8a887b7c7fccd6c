"""The message library: complete in every language, and as long as annex A of the clinical content says."""

from string import Formatter

import pytest

from messaging.core.segments import parts_of
from surveys import library as surveys
from surveys.core.definition import restore
from surveys.core.wording import LANGUAGES, Voice, library

COUNTED = {"clinic": "C" * 16, "phone": "5" * 12}
SERVICE = {
    "SVC-OPTIN": (2, 4),
    "SVC-NOTMON": (1, 3),
    "SVC-BADREPLY": (1, 2),
    "SVC-FREETEXT": (1, 2),
    "SVC-CONFIRM": (1, 2),
    "SVC-REMIND": (1, 1),
    "SVC-DONE": (1, 1),
    "SAFE-ITEM9": (2, 3),
    "SAFE-CRISIS": (2, 3),
    "SAFE-MED911": (1, 3),
    "SAFE-SEVERE": (1, 3),
    "SAFE-PERSIST": (1, 3),
    "SAFE-WATCH": (1, 2),
}
ITEMS = {
    ("pain", "pain_now"): (1, 2),
    ("pain", "pain_avg24"): (1, 2),
    ("pain", "pain_worst24"): (1, 2),
    ("pgic", "pgic"): (2, 3),
    ("mood", "mood"): (1, 2),
    ("side-effects", "se_gate"): (1, 1),
    ("side-effects", "se_which"): (1, 3),
    ("side-effects", "se_trend"): (1, 2),
    ("month-1", "se_long"): (1, 2),
    ("relief", "relief_pct"): (1, 2),
    ("relief", "relief_days"): (1, 2),
    ("relief", "relief_still"): (1, 2),
    ("rescue", "rescue24"): (1, 2),
    ("rescue", "meds_change"): (1, 2),
    ("function", "func_days"): (1, 2),
    ("phq-9", "phq_1"): (2, 4),
    ("phq-9", "phq_2"): (1, 3),
    ("phq-9", "phq_8"): (2, 4),
    ("phq-9", "phq_9"): (1, 3),
    ("gad-7", "gad_2"): (1, 2),
    ("gad-7", "gad_5"): (1, 3),
}


def places(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize(("text", "parts"), SERVICE.items())
def test_a_service_text_takes_as_many_parts_as_annex_a_says(text: str, parts: tuple[int, int]) -> None:
    voices = [Voice(COUNTED["clinic"], COUNTED["phone"], language) for language in LANGUAGES]
    assert tuple(parts_of(voice.say(text, n="7")) for voice in voices) == parts


@pytest.mark.parametrize(("item", "parts"), ITEMS.items())
def test_an_item_takes_as_many_parts_as_annex_a_says(item: tuple[str, str], parts: tuple[int, int]) -> None:
    question = restore(surveys.document(item[0])).question(item[1])
    assert tuple(parts_of(question.prompt[language]) for language in LANGUAGES) == parts


def test_every_text_exists_in_every_language_with_the_same_places() -> None:
    assert library("en").keys() == library("es").keys()
    told = {text: places(library("en")[text]) ^ places(library("es")[text]) for text in library("en")}
    assert {text for text, differing in told.items() if differing} == set()


def test_a_language_that_the_library_does_not_speak_falls_back_to_the_first() -> None:
    assert Voice("Demo Clinic", "618-555-0100", "fr").say("SVC-DONE") == library("en")["SVC-DONE"]


def test_what_a_clinic_is_called_is_never_taken_for_a_place_to_fill() -> None:
    voice = Voice("{phone} Clinic", "618-555-0100", "en")
    assert voice.say("SVC-STILLOPEN") == "{phone} Clinic: Your check-in is still open."
