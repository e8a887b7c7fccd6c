"""The words that mean each option of a choice question: its label, listed synonyms, equal wordings, telling parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import NUMBER, PhraseSet
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import joined
from surveys.core.replies.values.label_parts import (
    beginnings_of,
    counts_of,
    degrees_of,
    firstwords_of,
    heads_of,
    shared_words,
    without_common,
)

_TELLING_LENGTH = 4


_SHORTEST_PLURAL = 3


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
    said = {token.text for option in question.options for token in tokenise(clean(option.label))}
    for option in question.options:
        for text in (option.label, *option.synonyms):
            for pattern in _label_patterns(text, frozenset(said)):
                wordings.setdefault(pattern, set()).add(option.code)
    for pattern, code in without_common(question):
        wordings.setdefault(pattern, set()).add(code)
    for pattern, code in _equal_wordings(question, wordings):
        if not _of_several(question, pattern):
            wordings.setdefault(pattern, set()).add(code)
    parts_of = (firstwords_of, beginnings_of, counts_of, degrees_of, heads_of)
    for pattern, code in (each for part in parts_of for each in part(question)):
        wordings.setdefault(pattern, set()).add(code)
    shared = [tokenise(text) for text in texts_of_several(question)]
    unique = {
        pattern: codes
        for pattern, codes in wordings.items()
        if len(codes) == 1 and not any(PhraseSet([(pattern, "")]).first(tokens) for tokens in shared)
    }
    parts = {word for pattern in wordings for part in pattern.split() for word in part.rstrip("?").split("|")}
    words = {word for word in parts if word.isalnum()}
    return Vocabulary(
        labels=PhraseSet((pattern, next(iter(codes))) for pattern, codes in sorted(unique.items())),
        words=frozenset(word for word in words if len(word) > 1),
        shared=shared_words(question),
        codes={_folded_code(option.code): option.code for option in question.options},
        none_code=_none_code(question),
        single=question.type == "single_choice",
    )


@lru_cache(maxsize=512)
def texts_of_several(question: Question) -> frozenset[str]:
    """Labels and synonyms that two options have in common, which no other wording may give to one of them."""
    owners: dict[str, set[str]] = {}
    for option in question.options:
        for text in (option.label, *option.synonyms):
            owners.setdefault(words_of(text), set()).add(option.code)
    return frozenset(text for text, codes in owners.items() if len(codes) > 1)


def _folded_code(code: str) -> str:
    return "".join(token.text for token in tokenise(clean(code)))


def _label_patterns(text: str, said: frozenset[str]) -> set[str]:
    """A label as patterns: articles may be missing, plurals may change, "heat or ice" is either."""
    words = [token.text for token in tokenise(clean(text)) if token.kind in {"word", "number"} or token.text == "/"]
    parts: list[list[str]] = [[]]
    for word in words:
        if word in LEXICON.words("alternative_words"):
            parts.append([])
        else:
            parts[-1].append(word)
    alternatives = [words, _without_opener(words), *_denied_otherwise(words)]
    alternatives += parts if len(parts) > 1 and all(parts) else []
    return {pattern for each in alternatives if (pattern := _loose([word for word in each if word != "/"], said))}


def _denied_otherwise(words: list[str]) -> list[list[str]]:
    """ "didnt sleep" for "Did not sleep", and the other way round."""
    apart = {short: [first, second] for short, first, second in map(str.split, LEXICON.lines("denied_forms"))}
    shorts = {tuple(pair): short for short, pair in apart.items()}
    found = []
    for place in range(len(words)):
        if (short := shorts.get(tuple(words[place : place + 2]))) is not None:
            found.append([*words[:place], short, *words[place + 2 :]])
        if words[place] in apart:
            found.append([*words[:place], *apart[words[place]], *words[place + 1 :]])
    return found


def _without_opener(words: list[str]) -> list[str]:
    """ "No ride yet" for "I have no ride yet": a label without the words that only make it a sentence."""
    openers = LEXICON.words("label_openers")
    start = next((place for place, word in enumerate(words) if word not in openers), 0)
    return words[start:] if len(words) - start > 1 else words


def _loose(words: list[str], said: frozenset[str]) -> str:
    loose = LEXICON.words("label_loose")
    if not words or all(word in loose for word in words):
        return " ".join(words)
    pattern = [
        part
        for word in words
        for part in (
            f"{word}?" if word in loose else "|".join(sorted(singular_and_plural(word) | (_as_strong(word) - said))),
            *(["@denial_stress? @denial_stress?"] if word == words[0] and word in LEXICON.words("denial") else []),
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


def _as_strong(word: str) -> frozenset[str]:
    """ "super", "extremely" for "very"."""
    lists = (line.split() for line in LEXICON.lines("as_strong"))
    return frozenset(other for plain, *others in lists if plain == word for other in others)


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


def _equal_wordings(question: Question, wordings: dict[str, set[str]]) -> list[tuple[str, str]]:
    """For each group of equals that one option's wording belongs to, the rest of the group.

    The members of a wider group ("wife" of "relative") are added with it, but do not make a label belong to it.
    """
    added: list[tuple[str, str]] = []
    taken = shared_words(question)
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
            (owner,) = owners
            members = LEXICON.names(name.replace("equal_", "members_"))
            lines = [line for each in (name, *members) for line in LEXICON.lines(each)]
            added += [(line, owner) for line in lines if line not in taken or owner in taken[line]]
    return added


def _of_several(question: Question, pattern: str) -> bool:
    """ "morning" where "Early morning" and "Late morning" are offered: every telling word is one of two labels."""
    shared, loose = shared_words(question), LEXICON.words("label_loose")
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


def _none_code(question: Question) -> str | None:
    for option in question.options:
        words = [token.text for token in tokenise(clean(option.label))]
        words = words[1:] if words and words[0] in LEXICON.words("none_leads") else words
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
