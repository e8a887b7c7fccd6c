"""Load the packaged word lists and weights: the one place of this package that reads files, once, at import."""

from importlib.resources import files
from typing import Final

from surveys.core.replies.safety.phrases import Entry, read_list

_DATA: Final = files("surveys.core.replies.safety") / "data"
LANGUAGES: Final = tuple(sorted(folder.name for folder in _DATA.iterdir() if folder.is_dir()))


def phrases(name: str) -> list[Entry]:
    """All phrases of the list `name` in every language; a language without that list adds none."""
    found: list[Entry] = []
    for language in LANGUAGES:
        path = _DATA / language / f"{name}.txt"
        if path.is_file():
            found.extend(read_list(path.read_text(encoding="utf-8")))
    return found


def pairs(name: str) -> dict[str, str]:
    """The "word: meaning" lines of the list `name` in every language, the last language winning."""
    split = (entry.phrase.partition(":") for entry in phrases(name))
    return {word.strip(): meaning.strip() for word, _, meaning in split}
