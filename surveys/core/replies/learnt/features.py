"""What the linear model sees of a text: words, neighbours, denied words, classes of words and pieces of words.

Training and product share this module, so that the model meets in use exactly what it learnt from.
"""

from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from surveys.core.replies.learnt.normalise import SENTENCE, Pieces

BUCKETS = 1 << 18
WINDOW = 24  # words scored together; a longer text is read in overlapping windows, so that padding cannot dilute it
STRIDE = 12
_NEGATORS = frozenset(
    {"not", "no", "never", "without", "none", "sin", "nunca", "ni", "neither", "nor", "jamas", "tampoco"}
)
_NEGATION_REACH = 4


def bucket(feature: str) -> int:
    """The place of a feature among the weights."""
    return crc32(feature.encode()) % BUCKETS


def windows(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """Yield the start and end of every window of a text; the last one ends with the text."""
    last = max(0, len(pieces.words) - WINDOW)
    for start in range(0, last, STRIDE):
        yield start, start + WINDOW
    yield last, last + WINDOW


def word_features(word: str) -> Iterator[str]:
    """Yield a word itself and its pieces of three to five letters, edges marked."""
    yield "w " + word
    marked = f"<{word[:24]}>"
    for length in (3, 4, 5):
        for at in range(len(marked) - length + 1):
            yield "c " + marked[at : at + length]


def joint_features(words: Sequence[str], breaks: Sequence[int], classes: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that takes more than one word: neighbours, words near each other, classes, words under a negation."""
    found: set[str] = set()
    denied = 0
    before, second = "^", "^"
    for word, gap in zip(words, breaks, strict=True):
        if gap == SENTENCE:
            found.update(_endings(second, before))
            denied, second, before = 0, "^", "^"
        found.add(f"b {before} {word}")
        found.add(f"t {second} {before} {word}")
        found.add(f"s {second} {word}")
        if denied:
            found.add("n " + word)
            denied -= 1
        if word in _NEGATORS:
            denied = _NEGATION_REACH
        second, before = before, word
    found.update(_endings(second, before))
    found.update(_class_features(words, breaks, classes))
    return found


def _endings(second: str, last: str) -> tuple[str, str]:
    """What a sentence ends with: "can't do this" says more where nothing follows."""
    return f"b {last} $", f"t {second} {last} $"


def _class_features(words: Sequence[str], breaks: Sequence[int], classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield classes, and pairs of classes that meet within four words of one sentence."""
    recent: list[tuple[int, str]] = []
    for at, word in enumerate(words):
        if breaks[at] == SENTENCE:
            recent = []
        names = classes.get(word, ())
        recent = [(where, name) for where, name in recent if at - where <= 4]
        for name in names:
            yield "k " + name
            yield from (f"p {other} {name}" for _, other in recent)
        recent.extend((at, name) for name in names)
