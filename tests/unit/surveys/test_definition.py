"""Survey documents: what is refused, with every problem at once."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.core.keywords import RESERVED as KEYWORDS
from messaging.core.segments import parts_of
from surveys import library
from surveys.core.definition import InvalidSurvey, parse, restore
from surveys.core.definition.lint import RESERVED
from surveys.core.wording import LANGUAGES

CHOICE: dict[str, Any] = {
    "key": "gate",
    "type": "single_choice",
    "prompt": {"en": "Any trouble? 1=Yes a bit 2=A lot", "es": "¿Molestias? 1=Un poco 2=Mucho"},
    "options": [
        {"code": "1", "label": {"en": "A bit", "es": "Un poco"}},
        {"code": "2", "label": {"en": "A lot", "es": "Mucho"}},
    ],
}
SCALE: dict[str, Any] = {
    "key": "pain",
    "type": "scale",
    "min": 0,
    "max": 10,
    "prompt": {"en": "Pain, 0 to 10?", "es": "Dolor, de 0 a 10?"},
}


def survey(*questions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    document = {
        "format": 1,
        "key": "check",
        "name": {"en": "Check", "es": "Encuesta"},
        "languages": ["en", "es"],
        "questions": list(questions) or [CHOICE, SCALE],
    }
    return copy.deepcopy(document | changes)


def problems(document: object) -> dict[str, str]:
    with pytest.raises(InvalidSurvey) as refusal:
        parse(document, count_parts=parts_of)
    return {problem.path: problem.message for problem in refusal.value.problems}


def test_a_sound_document_is_read_and_keeps_its_digest_whatever_the_order_of_fields() -> None:
    document = survey()
    backwards = dict(reversed(document.items()))
    assert parse(document).digest == parse(backwards).digest
    assert [question.key for question in parse(document).questions] == ["gate", "pain"]


def test_the_digest_changes_with_one_letter_of_a_prompt() -> None:
    changed = survey()
    changed["questions"][1]["prompt"]["en"] += " "
    assert parse(changed).digest != parse(survey()).digest


@pytest.mark.parametrize("document", [None, 7, [], "survey", {}, {"questions": 3}, {"questions": [None]}, {False: 1}])
def test_what_is_no_survey_is_refused_and_never_raises_anything_else(document: object) -> None:
    assert problems(document)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, each in inner for deeper in paths(each, (*path, key)))]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WHOLE = survey(
    CHOICE | {"next": [{"when": {"question": "gate", "in": ["1"]}, "go": "end"}], "otherwise": "pain"},
    SCALE | {"code": {"system": "loinc", "code": "1"}, "confirm_jump": 5, "needs": "rostered", "stops_at": 10},
    scores=[{"key": "s", "method": "value", "items": ["pain"], "bands": [{"from": 0, "name": "none"}]}],
    translations={"es": "draft"},
)


@given(st.sampled_from(paths(WHOLE)), ANYTHING)
@settings(max_examples=100, deadline=None)
def test_any_change_to_a_document_is_taken_or_refused_but_never_breaks(path: tuple[Any, ...], value: object) -> None:
    document: Any = copy.deepcopy(WHOLE)
    if not path:
        document = value
    else:
        place = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    try:
        read = parse(document, count_parts=parts_of)
    except InvalidSurvey:
        return
    assert json.loads(json.dumps(read.document, allow_nan=False)) == read.document
    assert "\\x00" not in repr(read.document)


def test_all_problems_are_listed_at_once() -> None:
    found = problems(
        survey(
            CHOICE | {"next": [{"when": {"question": "gate", "in": ["1"]}, "go": "gate"}], "colour": "red"},
            SCALE | {"prompt": {"en": "Pain after your ketamine, 0 to 10?"}, "max": -1},
            {"key": "sure", "type": "maybe", "prompt": {"en": "Sure?", "es": "Seguro?"}},
        )
    )
    assert set(found) == {
        "questions[0].next[0].go",
        "questions[0].colour",
        "questions[1].prompt.es",
        "questions[1].prompt.en",
        "questions[1].max",
        "questions[2].type",
    }


def test_a_branch_that_leads_back_is_refused() -> None:
    back = SCALE | {"next": [{"when": {"question": "pain", "at_least": 5}, "go": "gate"}]}
    assert "never ends" in problems(survey(CHOICE, back))["questions[1].next[0].go"]


def test_a_branch_to_nowhere_and_a_condition_on_a_later_question_are_refused() -> None:
    lost = CHOICE | {"next": [{"when": {"question": "pain", "at_least": 5}, "go": "nowhere"}]}
    found = problems(survey(lost, SCALE))
    assert {"questions[0].next[0].go", "questions[0].next[0].when.question"} <= set(found)


def test_a_condition_on_an_option_that_does_not_exist_is_refused() -> None:
    wrong = CHOICE | {"next": [{"when": {"question": "gate", "in": ["7"]}, "go": "end"}]}
    assert "no option 7" in problems(survey(wrong, SCALE))["questions[0].next[0].when"]


@pytest.mark.parametrize(
    ("question", "condition", "path"),
    [
        (SCALE, {"in": [11]}, "when.in"),
        (SCALE, {"contains": "1"}, "when.contains"),
        (SCALE, {}, "when"),
        (CHOICE, {"contains": "1"}, "when.contains"),
        (SCALE | {"type": "text", "min": None, "max": None}, {"in": ["x"]}, "when.question"),
    ],
)
def test_a_condition_that_can_never_hold_is_refused(
    question: dict[str, Any], condition: dict[str, Any], path: str
) -> None:
    branch = {"when": {"question": question["key"], **condition}, "go": "end"}
    assert f"questions[0].next[0].{path}" in problems(survey(question | {"next": [branch]}))


def test_a_question_needs_only_facts_that_somebody_supplies() -> None:
    assert "rostered" in problems(survey(CHOICE, SCALE | {"needs": "moonlight"}))["questions[1].needs"]


def test_a_yes_or_no_question_offers_one_number_for_each() -> None:
    labels = [{"en": "Yes", "es": "Sí"}, {"en": "No", "es": "No"}, {"en": "Yeah", "es": "Claro"}]
    options = [{"code": str(place), "label": label} for place, label in enumerate(labels, start=1)]
    asked = {"key": "nausea", "type": "yes_no", "prompt": {"en": "Nausea? 1=Yes 2=No", "es": "¿Náusea? 1=Sí 2=No"}}
    assert parse(survey(asked | {"options": options[:2]})).questions[0].accepts(True)
    assert "questions[0].options" in problems(survey(asked))
    assert "one for yes" in problems(survey(asked | {"options": options}))["questions[0].options"]
    assert "One label" in problems(survey(asked | {"options": [options[0], options[2]]}))["questions[0].options"]


def test_a_question_that_nobody_reaches_is_refused() -> None:
    over = CHOICE | {"otherwise": "end"}
    assert problems(survey(over, SCALE)) == {"questions[1]": "No way leads to pain."}


def test_two_questions_of_one_key_are_refused() -> None:
    assert "2 times" in problems(survey(CHOICE, CHOICE))["questions"]


@pytest.mark.parametrize("word", ["Stop", "NO MÁS", "yes", "¡Ayuda!", "Baja", "opt out", "Start"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reserved_word_is_no_option_in_any_language(word: str, language: str) -> None:
    document = survey()
    document["questions"][0]["options"][1]["label"][language] = word
    assert "reserved" in problems(document)[f"questions[0].options[1].label.{language}"]


def test_every_word_that_messaging_acts_on_is_reserved() -> None:
    assert KEYWORDS <= RESERVED


def test_a_label_that_the_reader_takes_for_something_else_is_refused() -> None:
    document = survey()
    document["questions"][0]["options"][1]["label"]["en"] = "leave me alone"
    document["questions"][0]["options"][1]["synonyms"] = {"es": ["Un poco"]}
    found = problems(document)
    assert "no more texts" in found["questions[0].options[1].label.en"]
    assert "told apart" in found["questions[0].options[1].synonyms.es"]


@pytest.mark.parametrize("code", ["10", "a", ""])
def test_the_code_of_an_option_is_one_digit(code: str) -> None:
    document = survey()
    document["questions"][0]["options"][1]["code"] = code
    assert "questions[0].options[1].code" in problems(document)


def test_a_text_over_its_budget_is_refused_after_filling_in_the_longest_clinic() -> None:
    fits = SCALE["prompt"] | {"en": "a" * 417 + " {clinic}"}
    assert parse(survey(CHOICE, SCALE | {"prompt": SCALE["prompt"] | {"en": "a" * 380}}), count_parts=parts_of)
    assert "SMS parts" in problems(survey(CHOICE, SCALE | {"prompt": fits}))["questions[1].prompt.en"]


def test_accents_count_for_the_budget() -> None:
    long = SCALE | {"prompt": SCALE["prompt"] | {"es": "á" * 202}}
    assert "4 SMS parts" in problems(survey(CHOICE, long))["questions[1].prompt.es"]


def test_the_text_of_the_second_try_counts_for_the_budget_too() -> None:
    long = SCALE | {"prompt": SCALE["prompt"] | {"en": "a" * 450}}
    assert "asked once more" in problems(survey(CHOICE, long))["questions[1].prompt.en"]


@pytest.mark.parametrize(
    "text", ["Was the Infusión good?", "Pain under opioids?", "Get a discount: reply 1", "{name}?"]
)
def test_words_that_give_the_treatment_away_and_unknown_places_are_refused(text: str) -> None:
    assert "questions[1].prompt.en" in problems(survey(CHOICE, SCALE | {"prompt": SCALE["prompt"] | {"en": text}}))


def test_scores_name_questions_that_have_numbers_and_bands_that_rise() -> None:
    found = problems(
        survey(
            scores=[
                {"key": "sum", "method": "sum", "items": ["pain", "lost"], "missing": 2},
                {"key": "b", "method": "mean", "items": ["pain"], "bands": [{"from": 4, "name": "x"}, {"from": 1}]},
            ]
        )
    )
    assert {"scores[0].items", "scores[0].missing", "scores[1].bands", "scores[1].bands[1].name"} == set(found)


@pytest.mark.parametrize("key", library.shipped())
def test_every_shipped_survey_passes_every_rule(key: str) -> None:
    survey = parse(library.document(key), count_parts=parts_of)
    assert survey.key == key
    assert survey.source
    assert survey.licence


def test_official_surveys_name_their_owner_and_the_peg_is_off() -> None:
    assert "Pfizer" in restore(library.document("phq-9")).copyright
    assert set(library.switched_off()) == {"peg"}


def test_a_published_document_is_read_although_a_rule_of_wording_came_later() -> None:
    document = survey(SCALE | {"prompt": {"en": "How was the ketamine, 0 to 10?", "es": "Dolor, de 0 a 10?"}})
    assert restore(document).question("pain").accepts(7)


def test_the_example_in_the_documentation_passes_every_rule() -> None:
    page = (Path(__file__).parents[3] / "docs" / "SURVEYS.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert parse(yaml.safe_load(example), count_parts=parts_of).key == "evening"
