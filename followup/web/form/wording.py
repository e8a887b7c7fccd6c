"""What the form says beside the questions, by language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from surveys.core.wording import LANGUAGES, Voice


@cache
def library(language: str) -> Mapping[str, str]:
    """Every wording of the form in `language`, one of LANGUAGES."""
    texts: dict[str, str] = yaml.safe_load(files(__package__).joinpath("words", f"{language}.yaml").read_text("utf-8"))
    return texts


class Words:
    """The form's words in one language, for templates: `words.next`. The clinic's name and number are filled in."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.language = spoken(voice.language)

    def __getitem__(self, key: str) -> str:
        return self.say(key)

    def say(self, key: str, **values: object) -> str:
        """One wording with its places filled in."""
        wording = library(self.language)[key]
        return self.voice.fill(wording, **{name: str(value) for name, value in values.items()})


def spoken(language: str) -> str:
    """`language`, or the first one where the form does not speak it."""
    return language if language in LANGUAGES else LANGUAGES[0]


def other(language: str) -> str:
    """The language that the form offers to switch to."""
    return next(each for each in LANGUAGES if each != spoken(language))
