"""The words that mean each option of a choice question: its label, listed synonyms, equal wordings, telling parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import NUMBER, PhraseSet
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import joined

_TELLING_LENGTH = 4


_SHORTEST_PLURAL = 3


_WIDEST_RANGE = 20


_FEWEST_ALIKE = 2


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """An option list made ready for reading."""

    labels: PhraseSet
    words: frozenset[str]
    shared: dict[str, frozenset[str]]
    codes: dict[str, str]
    none_code: str | None
    single: bool


@lru_cache(maxsize=512)
def vocabulary_of(question: Question) -> Vocabulary:
    """Patterns for every label, listed synonym and equal wording that belongs to one option only."""
    wordings: dict[str, set[str]] = {}
    for option in question.options:
        for text in (option.label, *option.synonyms):
            for pattern in _label_patterns(text):
                wordings.setdefault(pattern, set()).add(option.code)
    for pattern, code in _without_common(question):
        wordings.setdefault(pattern, set()).add(code)
    for pattern, code in _equal_wordings(wordings):
        if not _of_several(question, pattern):
            wordings.setdefault(pattern, set()).add(code)
    parts_of = (_firstwords_of, _beginnings_of, _counts_of)
    for pattern, code in (each for part in parts_of for each in part(question)):
        wordings.setdefault(pattern, set()).add(code)
    unique = {pattern: codes for pattern, codes in wordings.items() if len(codes) == 1}
    parts = {word for pattern in wordings for part in pattern.split() for word in part.rstrip("?").split("|")}
    words = {word for word in parts if word.isalnum()}
    return Vocabulary(
        labels=PhraseSet((pattern, next(iter(codes))) for pattern, codes in sorted(unique.items())),
        words=frozenset(word for word in words if len(word) > 1),
        shared=_shared_words(question),
        codes={_folded_code(option.code): option.code for option in question.options},
        none_code=_none_code(question),
        single=question.type == "single_choice",
    )


def _folded_code(code: str) -> str:
    return "".join(token.text for token in tokenise(clean(code)))


def _label_patterns(text: str) -> set[str]:
    """A label as patterns: articles may be missing, plurals may change, "heat or ice" is either."""
    words = [token.text for token in tokenise(clean(text)) if token.kind in {"word", "number"} or token.text == "/"]
    parts: list[list[str]] = [[]]
    for word in words:
        if word in LEXICON.words("alternative_words"):
            parts.append([])
        else:
            parts[-1].append(word)
    alternatives = [words, _without_opener(words)] + (parts if len(parts) > 1 and all(parts) else [])
    return {pattern for each in alternatives if (pattern := _loose([word for word in each if word != "/"]))}


def _without_opener(words: list[str]) -> list[str]:
    """ "No ride yet" for "I have no ride yet": a label without the words that only make it a sentence."""
    openers = LEXICON.words("label_openers")
    start = next((place for place, word in enumerate(words) if word not in openers), 0)
    return words[start:] if len(words) - start > 1 else words


def _loose(words: list[str]) -> str:
    loose = LEXICON.words("label_loose")
    if not words or all(word in loose for word in words):
        return " ".join(words)
    pattern = [
        part
        for word in words
        for part in (
            f"{word}?" if word in loose else "|".join(sorted(singular_and_plural(word))),
            *(["@clitics?"] if word in LEXICON.words("clitic_hosts") else []),
        )
    ]
    if len(words) > 1 and words[-1].endswith(tuple(LEXICON.words("plural_endings"))):
        pattern.insert(-1, f"{NUMBER}|@label_counts?")
    while pattern[0].endswith("?"):
        pattern = pattern[1:]
    while pattern[-1].endswith("?"):
        pattern = pattern[:-1]
    return " ".join(pattern)


def singular_and_plural(word: str) -> set[str]:
    """A word with its plural or singular, and where it may have one its other gender."""
    forms = {word}
    if len(word) >= _SHORTEST_PLURAL:
        forms |= {f"{word}s"}
        if word.endswith("es") and word[:-2] + "es" == word:
            forms |= {word[:-1]}
        if word.endswith("s") and not word.endswith("ss"):
            forms |= {word[:-1]}
        if word.endswith(("z", "r", "n", "l", "d", "sh", "ch", "x")):
            forms |= {f"{word}es"}
    if len(word) >= _TELLING_LENGTH:
        forms |= {f"{word[:-1]}{other}" for other, own in _genders().items() if word.endswith(own)}
    return forms


@lru_cache(maxsize=1)
def _genders() -> dict[str, str]:
    return LEXICON.pairs("gender_pairs")


def _firstwords_of(question: Question) -> list[tuple[str, str]]:
    """ "Several" for "Several days": the first telling word of a label where no other label holds it."""
    shared = _shared_words(question)
    dull = LEXICON.words("degree") | LEXICON.words("label_loose") | LEXICON.words("not_telling") | LEXICON.words("body")
    counted = LEXICON.union("unit_")
    added = []
    for option in question.options:
        words = [token.text for token in tokenise(clean(option.label)) if token.kind == "word"]
        telling = [word for word in words if word not in (dull | counted if _holds_number(option.label) else dull)]
        if (
            not words
            or words[0] in LEXICON.words("half_hearted")
            or (words[1:2] and words[1] in LEXICON.words("of_words"))
        ):
            continue
        if len(words) > 1 and telling and _tells(telling[0]) and len(shared[telling[0]]) == 1:
            added.append((_clause_of(telling[0]), option.code))
        if len(words) == 2 and telling == words and len(words[1]) > _TELLING_LENGTH and len(shared[words[1]]) == 1:
            added += [] if words[0] in LEXICON.words("denial") else [(_clause_of(words[1]), option.code)]
    return added


def _without_common(question: Question) -> list[tuple[str, str]]:
    """ "a rough one" for "Rough day" where every option is some kind of day."""
    labels = [[token.text for token in tokenise(clean(option.label))] for option in question.options]
    if question.type != "single_choice" or len(labels) < _FEWEST_ALIKE or any(len(label) != 2 for label in labels):
        return []
    first, last = ({label[place] for label in labels} for place in (0, 1))
    if len(last) > 1 or len(first) < len(labels):
        return []
    pairs = zip(labels, question.options, strict=True)
    said = [(label[0], option.code) for label, option in pairs]
    return [each for word, code in said for each in ((_clause_of(word), code), (f"{word} @one_pronouns", code))]


def _holds_number(label: str) -> bool:
    return any(token.kind == "number" for token in tokenise(clean(label)))


def _counts_of(question: Question) -> list[tuple[str, str]]:
    """ "twice", "three times" for "2 or 3 times": each count that a label's range holds."""
    added = []
    for option in question.options:
        tokens = tokenise(clean(option.label))
        numbers = [int(token.text) for token in tokens if token.kind == "number" and token.text.isdecimal()]
        rest = [token.text for token in tokens if token.kind != "number"]
        joined_by = set(rest[:-1])
        if len(numbers) != 2 or len(tokens) != 4 or not joined_by <= LEXICON.words("range_joins"):
            continue
        for value in range(numbers[0], min(numbers[1], numbers[0] + _WIDEST_RANGE) + 1):
            added += [(_clause_of(said), option.code) for said in _said_counts(value, rest[-1])]
    return added


def _said_counts(value: int, noun: str) -> list[str]:
    """How a count of some noun is said in words: before the noun, and once or twice for times."""
    spelled = LEXICON.pairs("small_numbers").items()
    said = [f"{word} {noun}" for word, figure in spelled if figure == str(value)]
    counted = [line.split() for line in LEXICON.lines("counting_words")]
    alone = [word for word, figure in counted if figure == str(value) and noun in LEXICON.words("unit_times")]
    return [*said, *alone]


def _tells(word: str) -> bool:
    return len(word) > _TELLING_LENGTH or word in LEXICON.words("adjectives")


def _clause_of(word: str) -> str:
    """The pattern of one word that is a clause of its own, but for a few words that lead to it and one behind it."""
    return f"^ @alone_leads? @alone_leads? @alone_leads? @alone_leads? {word} @alone_trails? $"


def _alone(words: list[str]) -> str:
    """The pattern of some words that are a clause of their own, but for an article and up to two filling words."""
    return f"^ @article? {' '.join(words)} ~2@filler $"


def _beginnings_of(question: Question) -> list[tuple[str, str]]:
    """ "More than half" for "More than half the days": two or more first words that end in a telling one."""
    dull = LEXICON.words("degree") | LEXICON.words("not_telling") | LEXICON.words("denial") | LEXICON.words("filler")
    dull |= LEXICON.words("label_loose") | LEXICON.words("alternative_words")
    added = []
    for option in question.options:
        words = [token.text for token in tokenise(clean(option.label)) if token.kind == "word"]
        ends = [end for end in range(2, len(words)) if words[end - 1] not in dull]
        added += [(_alone(words[:end]), option.code) for end in ends]
    return added


def _equal_wordings(wordings: dict[str, set[str]]) -> list[tuple[str, str]]:
    """For each group of equals that one option's wording belongs to, the rest of the group.

    The members of a wider group ("wife" of "relative") are added with it, but do not make a label belong to it.
    """
    added: list[tuple[str, str]] = []
    sets = {pattern: PhraseSet([(pattern, "")]) for pattern in wordings}
    for name in LEXICON.names("equal_"):
        group = [(line, tokenise(plain)) for line in LEXICON.lines(name) for plain in _plain_texts(line)]
        owners = {
            code
            for _, tokens in group
            for pattern, codes in wordings.items()
            if sets[pattern].whole(tokens)
            for code in codes
        }
        if len(owners) == 1:
            members = LEXICON.names(name.replace("equal_", "members_"))
            added += [(line, next(iter(owners))) for each in (name, *members) for line in LEXICON.lines(each)]
    return added


def _of_several(question: Question, pattern: str) -> bool:
    """ "morning" where "Early morning" and "Late morning" are offered: every telling word is one of two labels."""
    shared, loose = _shared_words(question), LEXICON.words("label_loose")
    telling = [
        {code for form in singular_and_plural(word) for code in shared.get(form, ())}
        for word in pattern.replace("?", "").split()
        if word not in loose
    ]
    return bool(telling) and len(set.intersection(*telling)) > 1


def _plain_texts(line: str) -> set[str]:
    """Plain texts that a pattern matches: each of its words in turn, beside the first ones of the other elements."""
    parts = [part.rstrip("?").split("|") for part in line.split()]
    first = [words[0] for words in parts]
    return {
        " ".join((*first[:place], word, *first[place + 1 :])) for place, words in enumerate(parts) for word in words
    }


@lru_cache(maxsize=512)
def _shared_words(question: Question) -> dict[str, frozenset[str]]:
    """Words of labels with the options whose labels hold them: "worse" fits two."""
    found: dict[str, set[str]] = {}
    idle = LEXICON.words("label_loose") | LEXICON.words("degree")
    for option in question.options:
        for token in tokenise(clean(" . ".join((option.label, *option.synonyms)))):
            if token.kind == "word" and token.text not in idle:
                found.setdefault(token.text, set()).add(option.code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _none_code(question: Question) -> str | None:
    for option in question.options:
        words = [token.text for token in tokenise(clean(option.label))]
        denied = len(words) > 1 and words[0] in LEXICON.words("denial") and words[-1] in LEXICON.words("anything_words")
        if words and (words[0] in LEXICON.words("none_words") or denied):
            return option.code
    return None


def option_labelled(question: Question, text: str) -> str | None:
    """The code of the one option whose label or listed synonym is this text, capitals and punctuation not counted."""
    words = joined(tokenise(clean(text)))
    owners = {
        option.code
        for option in question.options
        for each in (option.label, *option.synonyms)
        if words_of(each) == words
    }
    return owners.pop() if len(owners) == 1 else None


@lru_cache(maxsize=4096)
def words_of(label: str) -> str:
    """The folded words of a label with single spaces between them."""
    return joined(tokenise(clean(label)))
