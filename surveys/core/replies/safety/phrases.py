"""Phrase lists as data: read them, and find every phrase of a text.

A list file has headers in brackets and one phrase a line. In a phrase `a|b` is either word, `?a` may be missing,
`@body` is any word of a class, `..` is up to four words of any kind, `#` starts a comment. Words stand as they are
after spelling.txt: in their full form, and none that is dropped from texts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.core.replies.learnt.normalise import SENTENCE

LONGEST_GAP = 4
LONG_TEXT = 400  # words; an SMS of 1,600 characters has fewer
MOST_PLACES = 1000
_LOOK_BACK, _LOOK_AHEAD = 6, 18  # words around a place that decide what is found there

_Step = tuple[bool, frozenset[str]]  # whether a gap comes first, and the words that fit


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase of a list: the header it stands under and its own wording."""

    header: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in the words `start` to `end` (end not included)."""

    start: int
    end: int
    entry: Entry


def read_list(content: str) -> Iterator[Entry]:
    """Yield the phrases of one list file, each with the header above it."""
    header = ""
    for raw in content.splitlines():
        line = raw.partition("#")[0].strip()
        if line.startswith("["):
            header = line.strip("[]")
        elif line:
            yield Entry(header, line)


class Phrases:
    """All phrases by the words they can begin with; finding costs a bounded number of steps for each word of a text."""

    def __init__(
        self, entries: Iterable[Entry], classes: Mapping[str, frozenset[str]], rewrite: Mapping[str, str]
    ) -> None:
        """Compile entries; `classes` gives the words of a class, `rewrite` is the spelling list.

        Raises ValueError for a phrase with an unknown class or a word that never occurs in a text once it is read.
        """
        self.words: set[str] = set()
        self._starting: dict[str, list[tuple[tuple[_Step, ...], Entry]]] = defaultdict(list)
        for entry in entries:
            for elements in _with_and_without(entry.phrase.split()):
                (_, first), *steps = _steps(entry, elements, classes, rewrite)
                self.words.update(first, *(words for _, words in steps))
                for word in first:
                    self._starting[word].append((tuple(steps), entry))

    def find(self, words: Sequence[str], breaks: Sequence[int], starts: Iterable[int]) -> list[Hit]:
        """Find every phrase that begins at one of `starts`; none reaches over the end of a sentence."""
        hits: list[Hit] = []
        starting = self._starting
        for start in starts:
            for steps, entry in starting.get(words[start], ()):
                end = _end(steps, start + 1, words, breaks)
                if end:
                    hits.append(Hit(start, end, entry))
        return hits


def _with_and_without(elements: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield a phrase once for every way to keep or leave out its optional words."""
    if not elements:
        yield ()
        return
    for rest in _with_and_without(elements[1:]):
        yield (elements[0].removeprefix("?"), *rest)
        if elements[0].startswith("?"):
            yield rest


def _steps(
    entry: Entry, elements: Sequence[str], classes: Mapping[str, frozenset[str]], rewrite: Mapping[str, str]
) -> Iterator[_Step]:
    gap = False
    for element in elements:
        if element == "..":
            gap = True
            continue
        options: set[str] = set()
        for word in element.split("|"):
            if word.startswith("@") and word[1:] in classes:
                options |= classes[word[1:]]
            elif word.startswith("@") or word in rewrite:
                raise ValueError(
                    f"[{entry.header}] {entry.phrase!r}: write {word!r} as {rewrite.get(word, 'a class that exists')!r}"
                )
            else:
                options.add(word)
        yield gap, frozenset(options)
        gap = False


def _end(steps: Sequence[_Step], at: int, words: Sequence[str], breaks: Sequence[int]) -> int | None:
    """Where the rest of a phrase ends if it stands at `at`, else None; depth and gaps are bounded by the lists."""
    for done, (gap, fitting) in enumerate(steps):
        if gap:
            return _end_after_gap(steps[done:], at, words, breaks)
        if at >= len(words) or words[at] not in fitting or breaks[at] == SENTENCE:
            return None
        at += 1
    return at


def _end_after_gap(steps: Sequence[_Step], at: int, words: Sequence[str], breaks: Sequence[int]) -> int | None:
    fitting = steps[0][1]
    for place in range(at, min(at + LONGEST_GAP + 1, len(words))):
        if breaks[place] == SENTENCE:
            return None
        if words[place] in fitting:
            end = _end(steps[1:], place + 1, words, breaks)
            if end:
                return end
    return None


def places(words: Sequence[str]) -> tuple[Sequence[int], bool]:
    """Where to look for phrases, and whether that is everywhere.

    Every word of a text as long as an SMS can be. In a longer one a stretch that was seen before is not read again, and
    one with endless variety is read at its beginning and its end only: the caller tells a person so.
    """
    if len(words) <= LONG_TEXT:
        return range(len(words)), True
    seen: set[tuple[str, ...]] = set()
    chosen: list[int] = []
    for at in range(len(words)):
        around = tuple(words[max(0, at - _LOOK_BACK) : at + _LOOK_AHEAD])
        if around not in seen:
            if len(chosen) == MOST_PLACES:
                return [*chosen, *range(max(at, len(words) - LONG_TEXT), len(words))], False
            seen.add(around)
            chosen.append(at)
    return chosen, True
