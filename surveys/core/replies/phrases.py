"""A small pattern language over words, so that wordings are data: `stop|quit ~2 texts|messages`.

Elements stand between spaces: `a|b` one of these words, `@name` a word list, a trailing `?` may be missing, `~n` up to
n words of any kind but denials, `~n@name` up to n words of a list, `<n>` a number, `^` and `$` the start and end of a
clause (`$` also as one of several), `^^` and `$$` those of the whole text. A match never crosses punctuation. A pattern
has a fixed number of elements and `~n` is at most nine, so matching costs at most len(pattern) * 10 steps at each word:
linear in any text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.tokens import Token, Tokens

MAX_GAP = 9
NUMBER = "<n>"
_ANCHORS = frozenset({"^", "$", "^^", "$$"})


@dataclass(frozen=True, slots=True)
class Element:
    """One step of a pattern."""

    words: frozenset[str]
    optional: bool = False
    gap: int = 0
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found (token places, end exclusive) and what the list says it means."""

    start: int
    end: int
    label: str


class PhraseSet:
    """Patterns ready to be searched for together; each carries a label."""

    def __init__(self, patterns: Iterable[tuple[str, str]]) -> None:
        self._anywhere: list[tuple[tuple[Element, ...], str]] = []
        self._by_first: dict[str, list[tuple[tuple[Element, ...], str]]] = {}
        for source, label in patterns:
            self._add(parse(source), label)

    def _add(self, elements: tuple[Element, ...], label: str) -> None:
        for word in _first_words(elements):
            self._by_first.setdefault(word, []).append((elements, label))

    def all(self, tokens: Tokens) -> list[Match]:
        """Every place where a pattern matches, in order; at one place the longest match only."""
        found = (self._longest_at(tokens, place) for place in range(len(tokens)))
        return [match for match in found if match]

    def first(self, tokens: Tokens) -> Match | None:
        """The first match, or None."""
        return next((match for place in range(len(tokens)) if (match := self._longest_at(tokens, place))), None)

    def whole(self, tokens: Tokens) -> Match | None:
        """A match that covers all tokens."""
        match = self._longest_at(tokens, 0) if tokens else None
        return match if match and match.end == len(tokens) else None

    def _longest_at(self, tokens: Tokens, place: int) -> Match | None:
        token = tokens[place]
        best: Match | None = None
        for elements, label in self._by_first.get(NUMBER if token.kind == "number" else token.text, ()):
            end = _end_of(elements, tokens, place)
            if end > place and (best is None or end > best.end):
                best = Match(place, end, label)
        return best


def parse(source: str) -> tuple[Element, ...]:
    """The elements of one pattern.

    Raises:
        ValueError: a gap of more than nine words, or a pattern that does not begin with a word, number or anchor.
    """
    elements = tuple(_element(part) for part in source.split())
    first = next((each for each in elements if not each.anchor), None)
    if first is None or first.gap:
        raise ValueError(f"pattern {source!r} must begin with a word")
    return elements


def _element(part: str) -> Element:
    if part in _ANCHORS:
        return Element(frozenset(), anchor=part)
    if part.startswith("~"):
        length, _, name = part[1:].partition("@")
        if int(length) > MAX_GAP:
            raise ValueError(f"a gap of {length} words is more than {MAX_GAP}")
        return Element(LEXICON.words(name) if name else frozenset(), gap=int(length))
    optional = part.endswith("?")
    words: set[str] = set()
    for word in part.rstrip("?").split("|"):
        words |= LEXICON.words(word[1:]) if word.startswith("@") else {word}
    return Element(frozenset(words), optional=optional)


def _first_words(elements: tuple[Element, ...]) -> set[str]:
    """The words a match can begin with: those of the leading optional elements and of the first needed one."""
    words: set[str] = set()
    for element in elements:
        if element.anchor or element.gap:
            continue
        words |= element.words
        if not element.optional:
            break
    return words


def _end_of(elements: tuple[Element, ...], tokens: Tokens, start: int) -> int:
    """The furthest place where the pattern can end when it starts here, or -1."""
    places = {start}
    for element in elements:
        places = _advance(element, tokens, places, start)
        if not places:
            return -1
    return max(places)


def _advance(element: Element, tokens: Tokens, places: set[int], start: int) -> set[int]:
    if element.anchor:
        return {place for place in places if _anchored(element.anchor, tokens, place)}
    reached = set(places) if element.optional or element.gap else set()
    if "$" in element.words:
        reached |= {place for place in places if _anchored("$", tokens, place)}
    for place in places:
        for step in range(element.gap or 1):
            at = place + step
            if at >= len(tokens) or (at > start and tokens[at].gap):
                break
            if not _steps_over(element, tokens[at]):
                break
            reached.add(at + 1)
    return reached


def _steps_over(element: Element, token: Token) -> bool:
    if element.gap and not element.words:
        return token.text not in LEXICON.words("gap_stoppers")
    return (NUMBER if token.kind == "number" else token.text) in element.words


def _anchored(anchor: str, tokens: Tokens, place: int) -> bool:
    if anchor == "^":
        return place == 0 or bool(tokens[place].gap)
    if anchor == "^^":
        return place == 0
    return place == len(tokens) or (anchor == "$" and bool(tokens[place].gap))


@cache
def phrases(*names: str) -> PhraseSet:
    """The patterns of some lists of the lexicon; each match's label is the list's name."""
    return PhraseSet((line, name) for name in names for line in LEXICON.lines(name))


def iter_sources() -> Iterator[tuple[str, str]]:
    """Every pattern list with its lines, for checks of the word lists themselves."""
    for name in LEXICON.names(""):
        for line in LEXICON.lines(name):
            yield name, line
