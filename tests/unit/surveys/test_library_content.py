"""The shipped items and texts are, character for character, those of the clinical content; so are codes and counts."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from messaging.core.segments import count
from surveys import library
from tests.rules.project import BASE

CONTENT = BASE / "docs" / "clinical" / "content.md"
ITEMS = {
    "NRS-NOW": "pain_now",
    "NRS-AVG24": "pain_avg24",
    "NRS-WORST24": "pain_worst24",
    "PGIC": "pgic",
    "MOOD-NOW": "mood",
    "SE-GATE": "se_gate",
    "SE-WHICH": "se_which",
    "SE-TREND": "se_trend",
    "SE-LONG": "se_long",
    "RELIEF-PCT": "relief_pct",
    "RELIEF-DAYS": "relief_days",
    "RELIEF-STILL": "relief_still",
    "RESCUE-24": "rescue24",
    "MEDS-CHANGE": "meds_change",
    "FUNC-DAYS": "func_days",
}
LANGUAGES = ("en", "es")
SECTIONS = re.compile(r"^#+ ", re.MULTILINE)
COUNTED = re.compile(r"(\d) \((\d+) (GSM-7|UCS-2)\)")


@cache
def content() -> str:
    return CONTENT.read_text("utf-8")


def section(title: str) -> str:
    """The content below a heading, up to the next one."""
    _, _, after = content().partition(title)
    assert after, title
    return SECTIONS.split(after)[0]


def rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


@cache
def bank(name: str) -> Any:
    return yaml.safe_load(Path(BASE, "surveys", "library", "items", f"{name}.yaml").read_text("utf-8"))


@cache
def items() -> dict[str, Any]:
    names = [path.stem for path in Path(BASE, "surveys", "library", "items").iterdir()]
    return {key: item for name in names for key, item in bank(name)["items"].items()}


@cache
def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for room in ("surveys/library/texts", "messaging/library"):
        found |= yaml.safe_load(Path(BASE, room, f"{language}.yaml").read_text("utf-8"))
    return found


def official(place: int, title: str) -> list[list[str]]:
    """A table of section 1.2: number, English, Spanish, LOINC."""
    tables = section("## 1.2 Item texts").split("\n\n")
    return [row for row in rows(next(table for table in tables if title in table)) if row[0].isdigit()]


@pytest.mark.parametrize(("name", "title"), [("phq", "| n | English |"), ("gad", "| n | GAD-7 English |")])
def test_official_items_and_their_codes_stand_as_published(name: str, title: str) -> None:
    table = official(0, title)
    assert len(table) == {"phq": 9, "gad": 7}[name]
    for number, english, spanish, loinc in table:
        item = items()[f"{name}_{number}"]
        assert item["prompt"] == {"en": english, "es": spanish}
        assert item["code"] == {"system": "loinc", "code": loinc.split()[0]}
        assert item["official"] is True


@pytest.mark.parametrize("name", ["phq", "gad"])
def test_stem_and_answers_of_phq_and_gad_stand_as_published(name: str) -> None:
    text = section("## 1.2 Item texts")
    english, spanish = (
        re.search(pattern, text) for pattern in (r'Stem \(PHQ and GAD\): "(.*?)"', r'Spanish stem: "(.*?)"')
    )
    assert english is not None
    assert spanish is not None
    assert {key: stem.strip() for key, stem in bank(name)["stem"].items()} == {"en": english[1], "es": spanish[1]}
    options = bank(name)["options"]
    in_english = re.search(r"Options: 0 (.*?), 1 (.*?), 2 (.*?), 3 (.*?)\.", text)
    in_spanish = re.search(r"Options: (Ningún día) / (.*?) / (.*?) / (.*?)\.", text)
    assert in_english is not None
    assert in_spanish is not None
    assert [option["label"]["en"] for option in options] == list(in_english.groups())
    assert [option["label"]["es"] for option in options] == list(in_spanish.groups())
    assert [option["code"] for option in options] == ["0", "1", "2", "3"]


def test_the_seven_answers_of_the_pgic_stand_as_published() -> None:
    listed = re.search(r"PGIC options .*?: (.*)\.", section("## 1.2 Item texts"))
    assert listed is not None
    labels = [f"{option['code']} {option['label']['en']}" for option in items()["pgic"]["options"]]
    assert ", ".join(labels) == listed[1]


def messages() -> list[list[str]]:
    return [row for row in rows(section("# Annex A. Message library")) if re.match(r"[A-Z]+-|PGIC", row[0])]


@pytest.mark.parametrize("row", messages(), ids=lambda row: row[0])
def test_every_text_of_the_message_library_is_shipped_word_for_word(row: list[str]) -> None:
    shipped = items()[ITEMS[row[0]]]["prompt"] if row[0] in ITEMS else {each: texts(each)[row[0]] for each in LANGUAGES}
    assert shipped == {"en": row[1], "es": row[2]}


@pytest.mark.parametrize("row", messages(), ids=lambda row: row[0])
def test_every_text_takes_as_many_parts_as_the_library_counts(row: list[str]) -> None:
    for body, counted in zip(row[1:3], row[3:5], strict=True):
        filled = body.replace("{clinic}", "c" * 16).replace("{phone}", "5" * 12)
        assert_counted(filled, counted)


def assert_counted(body: str, counted: str) -> None:
    said = COUNTED.search(counted)
    assert said is not None
    assert (count(body).parts, count(body).encoding) == (int(said[1]), said[3]), body


def sent() -> list[tuple[str, list[str]]]:
    """The counts of the official items as sent, from the last lines of annex A."""
    line = next(line for line in section("# Annex A. Message library").splitlines() if line.startswith("PEG-P:"))
    return [
        (name, counts.split(" / ")) for name, counts in (each.split(": ", 1) for each in line.rstrip(".").split("; "))
    ]


@pytest.mark.parametrize(("name", "counts"), sent(), ids=lambda value: value if isinstance(value, str) else "")
def test_official_items_take_as_many_parts_as_the_library_counts(name: str, counts: list[str]) -> None:
    if name == "PHQ-DIFF":
        return  # the difficulty item is not part of the scores and is not asked
    scale, _, number = name.partition("-")
    with_stem = number.endswith("(with stem)")
    survey = {"PHQ": "phq-9", "GAD": "gad-7", "PEG": "peg"}[scale]
    key = f"{scale}_{number.split()[0]}".lower()
    (prompt,) = [question["prompt"] for question in library.document(survey)["questions"] if question["key"] == key]
    for language, counted in zip(LANGUAGES, counts, strict=True):
        if counted != "-":
            stem = "" if with_stem or scale == "PEG" else bank(scale.lower())["stem"][language]
            assert_counted(prompt[language].removeprefix(stem), counted)


CODES = {"phq-9": "44249-1", "phq-2": "55757-9", "phq-4": "69724-3", "gad-7": "69737-5", "peg": "91148-7"}


def test_panels_and_totals_carry_the_codes_of_the_reference() -> None:
    reference = section("## 1.5 LOINC reference")
    totals = {"phq-9": ("phq9", "44261-6"), "phq-2": ("phq2", "55758-7"), "phq-4": ("phq4", "70272-0")}
    totals |= {"gad-7": ("gad7", "70274-6"), "peg": ("peg", "91147-9")}
    for survey, (key, code) in totals.items():
        assert code in reference
        assert CODES[survey] in reference
        (rule,) = [rule for rule in library.document(survey)["scores"] if rule["key"] == key]
        assert rule["code"] == {"system": "loinc", "code": code}


def test_pain_now_has_its_code_and_what_has_none_invents_none() -> None:
    assert items()["pain_now"]["code"] == {"system": "loinc", "code": "72514-3"}
    coded = {key for key, item in items().items() if "code" in item}
    assert coded == {"pain_now", "peg_p", "peg_e", "peg_g"} | {f"phq_{n}" for n in range(1, 10)} | {
        f"gad_{n}" for n in range(1, 8)
    }


@pytest.mark.parametrize(
    ("name", "score", "missing", "flag", "bands"),
    [
        ("phq", "phq2", 0, 3, None),
        ("phq", "phq8", 0, 10, None),
        ("phq", "phq9", 2, 10, [0, 5, 10, 15, 20]),
        ("phq", "phq4", 0, None, [0, 3, 6, 9]),
        ("gad", "gad2", 0, 3, None),
        ("gad", "gad7", 1, 8, [0, 5, 10, 15]),
        ("peg", "peg", 0, None, [0, 4, 7]),
        ("pain", "pain_avg24", 0, None, [0, 1, 4, 7]),
        ("change", "pgic", 0, None, [1, 3]),
    ],
)  # section 1.3
def test_lines_bands_and_missing_items_are_those_of_the_table(
    name: str, score: str, missing: int, flag: int | None, bands: list[int] | None
) -> None:
    rule = bank(name)["scores"][score]
    assert (rule.get("missing", 0), rule.get("flag_from")) == (missing, flag)
    assert [band["from"] for band in rule.get("bands", [])] == (bands or [])


def test_every_instrument_that_is_cleared_is_shipped_with_source_and_licence() -> None:
    cleared = {"pain", "peg", "phq-2", "phq-8", "phq-9", "phq-4", "gad-2", "gad-7", "pgic", "side-effects"}
    cleared |= {"relief", "rescue", "function", "mood"}
    assert cleared <= set(library.shipped())
    for survey in library.shipped():
        document = library.document(survey)
        assert document["source"]
        assert document["licence"]
        coded = any("code" in question for question in document["questions"])
        assert not coded or "Regenstrief" in document["licence"]  # LOINC wants its notice wherever its codes are (1.5)


def test_the_peg_is_behind_a_switch_and_in_english_only() -> None:
    assert "peg" in library.switched_off()
    assert library.document("peg")["languages"] == ["en"]
    assert "Krebs" in library.document("peg")["source"]
