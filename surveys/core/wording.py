"""What the service says beside the questions: the message library of the clinical content's annex A, by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

LANGUAGES = ("en", "es")
"""Languages of the message library; the first one speaks where a patient's own is missing."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A clinic speaking one language: its short name, the desk's number as patients dial it, the language."""

    clinic_name: str
    clinic_phone: str
    language: str

    def say(self, text: str, **values: str) -> str:
        """The library's text `text` with `{clinic}`, `{phone}` and `values` filled in.

        Raises:
            KeyError: there is no such text, or a value that it needs is not given.
        """
        return self.fill(library(self.language)[text], **values)

    def fill(self, template: str, **values: str) -> str:
        """Any wording with its places filled in."""
        return template.format_map({"clinic": self.clinic_name, "phone": self.clinic_phone, **values})


@cache
def library(language: str) -> Mapping[str, str]:
    """Every text of the library by its id, in `language` or, where the library does not speak it, in the first one."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    content = files("surveys").joinpath("library", "texts", f"{spoken}.yaml").read_text("utf-8")
    texts: dict[str, str] = yaml.safe_load(content)
    return texts
