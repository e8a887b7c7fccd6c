"""First reader: reviewed phrase lists, and the words around a phrase that take its edge off."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.core.replies.safety.normalise import COMMA, SENTENCE, Pieces
from surveys.core.replies.safety.phrases import Hit

NEGATION_REACH = 4  # words between a negator and what it denies
_RESTARTS = frozenset(
    {"but", "pero", "because", "porque", "although", "aunque", "except", "salvo", "sino", "i", "my", "yo", "mi"}
)
_CONTEXTS = ("past", "media", "hypothetical", "other person past")


@dataclass(frozen=True, slots=True)
class Finding:
    """A dangerous phrase in a text; `lowered` names the context that takes its edge off, if any."""

    flags: tuple[str, ...]
    tier: int
    phrase: str
    lowered: str | None


def findings(pieces: Pieces, hits: Sequence[Hit]) -> list[Finding]:
    """Judge every dangerous phrase of a text in its context; phrases inside an idiom are left out."""
    by_header = _by_header(hits)
    masked = _covered(by_header["idiom"])
    context = _Context(pieces, by_header, masked)
    return [
        Finding(_flags(hit), int(hit.entry.header[-1]), hit.entry.phrase, context.around(hit))
        for hit in _dangers(hits)
        if masked.isdisjoint(range(hit.start, hit.end))
    ]


def for_model(pieces: Pieces, hits: Sequence[Hit]) -> Pieces:
    """The text as the model reads it: idioms and denied phrases marked as such, so that it need not learn every one."""
    by_header = _by_header(hits)
    masked = _covered(by_header["idiom"])
    context = _Context(pieces, by_header, masked)
    words = list(pieces.words)
    for hit in _dangers(hits):
        if context.is_denied(hit):
            words[hit.start : hit.end] = ["denied"] * (hit.end - hit.start)
    for at in masked:
        words[at] = "idiom"
    return Pieces(words, pieces.breaks)


def _by_header(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        found[hit.entry.header].append(hit)
    return found


def _dangers(hits: Iterable[Hit]) -> list[Hit]:
    """The hits of phrases that stand under a flag and a tier."""
    return [hit for hit in hits if hit.entry.header[-1:].isdigit()]


def _flags(hit: Hit) -> tuple[str, ...]:
    names = hit.entry.header.split()[0]
    return () if names == "watch" else tuple(names.split("+"))


def _covered(hits: Iterable[Hit]) -> set[int]:
    return {at for hit in hits for at in range(hit.start, hit.end)}


class _Context:
    """Where negations end and which sentences speak of the past, of stories, of what might be."""

    def __init__(self, pieces: Pieces, by_header: dict[str, list[Hit]], masked: set[int]) -> None:
        self._pieces = pieces
        self._sentence = _sentences(pieces.breaks)
        void = _covered(by_header["not a negation"])
        self._negations = sorted(hit.end for hit in by_header["negation"] if hit.start not in void)
        self._present = {self._sentence[hit.start] for hit in by_header["present"] if hit.start not in masked}
        self._of_sentence: dict[int, str] = {}
        for header in _CONTEXTS:
            for hit in by_header[header]:
                self._of_sentence.setdefault(self._sentence[hit.start], header)

    def around(self, hit: Hit) -> str | None:
        """What takes the edge off a phrase: "negation", "past", "media", "hypothetical", "other person past" or nothing."""
        if self.is_denied(hit):
            return "negation"
        at = self._sentence[hit.start]
        header = self._of_sentence.get(at)
        return None if header == "past" and at in self._present else header

    def is_denied(self, hit: Hit) -> bool:
        """Whether a negation stands close before a phrase, in its sentence, with no new start between."""
        at = bisect_left(self._negations, hit.start + 1) - 1
        if at < 0:
            return False
        end = self._negations[at]
        if hit.start - end > NEGATION_REACH or self._sentence[end - 1] != self._sentence[hit.start]:
            return False
        between = self._pieces.words[end : hit.start]
        return not _RESTARTS.intersection(between) and COMMA not in self._pieces.breaks[end : hit.start + 1]


def _sentences(breaks: Sequence[int]) -> list[int]:
    """The number of the sentence each word stands in."""
    numbers: list[int] = []
    current = 0
    for before in breaks:
        current += before == SENTENCE
        numbers.append(current)
    return numbers
