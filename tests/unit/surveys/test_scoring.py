"""Scores: the vectors of the clinical content's annex B, and what a missing item does."""

from typing import Any

import pytest

from surveys import library
from surveys.core.definition import restore
from surveys.core.scoring import Score, score


def scored(survey: str, rule: str, answers: dict[str, Any]) -> Score:
    return score(restore(library.document(survey)), answers)[rule]


def phq(*values: int | None) -> dict[str, Any]:
    return {f"phq_{place}": None if value is None else str(value) for place, value in enumerate(values, start=1)}


def test_phq9_with_item_9_missing_is_prorated() -> None:
    total = scored("phq-9", "phq9", phq(1, 1, 1, 1, 1, 1, 1, 1, None))
    assert (total.value, total.prorated, total.answered) == (9, True, 8)


def test_phq9_with_three_missing_has_no_total() -> None:
    total = scored("phq-9", "phq9", phq(3, 3, 3, 3, 3, 3, None, None, None))
    assert (total.value, total.band, total.flagged) == (None, None, False)


@pytest.mark.parametrize(
    ("values", "total", "band"),
    [
        ((0,) * 9, 0, "minimal"),
        ((1, 1, 1, 1, 0, 0, 0, 0, 0), 4, "minimal"),
        ((1, 1, 1, 1, 1, 0, 0, 0, 0), 5, "mild"),
        ((2, 2, 2, 2, 2, 0, 0, 0, 0), 10, "moderate"),
        ((2, 2, 2, 2, 2, 2, 2, 1, 0), 15, "moderately-severe"),
        ((3, 3, 3, 3, 3, 3, 2, 0, 0), 20, "severe"),
        ((3,) * 9, 27, "severe"),
    ],
)
def test_phq9_bands_begin_at_5_10_15_and_20(values: tuple[int, ...], total: int, band: str) -> None:
    result = scored("phq-9", "phq9", phq(*values))
    assert (result.value, result.band, result.flagged) == (total, band, total >= 10)


def test_halves_of_a_prorated_total_are_rounded_up_as_on_paper() -> None:
    assert scored("phq-9", "phq9", phq(1, 1, 1, 0, 0, 0, 0, 1, None)).value == 5  # 4 / 8 * 9 = 4.5


@pytest.mark.parametrize(("values", "flagged"), [((1, 2), True), ((1, 1), False)])
def test_phq2_is_looked_at_from_3(values: tuple[int, int], flagged: bool) -> None:
    assert scored("phq-2", "phq2", phq(*values)).flagged is flagged


def test_phq2_phq4_gad2_and_peg_have_no_total_when_an_item_is_missing() -> None:
    assert scored("phq-2", "phq2", phq(3, None)).value is None
    assert scored("phq-4", "phq4", {"phq_1": "1", "phq_2": "1", "gad_1": "1"}).value is None
    assert scored("gad-2", "gad2", {"gad_1": "1"}).value is None
    assert scored("peg", "peg", {"peg_p": 5, "peg_e": 5}).value is None


def test_gad7_is_prorated_for_one_missing_item_and_not_for_two() -> None:
    answers = {f"gad_{place}": "2" for place in range(1, 7)}
    assert scored("gad-7", "gad7", answers).value == 14
    assert scored("gad-7", "gad7", answers | {"gad_1": None}).value is None


def test_phq4_is_one_total_and_its_two_halves() -> None:
    values = score(restore(library.document("phq-4")), {"phq_1": "2", "phq_2": "1", "gad_1": "3", "gad_2": "0"})
    assert {key: each.value for key, each in values.items()} == {"phq4": 6, "phq2": 3, "gad2": 3}
    assert values["phq4"].band == "moderate"


def test_peg_is_the_mean_of_three_with_one_decimal() -> None:
    result = scored("peg", "peg", {"peg_p": 7, "peg_e": 6, "peg_g": 7})
    assert (result.value, result.band) == (6.7, "moderate")


def test_pgic_1_and_2_are_responders() -> None:
    bands = [scored("pgic", "pgic", {"pgic": str(value)}).band for value in range(1, 8)]
    assert bands == ["responder"] * 2 + ["no-responder"] * 5


def test_side_effects_give_their_worst_and_the_number_of_symptoms() -> None:
    values = score(restore(library.document("side-effects")), {"se_gate": "2", "se_which": ["1", "4"], "se_trend": "3"})
    assert (values["kse_worst"].value, values["kse_worst"].band, values["kse_symptoms"].value) == (2, "moderate", 2)


def test_a_score_is_plain_json() -> None:
    assert scored("pain", "pain_now", {"pain_now": 7}).as_json() == {
        "value": 7,
        "band": "severe",
        "answered": 1,
        "items": 1,
        "prorated": False,
        "flagged": False,
    }
