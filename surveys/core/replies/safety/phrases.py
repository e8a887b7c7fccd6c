"""Phrase lists as data: read them, hold them as one tree of words, find every phrase of a text in one pass.

A list file has headers in brackets and one phrase a line. In a phrase `a|b` is either word, `?a` may be missing,
`@body` is any word of a class, `..` is up to four words of any kind, `#` starts a comment.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from surveys.core.replies.safety.normalise import SENTENCE

LONGEST_GAP = 4


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


@dataclass(slots=True)
class _Node:
    next: dict[str, "_Node"] = field(default_factory=dict)
    gap: "_Node | None" = None
    entries: list[Entry] = field(default_factory=list)


def read_list(content: str) -> Iterator[Entry]:
    """Yield the phrases of one list file, each with the header above it."""
    header = ""
    for raw in content.splitlines():
        line = raw.partition("#")[0].strip()
        if line.startswith("["):
            header = line.strip("[]")
        elif line:
            yield Entry(header, line)


def variants(phrase: str) -> Iterator[tuple[str, ...]]:
    """Yield every plain sequence a phrase stands for: alternatives chosen, optional words kept and left out."""
    choices: list[list[str]] = []
    for element in phrase.split():
        options = element.removeprefix("?").split("|")
        choices.append([*options, ""] if element.startswith("?") else options)
    for chosen in product(*choices):
        yield tuple(word for word in chosen if word)


class PhraseTree:
    """All phrases as one tree; finding costs a bounded number of steps for each word of the text."""

    def __init__(self, entries: Iterable[Entry], classes: Mapping[str, Sequence[str]], rewrite: Mapping[str, str]) -> None:
        """Build from entries; `classes` maps a word to its class names, `rewrite` a word to its full form."""
        self._root = _Node()
        self._classes = classes
        self._rewrite = rewrite
        for entry in entries:
            for sequence in variants(entry.phrase):
                self._add(sequence, entry)

    def _add(self, sequence: tuple[str, ...], entry: Entry) -> None:
        dropped = [word for word in sequence if self._rewrite.get(word, word) == ""]
        if dropped:
            raise ValueError(f"{entry.phrase!r}: {dropped[0]!r} is dropped from every text, so the phrase must not use it")
        node = self._root
        for element in " ".join(self._rewrite.get(word, word) for word in sequence).split():
            if element == "..":
                node.gap = node.gap or _Node()
                node = node.gap
            else:
                node = node.next.setdefault(element, _Node())
        node.entries.append(entry)

    def words(self) -> set[str]:
        """Every plain word that occurs in a phrase."""
        found: set[str] = set()
        stack = [self._root]
        while stack:
            node = stack.pop()
            found.update(word for word in node.next if not word.startswith("@"))
            stack.extend(node.next.values())
            if node.gap:
                stack.append(node.gap)
        return found

    def find(self, words: Sequence[str], breaks: Sequence[int]) -> list[Hit]:
        """Find every phrase; none reaches over the end of a sentence."""
        hits: list[Hit] = []
        first = self._root.next
        for start, word in enumerate(words):
            for key in (word, *self._classes.get(word, ())):
                node = first.get(key)
                if node:
                    self._walk(node, start, words, breaks, hits)
        return hits

    def _walk(self, node: _Node, start: int, words: Sequence[str], breaks: Sequence[int], hits: list[Hit]) -> None:
        """Follow one beginning to all its ends; depth and gaps are bounded by the lists, not by the text."""
        stack = [(node, start + 1)]
        while stack:
            node, at = stack.pop()
            hits.extend(Hit(start, at, entry) for entry in node.entries)
            if node.gap:
                stack.extend((node.gap, at + skip) for skip in _gap_lengths(at, breaks))
            if at < len(words) and breaks[at] != SENTENCE:
                word = words[at]
                for key in (word, *self._classes.get(word, ())):
                    if key in node.next:
                        stack.append((node.next[key], at + 1))


def _gap_lengths(at: int, breaks: Sequence[int]) -> Iterator[int]:
    """Yield how many words a gap at `at` may swallow without leaving the sentence."""
    yield 0
    for skip in range(1, LONGEST_GAP + 1):
        if at + skip > len(breaks) or breaks[at + skip - 1] == SENTENCE:
            return
        yield skip
