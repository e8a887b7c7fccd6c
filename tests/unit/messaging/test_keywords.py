"""Whole messages that speak to the service (clinical content, C-04, C-09, C-10)."""

import pytest

from messaging.core.keywords import read


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        "Stop.",
        " STOP! ",
        "stop all",
        "STOPALL",
        "unsubscribe",
        "Cancel",
        "END",
        "quit",
        "revoke",
        "optout",
        "Opt out",
        "opt-out",
        "ALTO",
        "parar",
        "baja",
        "cancelar",
        "Terminar",
        "detener",
        "NO MAS",
        "no más",
        "No mas!",
        "“Stop”",
        "🛑 STOP",
    ],
)
def test_read_takes_opt_out_words_whatever_their_case_and_punctuation(text: str) -> None:
    assert read(text).control == "stop"


@pytest.mark.parametrize("text", ["START", "start", "Unstop", "unstop."])
def test_read_takes_opt_in_words(text: str) -> None:
    assert read(text).control == "start"


@pytest.mark.parametrize(("text", "language"), [("HELP", ""), ("info", ""), ("AYUDA", "es")])
def test_read_takes_help_words_and_tells_the_language(text: str, language: str) -> None:
    assert (read(text).control, read(text).language) == ("help", language)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "si",
        "7",
        "",
        " ",
        "please stop texting me",
        "stop the pain",
        "I can't stop crying",
        "the end",
        "x" * 5000,
    ],
)
def test_read_leaves_every_other_text_alone(text: str) -> None:
    assert read(text).control == ""
