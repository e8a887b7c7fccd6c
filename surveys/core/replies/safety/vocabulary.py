"""Bring the words of a text to the words of the lists: full forms, repaired typos, classes of like meaning."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from surveys.core.replies.learnt.normalise import Pieces, cut, unleet
from surveys.core.replies.safety.numbers import kind_of_number

TYPO_LENGTH = 5  # Clinical content, section 4.2 point 2: typo distance 1 on words of five letters and more.
MOST_REPAIRS = 300  # different words up to which slips are repaired; an SMS has at most 1,600 characters
LONGEST_REPAIR = 28
SHORTEST_RUN, LONGEST_PART = 7, 14  # letters of words run together, and of each of them
_GLUE_WORDS = "i a y to me my no not can die end all de la el go on in it is que mi se ya am be"
_QUANTITY = re.compile(r"[0-9]+[a-z]{1,3}")  # "5h" are five hours of sleep and no letters in disguise
_GLUE = frozenset(_GLUE_WORDS.split())  # short words that may stand in words run together


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the lists know about single words."""

    rewrite: Mapping[str, str]
    classes: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    alike: Mapping[tuple[str, int], list[str]]  # list words by two letters at either end, and by length

    def read(self, text: str) -> Pieces:
        """Cut a text and bring every word to the form the lists use."""
        words: list[str] = []
        breaks: list[int] = []
        pending = 0
        parts_of: dict[str, list[str]] = {}
        raw = cut(text)
        for word, before in zip(raw.words, raw.breaks, strict=True):
            if before > pending:
                pending = before
            if word not in parts_of:
                parts_of[word] = self._parts(word, may_repair=len(parts_of) < MOST_REPAIRS)
            for part in parts_of[word]:
                words.append(part)
                breaks.append(pending)
                pending = 0
        return Pieces(words, breaks)

    def _parts(self, word: str, *, may_repair: bool) -> list[str]:
        """The list words one written word stands for; none where it carries no meaning."""
        if word[0] in "0123456789" and (word.isdigit() or not word.isalnum()):
            return [kind_of_number(word)]
        if word not in self.known and may_repair:
            word = self.repair(word)
        return [part for one in word.split() for part in self.rewrite.get(one, one).split()]

    def repair(self, word: str) -> str:
        """The list word a misspelt word stands for (possibly several words run together), else the word itself."""
        if word.isdigit() or len(word) > LONGEST_REPAIR or _QUANTITY.fullmatch(word):
            return word
        for candidate in (unleet(word), _squeeze(word, 2), _squeeze(word, 1)):
            if candidate in self.known:
                return candidate
        return self._one_slip(_squeeze(word, 2)) or self._run_together(word) or word

    def _one_slip(self, word: str) -> str | None:
        """The list word one slip away; one slip leaves two letters at one end of the word as they were."""
        if len(word) < TYPO_LENGTH or not word.isalpha():
            return None
        lengths = (len(word), len(word) - 1, len(word) + 1)
        keys = product(lengths, ("<" + word[:2], ">" + word[-2:]))
        candidates = (candidate for length, end in keys for candidate in self.alike.get((end, length), ()))
        return next((candidate for candidate in candidates if _one_edit(word, candidate)), None)

    def _run_together(self, word: str) -> str | None:
        """Split "wanttodie" into list words; every part has to be one, so ordinary words stay whole."""
        if len(word) < SHORTEST_RUN:
            return None
        best: list[str | None] = [""] + [None] * len(word)
        for end in range(1, len(word) + 1):
            starts = range(max(0, end - LONGEST_PART), end)
            cuts = (
                f"{best[start]} {word[start:end]}"
                for start in starts
                if best[start] is not None and self._part(word[start:end])
            )
            best[end] = next(cuts, None)
        return best[-1].strip() if best[-1] else None

    def _part(self, part: str) -> bool:
        """Whether letters can be one of the words in words run together."""
        return part in self.known and (len(part) > 3 or part in _GLUE)


def words_of_classes(class_lines: Mapping[str, str], rewrite: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The words of every class, from lines that give them; words stand in the form texts have once they are read."""
    return {
        name: frozenset(
            part for member in members.split() for part in [rewrite.get(member, member)] if part and " " not in part
        )
        for name, members in class_lines.items()
    }


def build(
    rewrite: Mapping[str, str], classes: Mapping[str, frozenset[str]], phrase_words: Iterable[str], plain: Iterable[str]
) -> Vocabulary:
    """Build from the spelling list, the classes, all words of the phrases, and plain words never to be repaired."""
    names: dict[str, list[str]] = defaultdict(list)
    for name, members in classes.items():
        for member in members:
            names[member].append("@" + name)
    dangerous = {word for word in (*phrase_words, *names) if word.isalpha()}
    alike: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in sorted(word for word in dangerous if len(word) >= TYPO_LENGTH):
        alike["<" + word[:2], len(word)].append(word)
        alike[">" + word[-2:], len(word)].append(word)
    known = frozenset({*dangerous, *rewrite, *plain})
    return Vocabulary(rewrite, {word: tuple(sorted(found)) for word, found in names.items()}, known, dict(alike))


def _squeeze(word: str, most: int) -> str:
    """Shorten every run of one letter to at most `most`."""
    kept: list[str] = []
    for letter in word:
        if kept[-most:] != [letter] * most:
            kept.append(letter)
    return "".join(kept)


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter added, lost, changed, or two neighbours swapped turns `a` into `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
