"""Reads one object of a document field by field; what is wrong is noted with its place, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from surveys.core.definition.problems import Problem

SLUG = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
LONGEST_KEY = 50
LONGEST_TEXT = 1600
"""Characters that the provider takes in one text (clinical content, section 6.1)."""
LARGEST = 1_000_000
UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
"""Control characters but the line feed, and halves of characters: no phone shows them and no database keeps them."""


class Node:
    """A mapping of the document at `path`; all nodes of one document share the list of problems."""

    def __init__(self, value: object, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.fields: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            self.fault("", "Write an object with named fields.")

    def place(self, field: str) -> str:
        """The path of a field."""
        return ".".join(part for part in (self.path, field) if part)

    def fault(self, field: str, message: str) -> None:
        """Note a problem with a field, or with the object itself where `field` is empty."""
        self.problems.append(Problem(self.place(field), message))

    def only(self, known: Iterable[str]) -> None:
        """Note every field that is not known: a misspelt one would silently do nothing."""
        names = sorted(known)
        for field in self.fields:
            if field not in names:
                self.fault(str(field), f"Unknown field; use one of {', '.join(names)}.")

    def slug(self, field: str) -> str:
        """A key: lower-case letters, digits, single hyphens or underscores."""
        value = self.fields.get(field)
        if isinstance(value, str) and len(value) <= LONGEST_KEY and SLUG.fullmatch(value):
            return value
        self.fault(field, f"Give a key of at most {LONGEST_KEY} lower-case letters, digits, - and _, like pain_now.")
        return ""

    def text(self, field: str, default: str = "") -> str:
        """A string; may be left out."""
        value = self.fields.get(field, default)
        if isinstance(value, str) and not UNPRINTABLE.search(value):
            return value
        self.fault(field, "Write a text without control characters.")
        return default

    def flag(self, field: str, *, default: bool) -> bool:
        """true or false; may be left out."""
        value = self.fields.get(field, default)
        if isinstance(value, bool):
            return value
        self.fault(field, "Write true or false.")
        return default

    def number(self, field: str) -> float | int | None:
        """A number, or None where it is left out."""
        value = self.fields.get(field)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST):
            return value
        self.fault(field, f"Write a number of at most {LARGEST}.")
        return None

    def whole(self, field: str, default: int) -> int:
        """A whole number from 0 up; may be left out."""
        value = self.fields.get(field, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.fault(field, "Write a whole number, 0 or more.")
        return default

    def choice(self, field: str, allowed: Iterable[str]) -> str | None:
        """One of some words, or None where it is left out."""
        value = self.fields.get(field)
        names = list(allowed)
        if value is None or value in names:
            return value
        self.fault(field, f"Write one of {', '.join(names)}.")
        return None

    def texts(self, field: str, languages: Collection[str]) -> dict[str, str]:
        """A wording in every language of the survey."""
        value = self.fields.get(field)
        if not isinstance(value, Mapping):
            self.fault(field, "Give the wording by language, like {en: ..., es: ...}.")
            return dict.fromkeys(languages, "")
        for language in value:
            if language not in languages:
                self.fault(
                    f"{field}.{language}", "The survey is not in this language; list it or leave the wording out."
                )
        return {language: self._wording(field, value, language) for language in languages}

    def _wording(self, field: str, value: Mapping[str, Any], language: str) -> str:
        text = value.get(language)
        if not isinstance(text, str) or not text.strip():
            self.fault(f"{field}.{language}", "The wording in this language is missing.")
            return ""
        if len(text) > LONGEST_TEXT:
            self.fault(f"{field}.{language}", f"Use at most {LONGEST_TEXT} characters.")
        if UNPRINTABLE.search(text):
            self.fault(f"{field}.{language}", "Leave control characters out.")
        return text

    def nodes(self, field: str) -> Iterator[Node]:
        """The objects of a list; may be left out."""
        value = self.fields.get(field)
        if value is None:
            return
        if not isinstance(value, list | tuple):
            self.fault(field, "Write a list.")
            return
        for place, each in enumerate(value):
            yield Node(each, f"{self.place(field)}[{place}]", self.problems)

    def words(self, field: str) -> tuple[str, ...]:
        """A list of strings or numbers, as strings; may be left out."""
        value = self.fields.get(field)
        if value is None:
            return ()
        if isinstance(value, list | tuple) and all(isinstance(each, str | int | float) for each in value):
            words = tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in value)
            if not any(UNPRINTABLE.search(word) for word in words):
                return words
        self.fault(field, "Write a list of words or numbers.")
        return ()
