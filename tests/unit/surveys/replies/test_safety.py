"""What the safety screen says of single texts: the rules of the policy and of the clinical content, one by one."""

import json
from pathlib import Path

import pytest

from surveys.core.replies.safety import SCREEN_VERSION, lists, screen
from surveys.core.replies.safety.phrases import Entry, Phrases

DATA = Path(__file__).parents[3] / "data"
SAFETY_FLAGS = {"crisis", "emergency", "side_effect_severe"}


def _cases(path: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / path).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", _cases("replies/examples.jsonl"), ids=lambda case: str(case["id"]))
def test_screen_raises_on_the_examples_what_the_policy_raises(case: dict[str, object]) -> None:
    flags = case.get("flags", [])
    allowed = case.get("flags_ok", [])
    assert isinstance(flags, list)
    assert isinstance(allowed, list)
    wanted = SAFETY_FLAGS.intersection(flags)
    raised = set(screen(str(case["reply"])).flags)
    assert wanted <= raised <= wanted | set(allowed)


def test_screen_raises_an_emergency_beside_a_pain_score() -> None:
    """Clinical content, annex B, vector 24."""
    screening = screen("5 and my chest hurts")
    assert screening.flags == ("emergency",)
    assert screening.tier == "emergency"


def test_screen_reads_on_after_an_opt_out() -> None:
    """Clinical content, annex B, vector 26."""
    screening = screen("Stop. I cant go on")
    assert screening.flags == ("crisis",)
    assert screening.tier == "urgent"


def test_a_denial_lowers_a_phrase_by_one_tier_and_never_to_none() -> None:
    """Clinical content, annex B, vector 29."""
    screening = screen("not suicidal just tired")
    assert screening.tier == "urgent"
    assert screening.flags == ()


@pytest.mark.parametrize(
    "text", ["no chest pain", "I don't want to kill myself", "no quiero matarme", "never hopeless"]
)
def test_a_denied_phrase_still_reaches_a_person(text: str) -> None:
    screening = screen(text)
    assert screening.flags == ()
    assert screening.tier in {"urgent", "watch"}


@pytest.mark.parametrize(
    "text",
    [
        "not good, I want to die",
        "no I want to die",
        "not safe I will kill myself",
        "I can't breathe or stand",
        "no puedo respirar",
    ],
)
def test_a_negation_of_something_else_denies_nothing(text: str) -> None:
    assert screen(text).flags


@pytest.mark.parametrize(
    "text",
    [
        "this pain is killing me",
        "dying to get back to golf",
        "my back is murdering me",
        "I'd kill for a coffee",
        "me muero de risa",
        "me mata la rodilla",
        "dead battery, sorry",
    ],
)
def test_an_idiom_passes_without_a_sign(text: str) -> None:
    screening = screen(text)
    assert screening.flags == ()
    assert screening.tier == "none"


def test_an_idiom_covers_its_own_words_only() -> None:
    assert screen("this pain is killing me and I want to die").flags == ("crisis",)


@pytest.mark.parametrize("score", [*map(str, range(11)), "10/10", "ten", "diez", "a 9", "14", "25 mg", "98.6", "7:30"])
def test_a_number_alone_is_no_alarm(score: str) -> None:
    assert screen(score).flags == ()


@pytest.mark.parametrize(
    "text",
    [
        "k i l l  m y s e l f",
        "s.u.i.c.i.d.e",
        "sui\u200bcide",
        "\u0455ui\u0441id\u0435",
        "ＫＩＬＬ ＭＹＳＥＬＦ",
        "k1ll mys3lf",
        "killmyself",
        "I want to dieeee",
        "s\u0301u\u0327icide",
        "suicde",
    ],
)
def test_disguised_letters_do_not_hide_a_phrase(text: str) -> None:
    assert "crisis" in screen(text).flags


@pytest.mark.parametrize("text", ["convulsión", "convulsio\u0301n", "CONVULSION"])
def test_accents_make_no_difference(text: str) -> None:
    """Clinical content, annex B, vector 38."""
    assert screen(text).flags == ("emergency",)


def test_a_blood_pressure_of_crisis_height_is_urgent_alone_and_an_emergency_with_a_symptom() -> None:
    """Clinical content, section 3.5, E14."""
    assert screen("bp 190/110").tier == "urgent"
    assert screen("bp 190/110 and a headache").tier == "emergency"
    assert screen("bp 190 over 110 and a headache").tier == "emergency"
    assert screen("bp 120/80 and a headache").tier == "none"


def test_danger_is_found_anywhere_in_a_long_text() -> None:
    padding = "the garden is lovely and the dog sleeps all day. " * 800
    screening = screen(padding + "I want to kill myself. " + padding)
    assert "crisis" in screening.flags
    assert screening.tier == "emergency"


def test_a_text_of_endless_variety_goes_to_a_person() -> None:
    screening = screen(" ".join(f"w{number}x" for number in range(5000)))
    assert screening.tier != "none"
    assert "too long and varied to be read whole" in screening.reasons


def test_reasons_name_lists_and_never_the_words_of_the_patient() -> None:
    reasons = " ".join(screen("Zebulon, I want to die in Springfield").reasons).lower()
    assert reasons
    assert "zebulon" not in reasons
    assert "springfield" not in reasons


def test_the_version_follows_lists_and_weights() -> None:
    assert screen("hello").version == SCREEN_VERSION
    assert SCREEN_VERSION.endswith(lists.digest())


def test_a_phrase_that_could_never_match_is_refused() -> None:
    with pytest.raises(ValueError, match="write 'cant' as 'can not'"):
        Phrases([Entry("crisis 1", "cant go on")], {}, {"cant": "can not"})
    with pytest.raises(ValueError, match="a class that exists"):
        Phrases([Entry("crisis 1", "@nonesuch")], {}, {})


@pytest.mark.parametrize("name", ["crisis", "emergency", "side_effect", "watch"])
def test_every_list_names_flags_and_tiers_that_exist(name: str) -> None:
    headers = {entry.header for entry in lists.phrases(name)}
    for header in headers:
        flags, tier = header.removeprefix("doubtful ").split()
        assert tier in {"1", "2", "3"}
        assert set(flags.split("+")) <= SAFETY_FLAGS | {"watch"}


@pytest.mark.parametrize(
    "name", ["crisis", "emergency", "side_effect", "idioms", "context", "classes", "spelling", "plain"]
)
def test_every_language_has_every_list(name: str) -> None:
    for language in lists.LANGUAGES:
        assert (Path(lists.__file__).parent / "data" / language / f"{name}.txt").is_file()


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("help my leg is numb", "emergency"),
        ("my left arm feels wrong, number 6", "emergency"),
        ("ya no aguanto, 10", "crisis"),
        ("cant quit shaking", "side_effect_severe"),
        ("the pain won't stop", "side_effect_severe"),
    ],
)
def test_danger_in_a_reply_of_every_day_is_not_learnt_as_harmless(text: str, flag: str) -> None:
    assert flag in screen(text).flags


@pytest.mark.parametrize("text", ["5h", "slept 5h", "dormí 5h", "5h, woke up at 3am", "50h this week", "10mg at 4pm"])
def test_a_quantity_is_no_letters_in_disguise(text: str) -> None:
    assert screen(text).flags == ()
    assert screen(text).tier == "none"


def test_letters_in_disguise_are_still_read() -> None:
    assert "crisis" in screen("i want to k1ll my5elf").flags
    assert "crisis" in screen("5uicide is all i think about").flags
