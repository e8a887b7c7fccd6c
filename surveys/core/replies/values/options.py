"""Finds the options of a choice question in a reply: by code, by label, by an equal wording, by place in the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import Match, PhraseSet, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens, joined

_FUZZY_LENGTH = 4
_TWO_SLIPS = 8
_SHORTEST_PLURAL = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """One option found between two token places; `by` is code, label or place."""

    start: int
    end: int
    code: str
    by: str
    denied: bool = False


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
    for pattern, code in _equal_wordings(wordings):
        wordings.setdefault(pattern, set()).add(code)
    for pattern, code in (*_firstwords_of(question), *_beginnings_of(question)):
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
    words = [token.text for token in tokenise(clean(text)) if token.kind == "word" or token.text == "/"]
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
    while pattern[0].endswith("?"):
        pattern = pattern[1:]
    while pattern[-1].endswith("?"):
        pattern = pattern[:-1]
    return " ".join(pattern)


def singular_and_plural(word: str) -> set[str]:
    """A word with its plural or singular."""
    forms = {word}
    if len(word) >= _SHORTEST_PLURAL:
        forms |= {f"{word}s"}
        if word.endswith("es") and word[:-2] + "es" == word:
            forms |= {word[:-1]}
        if word.endswith("s") and not word.endswith("ss"):
            forms |= {word[:-1]}
        if word.endswith(("z", "r", "n", "l", "d", "sh", "ch", "x")):
            forms |= {f"{word}es"}
    return forms


def _firstwords_of(question: Question) -> list[tuple[str, str]]:
    """ "Several" for "Several days": the first telling word of a label where no other label holds it."""
    shared = _shared_words(question)
    dull = LEXICON.words("degree") | LEXICON.words("label_loose") | LEXICON.words("not_telling") | LEXICON.words("body")
    added = []
    for option in question.options:
        words = [token.text for token in tokenise(clean(option.label)) if token.kind == "word"]
        telling = [word for word in words if word not in dull]
        if not words or words[0] in LEXICON.words("half_hearted"):
            continue
        if len(words) > 1 and telling and len(telling[0]) > _FUZZY_LENGTH and len(shared[telling[0]]) == 1:
            added.append((f"^ @article? {telling[0]} $", option.code))
        if len(words) == 2 and telling == words and len(words[1]) > _FUZZY_LENGTH and len(shared[words[1]]) == 1:
            added += [] if words[0] in LEXICON.words("denial") else [(f"^ @article? {words[1]} $", option.code)]
    return added


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
    """For each group of equals that one option's wording belongs to, the rest of the group."""
    added: list[tuple[str, str]] = []
    sets = {pattern: PhraseSet([(pattern, "")]) for pattern in wordings}
    for name in LEXICON.names("equal_"):
        group = [(line, tokenise(_plain(line))) for line in LEXICON.lines(name)]
        owners = {
            code
            for _, tokens in group
            for pattern, codes in wordings.items()
            if sets[pattern].whole(tokens)
            for code in codes
        }
        if len(owners) == 1:
            added += [(line, next(iter(owners))) for line, _ in group]
    return added


def _plain(line: str) -> str:
    """A pattern as the plainest text it matches."""
    return " ".join(part.rstrip("?").split("|")[0] for part in line.split())


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


# -- finding ----------------------------------------------------------------------------------------------------------


def label_hits(question: Question, tokens: Tokens) -> list[Hit]:
    """Options named in words; longer wordings hide shorter ones, set phrases ("good evening") hide labels."""
    vocabulary = vocabulary_of(question)
    blocked = phrases("set_phrases").all(tokens)
    matches = sorted(vocabulary.labels.all(tokens), key=lambda match: (match.start, match.start - match.end))
    hits: list[Hit] = []
    for match in matches:
        if hits and match.start < hits[-1].end:
            continue
        if any(
            block.start <= match.start < block.end and block.end - block.start > match.end - match.start
            for block in blocked
        ):
            continue
        if _merely_opens(tokens, match):
            continue
        hits.append(Hit(match.start, match.end, match.label, "label", denied=_denied(tokens, match, hits)))
    return hits


def _merely_opens(tokens: Tokens, match: Match) -> bool:
    """ "well, I don't know": a word that only begins the sentence."""
    if match.start or match.end != 1 or tokens[0].text not in LEXICON.words("openers") or len(tokens) == 1:
        return False
    return phrases("dont_know").first(tokens[1:]) is not None or tokens[0].text in LEXICON.words("well_words")


def _denied(tokens: Tokens, match: Match, earlier: list[Hit]) -> bool:
    """Whether a denial governs the label: up to three words before it, or a "no" right after it in Spanish."""
    if tokens[match.start].text in LEXICON.words("none_words"):
        return False
    named = {place for hit in earlier for place in range(hit.start, hit.end)}
    for place in range(match.start - 1, max(-1, match.start - 5), -1):
        token = tokens[place]
        if tokens[place + 1].gap or _answers_no(tokens, place):
            break
        if token.text in LEXICON.words("denial") and place not in named:
            return True
        if token.text in LEXICON.words("contrast") and not (
            place and tokens[place - 1].text in LEXICON.words("denial")
        ):
            break
    after = tokens[match.end] if match.end < len(tokens) and not tokens[match.end].gap else None
    ends = (
        match.end + 1 >= len(tokens)
        or bool(tokens[match.end + 1].gap)
        or tokens[match.end + 1].text in LEXICON.words("contrast")
    )
    if after is not None and after.text in LEXICON.words("denied_verbs"):
        return True
    follows = tokens[match.end + 1].text if match.end + 1 < len(tokens) else ""
    return (
        after is not None
        and after.text in LEXICON.words("no_after")
        and (ends or follows in LEXICON.words("no_after_label"))
    )


def _answers_no(tokens: Tokens, place: int) -> bool:
    """ "no just a headache": the no is an answer of its own before just, only, but."""
    opens = place == 0 or bool(tokens[place].gap)
    contrasted = place + 1 < len(tokens) and tokens[place + 1].text in LEXICON.words("contrast")
    return opens and contrasted and tokens[place].text in LEXICON.words("bare_no")


def spelled_label(question: Question, tokens: Tokens) -> Tokens:
    """The tokens with misspelt label words put right, where exactly one label word is one slip away."""
    words = vocabulary_of(question).words
    return tuple(
        replace(token, text=better) if token.kind == "word" and (better := _spelled(token, words)) else token
        for token in tokens
    )


def _spelled(token: Token, words: frozenset[str]) -> str | None:
    text = token.text
    if len(text) < _FUZZY_LENGTH - 1 or text in words or text in LEXICON.known_words or text in LEXICON.words("common"):
        return None
    if (plain := _undiminished(text, words) or _sounding_alike(text, words)) is not None:
        return plain
    if len(text) < _FUZZY_LENGTH:
        return _letter_missing(text, words)
    slips = 2 if len(text) >= _TWO_SLIPS else 1
    near = {
        word for word in words if len(word) >= _FUZZY_LENGTH and OSA.distance(text, word, score_cutoff=slips) <= slips
    }
    if not near:
        return _letters_swapped(text, words)
    best = min(OSA.distance(text, word) for word in near)
    closest = {word for word in near if OSA.distance(text, word) == best}
    longest = max(closest, key=lambda word: (len(word), word))
    return longest if all(longest.startswith(word.rstrip("s")) for word in closest) else None


def _undiminished(text: str, words: frozenset[str]) -> str | None:
    """ "mensajito" for mensaje, "ligerito" for ligero: the one label word that the diminutive is made of."""
    for ending in LEXICON.words("diminutive_endings"):
        stem = text.removesuffix(ending)
        if stem != text and len(stem) >= _SHORTEST_PLURAL:
            near = [word for word in words if word.startswith(stem) and 0 <= len(word) - len(stem) <= 2]
            if len(near) == 1 or len({word.rstrip("s") for word in near}) == 1:
                return min(near)
    return None


def _sounding_alike(text: str, words: frozenset[str]) -> str | None:
    """ "rodiyas" for rodillas, "headake" for headache: the one label word that is spoken the same."""
    sound = _sound(text)
    near = [word for word in words if len(word) >= _FUZZY_LENGTH and _sound(word) == sound]
    return near[0] if len(near) == 1 else None


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    for form, sound in LEXICON.pairs("sound_alikes").items():
        word = word.replace(form, sound)
    return word


def _letters_swapped(text: str, words: frozenset[str]) -> str | None:
    """ "naseua" for nausea: the same letters in another order, the first in its place."""
    near = [word for word in words if word[0] == text[0] and sorted(word) == sorted(text)]
    return near[0] if len(near) == 1 else None


def _letter_missing(text: str, words: frozenset[str]) -> str | None:
    """ "nek" for neck: a short word only where one letter is missing from the inside of exactly one label word."""
    near = [
        word for word in words if len(word) == len(text) + 1 and word[0] == text[0] and OSA.distance(text, word) == 1
    ]
    return near[0] if len(near) == 1 else None
