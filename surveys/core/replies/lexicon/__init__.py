"""The reader's word lists: one folder per language, loaded once from packaged data; a new language is a new folder.

Each file maps a name to a block of words or, one per line, of patterns (see `phrases`). Equal names of all languages
are joined, because patients mix languages and because every language's message controls are always active.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

LEXICON_VERSION = "2026.11.6"


class Lexicon:
    """The lists of every language, by name."""

    def __init__(self, by_language: dict[str, dict[str, str]]) -> None:
        self._by_language = by_language
        self._names: dict[str, tuple[str, ...]] = {}
        self.languages = tuple(sorted(by_language))
        self._lines: dict[tuple[str, str | None], tuple[str, ...]] = {}
        for name in self.names(""):
            for language in self.languages:
                self._lines[name, language] = _lines_of(by_language[language].get(name, ""))
            self._lines[name, None] = tuple(line for each in self.languages for line in self._lines[name, each])
        self._words = {key: frozenset(" ".join(lines).split()) for key, lines in self._lines.items()}
        self._unions: dict[str, frozenset[str]] = {}
        self.contractions = {line.split()[0]: (line.split()[1], line.split()[2]) for line in self.lines("contractions")}
        self.short_forms = dict(_pairs(self.lines("short_forms")))
        self.known_words = frozenset(word for words in self._words.values() for word in words if word.isalpha())

    def words(self, name: str, language: str | None = None) -> frozenset[str]:
        """The words of a list, of one language or of all.

        Raises:
            KeyError: no language has such a list.
        """
        return self._words[name, language]

    def lines(self, name: str, language: str | None = None) -> tuple[str, ...]:
        """The lines of a list, of one language or of all.

        Raises:
            KeyError: no language has such a list.
        """
        return self._lines[name, language]

    def pairs(self, name: str) -> dict[str, str]:
        """A list whose lines are a target and the forms that stand for it, as form -> target."""
        return dict(_pairs(self.lines(name)))

    def union(self, prefix: str) -> frozenset[str]:
        """The words of all lists whose names begin with a prefix."""
        if prefix not in self._unions:
            self._unions[prefix] = frozenset(word for name in self.names(prefix) for word in self.words(name))
        return self._unions[prefix]

    def names(self, prefix: str) -> tuple[str, ...]:
        """The names of all lists that begin with a prefix."""
        if prefix not in self._names:
            every = {name for lists in self._by_language.values() for name in lists}
            self._names[prefix] = tuple(sorted(name for name in every if name.startswith(prefix)))
        return self._names[prefix]


def _lines_of(block: str) -> tuple[str, ...]:
    lines = (line.strip() for line in block.splitlines())
    return tuple(line for line in lines if line)


def _pairs(lines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for line in lines:
        target, *forms = line.split()
        for form in forms:
            yield form, target


def _read_language(folder: Traversable) -> dict[str, str]:
    """The lists of one language.

    Raises:
        ValueError: two files hold a list of one name, and one would silently hide the other.
    """
    lists: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            found = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
            if twice := sorted(lists.keys() & found.keys()):
                raise ValueError(f"{file.name} names {', '.join(twice)} again; give the list another name")
            lists.update(found)
    return lists


def _load() -> Lexicon:
    folders = [entry for entry in files(__name__).iterdir() if entry.is_dir() and not entry.name.startswith("_")]
    return Lexicon({folder.name: _read_language(folder) for folder in sorted(folders, key=lambda each: each.name)})


LEXICON = _load()
