"""Whole conversations, as a clinician reads them."""

from pathlib import Path

import pytest

from tests.golden.script import play

SCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_the_conversation_goes_as_written(path: Path) -> None:
    script = path.read_text("utf-8")
    assert play(script) == script


def test_there_are_conversations_in_both_languages() -> None:
    heads = [path.read_text("utf-8").partition("\n\n")[0] for path in SCRIPTS]
    assert {line for head in heads for line in head.splitlines() if line.startswith("language:")} == {
        "language: en",
        "language: es",
    }
