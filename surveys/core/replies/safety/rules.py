"""First reader: reviewed phrase lists, and the words around a phrase that take its edge off."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.core.replies.safety.normalise import COMMA, SENTENCE, Pieces
from surveys.core.replies.safety.phrases import Hit

NEGATION_REACH = 4  # words between a negator and what it denies
_RESTARTS = frozenset({"but", "pero", "because", "porque", "although", "aunque", "except", "salvo", "sino"})
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
    by_header: dict[str, list[Hit]] = defaultdict(list)
    dangers: list[Hit] = []
    for hit in hits:
        if hit.entry.header[-1:].isdigit():
            dangers.append(hit)
        else:
            by_header[hit.entry.header].append(hit)
    masked = _covered(by_header["idiom"])
    context = _Context(pieces, by_header, masked)
    return [
        Finding(_flags(hit), int(hit.entry.header[-1]), hit.entry.phrase, context.around(hit))
        for hit in dangers
        if masked.isdisjoint(range(hit.start, hit.end))
    ]


def without_idioms(pieces: Pieces, hits: Sequence[Hit]) -> Pieces:
    """The words of a text with every word of an idiom replaced by "idiom", so that the model need not learn sayings."""
    masked = _covered(hit for hit in hits if hit.entry.header == "idiom")
    return Pieces(["idiom" if at in masked else word for at, word in enumerate(pieces.words)], pieces.breaks)


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
        if self._is_denied(hit):
            return "negation"
        at = self._sentence[hit.start]
        header = self._of_sentence.get(at)
        return None if header == "past" and at in self._present else header

    def _is_denied(self, hit: Hit) -> bool:
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
