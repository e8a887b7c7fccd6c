"""Parts of a label that stand for the whole: its telling word, its beginning, its degree, a count it holds."""

from __future__ import annotations

from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.reading import Question

_TELLING_LENGTH = 4
_WIDEST_RANGE = 20
_SHORT_LABEL = 4
_FEWEST_ALIKE = 2


def firstwords_of(question: Question) -> list[tuple[str, str]]:
    """ "Several" for "Several days": the first telling word of a label where no other label holds it."""
    shared = shared_words(question)
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
        if len(words) <= _SHORT_LABEL and not set(words) & LEXICON.words("denial"):
            added += [(_clause_of(word), option.code) for word in telling if _identifies(word, shared)]
        if len(words) == 2 and telling == words[1:] and _identifies(words[1], shared):
            added += [] if words[0] in LEXICON.words("denial") else [(_clause_of(words[1]), option.code)]
    return added


def _holds_number(label: str) -> bool:
    return any(token.kind == "number" for token in tokenise(clean(label)))


def _identifies(word: str, shared: dict[str, frozenset[str]]) -> bool:
    """Whether a word alone can mean the one label that holds it: a noun such as "norte", and no unit or fraction."""
    dull = (
        LEXICON.union("unit_") | LEXICON.words("fraction_words") | LEXICON.words("filler") | LEXICON.words("right_ok")
    )
    return len(word) >= _TELLING_LENGTH and len(shared.get(word, ())) == 1 and word not in dull


def without_common(question: Question) -> list[tuple[str, str]]:
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


def heads_of(question: Question) -> list[tuple[str, str]]:
    """ "some" for "Some of it" where other labels end in the same words."""
    labels = {option.code: [token.text for token in tokenise(clean(option.label))] for option in question.options}
    tails = [words[1:] for words in labels.values()]
    return [(f"^^ {words[0]} $$", code) for code, words in labels.items() if words[1:] and tails.count(words[1:]) > 1]


def degrees_of(question: Question) -> list[tuple[str, str]]:
    """ "very" for "Very hard" where the labels differ in their degree and end in one word."""
    labels = {option.code: [token.text for token in tokenise(clean(option.label))] for option in question.options}
    ends = [words[-1] for words in labels.values() if len(words) > 1]
    degrees = LEXICON.words("degree") | LEXICON.words("adverbs_of_degree") | LEXICON.words("article")
    return [
        (f"^^ {' '.join(words[:-1])} $$", code)
        for code, words in labels.items()
        if len(words) > 1 and ends.count(words[-1]) > 1 and set(words[:-1]) <= degrees
    ]


def counts_of(question: Question) -> list[tuple[str, str]]:
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
    return f"^ @alone_leads? @alone_leads? @alone_leads? @alone_leads? {word} @alone_trails? @alone_trails? $"


def _alone(words: list[str]) -> str:
    """The pattern of some words that are a clause of their own, but for an article and up to two filling words."""
    return f"^ @article? {' '.join(words)} ~2@filler $"


def beginnings_of(question: Question) -> list[tuple[str, str]]:
    """ "More than half" for "More than half the days": two or more first words that end in a telling one."""
    dull = LEXICON.words("degree") | LEXICON.words("not_telling") | LEXICON.words("denial") | LEXICON.words("filler")
    dull |= LEXICON.words("label_loose") | LEXICON.words("alternative_words")
    added = []
    for option in question.options:
        words = [token.text for token in tokenise(clean(option.label)) if token.kind == "word"]
        ends = [end for end in range(2, len(words)) if words[end - 1] not in dull]
        added += [(_alone(words[:end]), option.code) for end in ends]
    return added


@lru_cache(maxsize=512)
def shared_words(question: Question) -> dict[str, frozenset[str]]:
    """Words of labels with the options whose labels hold them: "worse" fits two."""
    found: dict[str, set[str]] = {}
    idle = LEXICON.words("label_loose") | LEXICON.words("degree")
    for option in question.options:
        for token in tokenise(clean(" . ".join((option.label, *option.synonyms)))):
            if token.kind == "word" and token.text not in idle:
                found.setdefault(token.text, set()).add(option.code)
    return {word: frozenset(codes) for word, codes in found.items()}
