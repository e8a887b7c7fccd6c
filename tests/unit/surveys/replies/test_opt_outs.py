"""The two readers of requests to stop: what the second one adds, and what it may never do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.opt_outs import by_rule, by_wording, perhaps_by_wording
from surveys.core.replies.reader import BY_WORDING, read
from surveys.core.replies.reading import Question

PAIN = Question("scale", "How bad is your pain right now, from 0 to 10?", min=0, max=10)
NEWS = Question("text", "Is there anything you want to tell us?")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("please deactivate these alerts on my number", "en"),
        ("I'd be grateful not to receive another one of your questionnaires", "en"),
        ("4. would you kindly retire my number from texting", "en"),
        ("hagan el favor de sacarme del sistema de mensajes", "es"),
        ("quisiera desligarme de este servicio de mensajes", "es"),
    ],
)
def test_a_wording_that_no_list_foresees_ends_the_messages(text: str, language: str) -> None:
    assert not by_rule(tokenise(clean(text)))
    for question in (PAIN, NEWS, None):
        reading = read(question, text, language)
        assert (reading.kind, reading.intent) == ("opt_out", BY_WORDING)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("please stop texting me for two weeks", "other_intent"),  # a pause
        ("please don't text me at night", "other_intent"),  # another hour
        ("too many texts", "other_intent"),  # fewer
        ("dont stop texting me i like it", "other_intent"),
        ("sign me up again please", "opt_in"),
        ("Message blocked: number not in service", "not_for_us"),
    ],
)
def test_what_asks_for_something_else_signs_nobody_off(text: str, kind: str) -> None:
    assert read(None, text, "en").kind == kind


def test_a_goodbye_to_life_is_no_request_to_stop_by_its_wording_alone() -> None:
    text = "please deactivate these alerts, I will have killed myself by tomorrow"
    assert by_wording(text)
    reading = read(PAIN, text, "en")
    assert "crisis" in reading.flags
    assert reading.kind != "opt_out"


def test_a_carrier_word_ends_the_messages_in_danger_too() -> None:
    reading = read(PAIN, "STOP", "en")
    assert reading.kind == "opt_out"


@given(st.text(alphabet="0123456789 .,/!?+-", max_size=80))
def test_a_text_without_letters_is_never_a_request_by_its_wording(text: str) -> None:
    assert not by_wording(text)
    assert not perhaps_by_wording(text)


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_any_text_is_judged_and_always_alike(text: str) -> None:
    assert by_wording(text) == by_wording(text)
    assert perhaps_by_wording(text) or not by_wording(text)


@pytest.mark.parametrize(
    "text",
    [
        "I told the pharmacy to stop calling me",
        "ask my aide to quit sending her nephew",
        "don't you dare stop these",
        "please dont drop me from this",
        "wish this ache would leave me alone, 8",
        "dígale al doctor que ya no me mande esa pastilla",
    ],
)
def test_what_somebody_else_is_told_or_must_never_happen_is_no_request_to_us(text: str) -> None:
    assert not by_rule(tokenise(clean(text)))
