"""Puts misspelt, inflected, diminutive and as-spoken words of a reply right, where one label word can be meant."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.option_words import vocabulary_of

_FUZZY_LENGTH = 4
_TWO_SLIPS = 8
_SHORTEST_STEM = 3


def spelled_label(question: Question, tokens: Tokens) -> Tokens:
    """The tokens with misspelt label words put right, where exactly one label word is one slip away."""
    words = vocabulary_of(question).words
    tokens = _rejoined(tokens, words)
    kept = {place for match in phrases("set_phrases").all(tokens) for place in range(match.start, match.end)}
    return tuple(
        replace(token, text=better)
        if token.kind == "word" and place not in kept and (better := _meant(token, words))
        else token
        for place, token in enumerate(tokens)
    )


def _rejoined(tokens: Tokens, words: frozenset[str]) -> Tokens:
    """ "bed time" for bedtime: two words that are one word of a label."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        parts = last is not None and not token.gap and min(len(last.text), len(token.text)) >= _SHORTEST_STEM
        if last is not None and parts and last.text + token.text in words and last.text not in words:
            joined[-1] = replace(last, text=last.text + token.text, end=token.end)
        else:
            joined.append(token)
    return tuple(joined)


def _meant(token: Token, words: frozenset[str]) -> str | None:
    return None if token.text in words else _spelled(token, words) or _kindred(token.text, words)


def _spelled(token: Token, words: frozenset[str]) -> str | None:
    text = token.text
    if len(text) < _FUZZY_LENGTH - 1 or text in words or text in LEXICON.known_words or text in LEXICON.words("common"):
        return None
    if (plain := _undiminished(text, words) or _sounding_alike(text, words)) is not None:
        return plain
    if len(text) < _FUZZY_LENGTH:
        return _letter_missing(text, words)
    slips = 2 if len(text) >= _TWO_SLIPS else 1
    if len(text) == _FUZZY_LENGTH:
        words = frozenset(word for word in words if word[0] == text[0]) - LEXICON.words("none_words")
    near = {
        word for word in words if len(word) >= _FUZZY_LENGTH and OSA.distance(text, word, score_cutoff=slips) <= slips
    }
    if not near:
        return _letters_swapped(text, words)
    best = min(OSA.distance(text, word) for word in near)
    closest = {word for word in near if OSA.distance(text, word) == best}
    longest = max(closest, key=lambda word: (len(word), word))
    return longest if all(longest.startswith(word.rstrip("s")) for word in closest) else None


def _kindred(text: str, words: frozenset[str]) -> str | None:
    """ "numbness" for numb, "aches" for aching, "worked" for work: the one label word with the same stem."""
    idle = ("common", "filler", "hedge", "degree", "right_ok", "left_ok", "not_telling")
    if len(text) < _FUZZY_LENGTH or any(text in LEXICON.words(name) for name in idle):
        return None
    stems = _stems(text)
    near = [word for word in words if len(word) >= _FUZZY_LENGTH and stems & _stems(word)]
    shortest = min(near, key=len, default="")
    return shortest if near and all(word.startswith(shortest) for word in near) else None


@lru_cache(maxsize=4096)
def _stems(word: str) -> frozenset[str]:
    """The word and what is left of it without an ending, at least three letters."""
    cut = {word.removesuffix(ending) for ending in LEXICON.words("family_endings")}
    bare = {word.removesuffix(ending) for ending in LEXICON.words("doing_endings")} - {word}
    single = {stem[:-1] for stem in bare if len(stem) > _SHORTEST_STEM and stem[-1] == stem[-2]}
    forms = {_verb_bases()[word]} if word in _verb_bases() else set()
    return frozenset(stem for stem in {word, *cut, *single, *forms} if len(stem) >= _SHORTEST_STEM)


@lru_cache(maxsize=1)
def _verb_bases() -> dict[str, str]:
    """ "drove" and "driven" with their base "drive"."""
    return LEXICON.pairs("verb_forms") | LEXICON.pairs("irregular_verbs")


def _undiminished(text: str, words: frozenset[str]) -> str | None:
    """ "mensajito" for mensaje, "ligerito" for ligero: the one label word that the diminutive is made of."""
    for ending in LEXICON.words("diminutive_endings"):
        stem = text.removesuffix(ending)
        if stem != text and len(stem) >= _SHORTEST_STEM:
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
