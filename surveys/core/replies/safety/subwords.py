"""Cut a text into the pieces of words that the sentence encoder knows, whatever its language."""

from collections.abc import Sequence
from typing import Final

from surveys.core.replies.learnt.normalise import legible

SPACE: Final = "▁"  # stands for the space before a word, as in the vocabulary
UNKNOWN, START, END = 0, 1, 2
_UNKNOWN_SCORE: Final = -30.0  # below every piece of the vocabulary, so that a known way through always wins


class Subwords:
    """A unigram vocabulary: every text has one most likely way to be cut into its pieces (Kudo 2018)."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        """`pieces` by number, the first three being unknown, start and end; `scores` their log probabilities."""
        self._scores = scores
        self._longest = max(map(len, pieces))
        self._numbers: dict[str, int | None] = {}
        for number, piece in enumerate(pieces[END + 1 :], END + 1):
            for end in range(1, len(piece)):
                self._numbers.setdefault(piece[:end], None)
            self._numbers[piece] = number

    def ids(self, text: str) -> list[int]:
        """The numbers of the pieces of a text, in order, without start and end; time is linear in the text."""
        words = legible(text).split()
        return self._cut(SPACE + SPACE.join(words)) if words else []

    def _cut(self, line: str) -> list[int]:
        """The way through the line with the highest sum of scores, from every place the best piece that ends there."""
        size = len(line)
        best = [0.0] + [-1e30] * size
        came: list[tuple[int, int]] = [(0, UNKNOWN)] * (size + 1)
        for start in range(size):
            for end, number in self._known(line, start):
                score = best[start] + (self._scores[number] if number else _UNKNOWN_SCORE)
                if score > best[end]:
                    best[end], came[end] = score, (start, number)
        ids = []
        while size:
            size, number = came[size]
            ids.append(number)
        return ids[::-1]

    def _known(self, line: str, start: int) -> list[tuple[int, int]]:
        """Where the pieces end that begin at `start`, and their numbers; a character of none stands for itself."""
        found = []
        for end in range(start + 1, min(start + self._longest, len(line)) + 1):
            piece = line[start:end]
            if piece not in self._numbers:
                break
            number = self._numbers[piece]
            if number is not None:
                found.append((end, number))
        return found if found and found[0][0] == start + 1 else [(start + 1, UNKNOWN), *found]
