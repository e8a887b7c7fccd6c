"""The part of the second reader that knows what words mean: a small network over the sentence encoder."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surveys.core.replies.safety.encoder import WINDOW, Encoder, Matrix
from surveys.core.replies.safety.subwords import Subwords

MOST_CHARACTERS: Final = 3200  # twice the longest SMS; of a longer text the beginning and the end are read


class SentenceReader:
    """One hidden layer, trained with the linear model and added to it (training/safety)."""

    def __init__(self, subwords: Subwords, encoder: Encoder, weights: Mapping[str, NDArray[np.float16]]) -> None:
        self._subwords = subwords
        self._encoder = encoder
        self._of = {name: np.asarray(values, dtype=np.float32) for name, values in weights.items()}
        self._of_number: list[float] | None = None

    def windows(self, text: str, size: int = WINDOW) -> Matrix:
        """What the encoder says of each window of `size` pieces of a text."""
        half = MOST_CHARACTERS // 2
        read = text if len(text) <= MOST_CHARACTERS else f"{text[:half]} {text[-half:]}"
        return self._encoder.windows(self._subwords.ids(read), size)

    def scores(self, text: str) -> list[float]:
        """Log odds to add for each flag, in the order of training; of several windows the one that says most.

        Most replies are a number: a text without letters says no more than one, and is not encoded each time.
        """
        if any(map(str.isalpha, text)):
            return self._judged(text)
        if self._of_number is None:
            self._of_number = self._judged("7")
        return self._of_number

    def _judged(self, text: str) -> list[float]:
        of = self._of
        even = (self.windows(text) - of["average"]) / of["spread"]
        hidden = np.maximum(even @ of["hidden"] + of["hidden_bias"], 0)
        scores: list[float] = (hidden @ of["out"] + of["out_bias"]).max(axis=0).tolist()
        return scores
