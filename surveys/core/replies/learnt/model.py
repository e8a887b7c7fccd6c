"""Second reader: a small linear model over words, neighbours, classes and pieces of words; see sentences, training/."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surveys.core.replies.learnt.features import BUCKETS, bucket, joint_features, windows, word_features
from surveys.core.replies.learnt.normalise import Pieces

MOST_WORDS = (
    480  # An SMS of 1,600 characters has fewer; of a longer text the model reads beginning and end, the lists all.
)
_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one training: for each flag a signed byte a bucket, a bias, a scale, the threshold that raises it."""

    version: str
    flags: tuple[str, ...]
    bias: tuple[float, ...]
    scale: tuple[float, ...]
    threshold: tuple[float, ...]
    weights: tuple[memoryview, ...]
    _of_word: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def margins(
        self, pieces: Pieces, classes: Mapping[str, Sequence[str]], beside: Sequence[float]
    ) -> dict[str, float]:
        """How far the text passes the threshold of each flag in the window that passes it furthest; negative: short.

        `beside` are the log odds that the sentence reader adds, a number a flag.
        """
        best = [-1e9] * len(self.flags)
        for part in _ends(pieces):
            for start, end in windows(part):
                best = list(map(max, best, self._scores(part.words[start:end], part.breaks[start:end], classes)))
        whole = zip(self.flags, best, beside, self.threshold, strict=True)
        return {flag: score + more - limit for flag, score, more, limit in whole}

    def _scores(self, words: Sequence[str], breaks: Sequence[int], classes: Mapping[str, Sequence[str]]) -> list[float]:
        sums = self._sum({bucket(feature) for feature in joint_features(words, breaks, classes)})
        for word in set(words):
            sums = list(map(int.__add__, sums, self._word(word)))
        return [bias + scale * total for bias, scale, total in zip(self.bias, self.scale, sums, strict=True)]

    def _word(self, word: str) -> tuple[int, ...]:
        """The sum of all features of one word, remembered because patients share their words."""
        known = self._of_word.get(word)
        if known is None:
            known = tuple(self._sum({bucket(feature) for feature in word_features(word)}))
            if len(self._of_word) >= _REMEMBERED:
                self._of_word.clear()
            self._of_word[word] = known
        return known

    def _sum(self, buckets: set[int]) -> list[int]:
        return [sum(map(weights.__getitem__, buckets)) for weights in self.weights]


def _ends(pieces: Pieces) -> list[Pieces]:
    """The whole text, or of an over-long one its beginning and its end."""
    if len(pieces.words) <= MOST_WORDS:
        return [pieces]
    half = MOST_WORDS // 2
    return [Pieces(pieces.words[:half], pieces.breaks[:half]), Pieces(pieces.words[-half:], pieces.breaks[-half:])]


def load(packed: bytes) -> Model:
    """Unpack a model: compressed, a line of JSON and then the weights of each flag."""
    head, _, body = zlib.decompress(packed).partition(b"\n")
    about = json.loads(head)
    flags = tuple(about["flags"])
    weights = tuple(memoryview(body)[at * BUCKETS : (at + 1) * BUCKETS].cast("b") for at in range(len(flags)))
    bias, scale, threshold = (tuple(about[name]) for name in ("bias", "scale", "threshold"))
    return Model(about["version"], flags, bias, scale, threshold, weights)
