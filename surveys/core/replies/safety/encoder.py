"""What a text says in numbers: the Universal Sentence Encoder, multilingual, forward only.

Cer and others 2018, Yang and others 2019; weights under the Apache License 2.0, cut down to the pieces of English and
Spanish words by training/safety/encoder.py. Every piece is a row of numbers, two layers look at two and three
neighbours at a time, and what they found is averaged and its peaks taken over a window of the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surveys.core.replies.safety.subwords import END, START

Matrix = NDArray[np.float32]
WINDOW: Final = 32  # pieces summed up together; more would dilute what a few of them say
MOST_PIECES: Final = (
    384  # of a longer text the beginning and the end are read; an SMS of 1,600 characters has about 400
)
_NEIGHBOURS: Final = ((2, 0), (3, 1))  # how many pieces a layer sees at once, how many of them stand before
_WIDTH: Final = 256


class Encoder:
    """The weights, and the table with a row of bytes for every piece, which stays on disk until a row is needed."""

    def __init__(self, weights: Mapping[str, NDArray[np.float16]], table: NDArray[np.uint8]) -> None:
        self._table = table
        self._of = {name: np.asarray(values, dtype=np.float32) for name, values in weights.items()}

    def windows(self, ids: Sequence[int], size: int = WINDOW) -> Matrix:
        """A row of numbers for each window of `size` pieces of a text given by its pieces: its average and its peaks.

        Each window begins in the middle of the one before, the last ends with the text. Time is linear in the pieces
        up to MOST_PIECES.
        """
        pieces = [START, *_ends(ids), END]
        found = self._found(self._rows(np.array(pieces)))
        return np.stack([_summed(found[start:end]) for start, end in _windows(len(pieces), size)])

    def _rows(self, pieces: NDArray[np.int64]) -> Matrix:
        """The rows of the pieces, brought back from bytes."""
        return self._table[pieces] * self._of["scale"][pieces, None] + self._of["low"][pieces, None]

    def _found(self, rows: Matrix) -> Matrix:
        """Every piece's own row beside what each layer found around it."""
        of = self._of
        seen = _level(rows @ of["seen"] + of["seen_bias"], of["seen_gain"], of["seen_shift"])
        layers = [rows]
        for at, (size, before) in enumerate(_NEIGHBOURS):
            own = seen[:, at * _WIDTH : (at + 1) * _WIDTH]
            first = own + _positive(_around(own, size, before) @ of[f"first{size}"] + of[f"first{size}_bias"])
            layers.append(first + _positive(_around(first, size, before) @ of[f"then{size}"] + of[f"then{size}_bias"]))
        return _level(np.concatenate(layers, axis=1), of["found_gain"], of["found_shift"])


def _summed(found: Matrix) -> Matrix:
    """What stands in a window: what its pieces say on average, and the most that any of them says."""
    return np.concatenate([found.sum(axis=0) / np.sqrt(np.float32(len(found))), found.max(axis=0)])


def _ends(ids: Sequence[int]) -> Sequence[int]:
    """The whole text, or of an over-long one its beginning and its end."""
    half = MOST_PIECES // 2
    return ids if len(ids) <= MOST_PIECES else [*ids[:half], *ids[-half:]]


def _windows(pieces: int, size: int) -> Iterator[tuple[int, int]]:
    last = max(0, pieces - size)
    for start in range(0, last, size // 2):
        yield start, start + size
    yield last, pieces


def _around(rows: Matrix, size: int, before: int) -> Matrix:
    """Each row with its neighbours beside it, nothing beyond the ends of the text."""
    count, width = rows.shape
    around = np.zeros((count, size * width), dtype=rows.dtype)
    for at in range(size):
        shift = at - before
        start, end = max(0, -shift), max(0, min(count, count - shift))
        around[start:end, at * width : (at + 1) * width] = rows[start + shift : end + shift]
    return around


def _positive(values: Matrix) -> Matrix:
    return np.maximum(values, np.float32(0))


def _level(rows: Matrix, gain: Matrix, shift: Matrix) -> Matrix:
    """Rows brought to average zero and spread one, then stretched as learnt."""
    even = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((even * even).mean(axis=1, keepdims=True) + np.float32(1e-12))
    stretched: Matrix = even / spread * gain + shift
    return stretched
