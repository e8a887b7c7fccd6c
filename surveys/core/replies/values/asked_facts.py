"""What a yes-or-no question asks about, and the sentences that state it or deny it."""

from __future__ import annotations

from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import Match, PhraseSet, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.echoes import doings, states

_SHORTEST_NOUN = 3


_VERB_WITHIN = 5
"""Words at the beginning of a question among which what it asks is named; what it supposes comes later."""


@lru_cache(maxsize=512)
def prompt_words(question: Question) -> frozenset[str]:
    """All words of the prompt, folded."""
    return frozenset(token.text for token in tokenise(clean(question.text)))


@lru_cache(maxsize=512)
def asked_words(question: Question) -> frozenset[str]:
    """The words of the topics that the prompt holds."""
    words = {token.text for token in tokenise(clean(question.text))}
    lists = [LEXICON.words(name) for name in LEXICON.names("ask_")]
    return frozenset(word for each in lists if words & each for word in each)


@lru_cache(maxsize=512)
def facts_of(question: Question) -> PhraseSet:
    """Sentences that state the fact, for the topics whose words the prompt holds."""
    words = {token.text for token in tokenise(clean(question.text))}
    lines: list[tuple[str, str]] = []
    for name in LEXICON.names("ask_"):
        topic = name.removeprefix("ask_")
        turned = f"unask_{topic}" in LEXICON.names("unask_") and words & LEXICON.words(f"unask_{topic}")
        if words & LEXICON.words(name) and not turned:
            lines += [(line, "fact_yes") for line in LEXICON.lines(f"fact_{topic}_yes")]
            lines += [(line, "fact_no") for line in LEXICON.lines(f"fact_{topic}_no")]
    for base, done in doings(question):
        for echoes, label in (("echo_yes", "fact_yes"), ("echo_no", "fact_no")):
            lines += [(line.replace("DONE", done).replace("BASE", base), label) for line in LEXICON.lines(echoes)]
    for state in states(question):
        for echoes, label in (("echo_state_yes", "fact_yes"), ("echo_state_no", "fact_no")):
            lines += [(line.replace("STATE", state), label) for line in LEXICON.lines(echoes)]
    for noun in _asked_nouns(question):
        lines += [(line.replace("NOUN", noun), "fact_no") for line in LEXICON.lines("noun_denied")]
    return PhraseSet(lines)


def _asked_nouns(question: Question) -> set[str]:
    """The things that the prompt asks whether there were any of: the word behind "any"."""
    tokens = tokenise(clean(question.text))
    found = {
        follower.text
        for place, token in enumerate(tokens)
        if token.text in LEXICON.words("any_words")
        for follower in _telling_part(tokens[place + 1 : place + 3])[:1]
    }
    known = LEXICON.words("filler") | LEXICON.words("article") | LEXICON.words("not_asked_nouns")
    return {noun for noun in found if len(noun) > _SHORTEST_NOUN and noun.isalpha() and noun not in known}


def _telling_part(tokens: Tokens) -> Tokens:
    """ "numbness" of "new numbness"."""
    return tokens[1:] if tokens and tokens[0].text in LEXICON.words("noun_adjectives") else tokens


def unmet(question: Question, tokens: Tokens) -> list[Match]:
    """ "I haven't gotten up" to a question about dizziness on getting up: what the question supposes is denied."""
    asked = {token.text for token in tokenise(clean(question.text))[:_VERB_WITHIN]} - LEXICON.words("asking_verbs")
    return [
        match
        for match in phrases("unmet").all(tokens)
        if not asked & {token.text for token in tokens[match.start : match.end]}
    ]
