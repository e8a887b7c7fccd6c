"""Bring the words of a text to the words of the lists: full forms, repaired typos, classes of like meaning."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveys.core.replies.safety.normalise import Pieces, cut, unleet
from surveys.core.replies.safety.numbers import kind_of_number

TYPO_LENGTH = 5  # Clinical content, section 4.2 point 2: typo distance 1 on words of five letters and more.
MOST_REPAIRS = 400  # Unknown words repaired in one text; an SMS has at most 1,600 characters, so this is never reached by one.
LONGEST_REPAIR = 28
_FEW_LETTERS = frozenset("aiyou")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the lists know about single words."""

    rewrite: Mapping[str, str]
    classes: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    shortened: Mapping[str, tuple[str, ...]]  # every list word with one letter left out -> the words it may be

    def read(self, text: str) -> Pieces:
        """Cut a text and bring every word to the form the lists use."""
        raw = cut(text)
        words: list[str] = []
        breaks: list[int] = []
        repairs = MOST_REPAIRS
        pending = 0
        for word, before in zip(*_join_spelled_out(raw), strict=True):
            pending = max(pending, before)
            if word[0] in "0123456789" and not word.isalnum() or word.isdigit():
                word = kind_of_number(word)
            elif word not in self.known and repairs:
                repairs -= 1
                word = self.repair(word)
            for part in self.rewrite.get(word, word).split():
                words.append(part)
                breaks.append(pending)
                pending = 0
        return Pieces(words, breaks)

    def repair(self, word: str) -> str:
        """The list word a misspelt word stands for (possibly several words run together), else the word itself."""
        if word.isdigit() or len(word) > LONGEST_REPAIR:
            return word
        for candidate in (unleet(word), _squeeze(word, 2), _squeeze(word, 1)):
            if candidate in self.known:
                return candidate
        return self._one_slip(_squeeze(word, 2)) or self._run_together(word) or word

    def _one_slip(self, word: str) -> str | None:
        if len(word) < TYPO_LENGTH or not word.isalpha():
            return None
        for key in (word, *_deletions(word)):
            for candidate in self.shortened.get(key, ()):
                if len(candidate) >= TYPO_LENGTH and _one_edit(word, candidate):
                    return candidate
        return None

    def _run_together(self, word: str) -> str | None:
        """Split "wanttodie" into list words; every part has to be one, so ordinary words stay whole."""
        if len(word) < 7:
            return None
        best: list[str | None] = [""] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 14), end):
                head, part = best[start], word[start:end]
                if head is not None and part in self.known and (len(part) > 1 or part in _FEW_LETTERS):
                    best[end] = f"{head} {part}"
                    break
        found = best[-1]
        return found.strip() if found and len(found.split()) <= len(word) // 3 + 1 else None


def classes_of_words(class_lines: Mapping[str, str], rewrite: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The class names of every word, from lines that give the words of every class."""
    classes: dict[str, list[str]] = defaultdict(list)
    for name, members in class_lines.items():
        for member in members.split():
            classes[rewrite.get(member, member)].append("@" + name)
    return {word: tuple(names) for word, names in classes.items()}


def build(
    rewrite: Mapping[str, str], classes: Mapping[str, tuple[str, ...]], phrase_words: Iterable[str], plain: Iterable[str]
) -> Vocabulary:
    """Build from the spelling list, the classes, all words of the phrases, and plain words never to be repaired."""
    dangerous = {word for word in (*phrase_words, *classes) if word.isalpha()}
    shortened: dict[str, list[str]] = defaultdict(list)
    for word in sorted(dangerous):
        if len(word) >= TYPO_LENGTH:
            for key in {word, *_deletions(word)}:
                shortened[key].append(word)
    return Vocabulary(
        rewrite,
        classes,
        frozenset({*dangerous, *rewrite, *plain}),
        {key: tuple(found) for key, found in shortened.items()},
    )


def _join_spelled_out(pieces: Pieces) -> tuple[list[str], list[int]]:
    """Join three and more single letters in a row: "k i l l" is "kill"."""
    words: list[str] = []
    breaks: list[int] = []
    run: list[int] = []
    for at, word in enumerate([*pieces.words, ""]):
        if len(word) == 1 and word.isalpha():
            run.append(at)
            continue
        joined = ["".join(pieces.words[i] for i in run)] if len(run) > 3 else [pieces.words[i] for i in run]
        words.extend(joined)
        breaks.extend(pieces.breaks[i] for i in run[: len(joined)])
        run = []
        if word:
            words.append(word)
            breaks.append(pieces.breaks[at])
    return words, breaks


def _squeeze(word: str, most: int) -> str:
    """Shorten every run of one letter to at most `most`."""
    kept: list[str] = []
    for letter in word:
        if kept[-most:] != [letter] * most:
            kept.append(letter)
    return "".join(kept)


def _deletions(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter added, lost, changed, or two neighbours swapped turns `a` into `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
