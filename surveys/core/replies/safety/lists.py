"""Load the packaged word lists and weights: the one place of this package that reads files, once, at import."""

import hashlib
from importlib.resources import as_file, files
from typing import Any, Final

import numpy as np

from surveys.core.replies.safety.encoder import Encoder
from surveys.core.replies.safety.phrases import Entry, read_list
from surveys.core.replies.safety.subwords import Subwords

_DATA: Final = files("surveys.core.replies.safety") / "data"
_WEIGHTS: Final = ("model.bin", "sentences.npz", "encoder.npz", "pieces.txt")
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
    """The "word: meaning" lines of the list `name`; what several languages say of one word is put together."""
    found: dict[str, str] = {}
    for entry in phrases(name):
        word, _, meaning = (part.strip() for part in entry.phrase.partition(":"))
        found[word] = f"{found[word]} {meaning}" if word in found else meaning
    return found


def words(name: str) -> set[str]:
    """The words of the list `name`, which has several on a line, in every language."""
    return {word for entry in phrases(name) for word in entry.phrase.split()}


def packed_model() -> bytes:
    """The packed weights of the linear model."""
    return (_DATA / "model.bin").read_bytes()


def subwords() -> Subwords:
    """The pieces of words of the sentence encoder."""
    pieces = (_DATA / "pieces.txt").read_text(encoding="utf-8").splitlines()
    return Subwords(pieces, arrays("encoder")["piece_score"].tolist())


def encoder() -> Encoder:
    """The sentence encoder; its table of 12 MB is mapped, so that processes share it and load only rows in use."""
    with as_file(_DATA / "table.npy") as path:
        return Encoder(arrays("encoder"), np.load(path, mmap_mode="r"))


def arrays(name: str) -> dict[str, Any]:
    """The arrays of a packed file by their names."""
    with as_file(_DATA / f"{name}.npz") as path, np.load(path) as packed:
        return dict(packed)


def digest() -> str:
    """Eight characters that change whenever any list or a model changes (the table never without the encoder)."""
    weights = [_DATA / name for name in _WEIGHTS]
    paths = [*(path for language in LANGUAGES for path in (_DATA / language).iterdir()), *weights]
    whole = hashlib.sha256()
    for path in sorted(paths, key=str):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:8]
