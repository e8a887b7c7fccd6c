"""First reader: reviewed phrase lists, and the words around a phrase that take its edge off."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.core.replies.learnt.normalise import COMMA, SENTENCE, Pieces
from surveys.core.replies.safety.phrases import Hit

NEGATION_REACH = 4  # words between a negator and what it denies
_RESTARTS = frozenset(
    {"but", "pero", "because", "porque", "although", "aunque", "except", "salvo", "sino", "i", "my", "yo", "mi"}
)
_NEGATORS = frozenset({"not", "no", "never", "without", "sin", "nunca", "ni"})
_SCORES = frozenset(map(str, range(11)))
_SETTLED = frozenset({"negation", "past", "other person past"})
_DOUBTFUL = "doubtful "  # before the flags in the header of a list
_CONTEXTS = ("past", "media", "hypothetical", "other person past")


@dataclass(frozen=True, slots=True)
class Finding:
    """A dangerous phrase in a text; `lowered` names the context that takes its edge off, if any.

    A `doubtful` phrase is as often harmless: it raises its flags only where the second reader leans the same way.
    """

    flags: tuple[str, ...]
    tier: int
    phrase: str
    lowered: str | None
    doubtful: bool = False


# Clinical content, section 3.5, E14: wherever in the text the symptom stands.
_PRESSURE_WITH_SYMPTOM = Finding(("emergency",), 1, "blood pressure of crisis height with a symptom (E14)", None)


def findings(pieces: Pieces, hits: Sequence[Hit]) -> list[Finding]:
    """Judge every dangerous phrase of a text in its context; phrases inside an idiom are left out."""
    context = _Context(pieces, hits)
    found = [
        Finding(
            _flags(hit),
            int(hit.entry.header[-1]),
            hit.entry.phrase,
            context.around(hit),
            doubtful=hit.entry.header.startswith(_DOUBTFUL),
        )
        for hit in context.dangers
    ]
    symptoms = (hit for hit in hits if hit.entry.header == "symptom")
    if "nbp" in pieces.words and any(context.around(hit) is None for hit in symptoms):
        found.append(_PRESSURE_WITH_SYMPTOM)
    return found


def for_model(pieces: Pieces, hits: Sequence[Hit]) -> Pieces:
    """The text as the model reads it: idioms and phrases taken back are marked, so that it need not learn every one.

    A number up to ten is a score like any other: a high one alone is no alarm (reply policy, safety flags).
    """
    context = _Context(pieces, hits)
    words = ["score" if word in _SCORES else word for word in pieces.words]
    for hit in context.dangers:
        if context.around(hit) in _SETTLED:
            start = context.denial_of(hit) or hit.start
            words[start : hit.end] = ["denied"] * (hit.end - start)
    for at in context.masked:
        words[at] = "idiom"
    return Pieces(words, pieces.breaks)


def _flags(hit: Hit) -> tuple[str, ...]:
    names = hit.entry.header.removeprefix(_DOUBTFUL).split()[0]
    return () if names == "watch" else tuple(names.split("+"))


def _covered(hits: Iterable[Hit]) -> set[int]:
    return {at for hit in hits for at in range(hit.start, hit.end)}


class _Context:
    """Where idioms stand and negations end, and which sentences speak of the past, of stories, of what might be."""

    def __init__(self, pieces: Pieces, hits: Sequence[Hit]) -> None:
        by_header: dict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            by_header[hit.entry.header].append(hit)
        self._pieces = pieces
        self._sentence = _sentences(pieces.breaks)
        self.masked = _covered(by_header["idiom"])
        self.dangers = [
            hit for hit in hits if hit.entry.header[-1:].isdigit() and self.masked.isdisjoint(range(hit.start, hit.end))
        ]
        own = _covered(hit for hit in self.dangers if ".." not in hit.entry.phrase)
        void = _covered(by_header["not a negation"]) | _covered(self.dangers)
        self._negations = sorted(hit.end for hit in by_header["negation"] if hit.start not in void)
        idle = self.masked | _covered(by_header["past"])
        self._present = {self._sentence[hit.start] for hit in by_header["present"] if hit.start not in idle}
        self._of_sentence: dict[int, str] = {}
        for header in _CONTEXTS:
            for hit in (hit for hit in by_header[header] if hit.start not in own or hit.end - 1 not in own):
                self._of_sentence.setdefault(self._sentence[hit.start], header)

    def around(self, hit: Hit) -> str | None:
        """What takes the edge off a phrase: "negation", one of the contexts, or nothing."""
        if self.denial_of(hit) is not None or self._ends_denied(hit):
            return "negation"
        at = self._sentence[hit.start]
        header = self._of_sentence.get(at)
        return None if header == "past" and at in self._present else header

    def denial_of(self, hit: Hit) -> int | None:
        """Where the negation ends that stands close before a phrase, in its sentence, with no new start between."""
        at = bisect_left(self._negations, hit.start + 1) - 1
        end = self._negations[at] if at >= 0 else None
        if end is None or hit.start - end > NEGATION_REACH or self._sentence[end - 1] != self._sentence[hit.start]:
            return None
        if COMMA in self._pieces.breaks[end : hit.start + 1]:
            return None
        return None if _RESTARTS.intersection(self._pieces.words[end : hit.start]) else end

    def _ends_denied(self, hit: Hit) -> bool:
        """Whether the last word after a gap is denied: "where the needle was, not swollen"."""
        elements = hit.entry.phrase.split()
        after_gap = elements[-2:-1] == [".."] and _NEGATORS.isdisjoint(hit.entry.phrase.replace("|", " ").split())
        return after_gap and self._pieces.words[hit.end - 2] in _NEGATORS


def _sentences(breaks: Sequence[int]) -> list[int]:
    """The number of the sentence each word stands in."""
    numbers: list[int] = []
    current = 0
    for before in breaks:
        current += before == SENTENCE
        numbers.append(current)
    return numbers
