"""Does a word of a label name its option where it stands, or belong to a longer name, a wish or something not done?"""

from __future__ import annotations

from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.list_items import items_of
from surveys.core.replies.values.option_words import vocabulary_of
from surveys.core.replies.values.options import Hit
from surveys.core.replies.values.segments import clauses

_IDLE = ("filler", "right_ok", "left_ok", "hedge", "list_idle", "degree", "adjectives", "symptoms", "day_part", "body")
_SHORTEST_NAME = 3
_LINK_AND_NOUN = 2


def undone(question: Question, tokens: Tokens, hit: Hit) -> bool:
    """ "I stopped walking", "dreading the stairs": a verb before the option that is none of doing or having it."""
    start = max(start for start, _ in (*items_of(tokens), *clauses(tokens)) if start <= hit.start)
    if hit.start and tokens[hit.start - 1].kind in {"symbol", "number"}:
        return False
    said = focus_of(question).words | vocabulary_of(question).words
    return any(_is_undoing(token) and not _bases(token.text) & said for token in tokens[start : hit.start])


def _bases(word: str) -> set[str]:
    """ "treated" with "treat": the word and what it is without its ending."""
    return {word, *(word.removesuffix(ending) for ending in LEXICON.words("doing_endings"))}


def _is_undoing(token: Token) -> bool:
    if token.text in LEXICON.words("undone_verbs"):
        return True
    ends = tuple(LEXICON.words("doing_endings"))
    acts = token.kind == "word" and (token.text.endswith(ends) or token.raw.lower().endswith(_accents()))
    return acts and token.text not in LEXICON.words("done_verbs") and not any(_listed(token, name) for name in _IDLE)


def _listed(token: Token, name: str) -> bool:
    return token.text in LEXICON.words(name)


@lru_cache(maxsize=1)
def _accents() -> tuple[str, ...]:
    return tuple(LEXICON.words("doing_accents"))


def names_a_kind(question: Question, tokens: Tokens, hit: Hit) -> bool:
    """ "ice cream", "walking boot": an English word that no list knows right behind the option is what is named."""
    after = tokens[hit.end] if hit.end < len(tokens) and not tokens[hit.end].gap else None
    if after is None or after.kind != "word" or not after.raw.islower() or len(after.text) < _SHORTEST_NAME:
        return False
    known = LEXICON.known_words | focus_of(question).words
    goes_on = after.text.endswith(tuple(LEXICON.words("goes_on_endings")))
    return after.text not in known and not goes_on and nouns_come_last(question)


def of_another(question: Question, tokens: Tokens, hit: Hit) -> bool:
    """ "el sueño de volver", "a good deal of tossing": bare words behind "of" say what the option's word is of."""
    follows = tokens[hit.end : hit.end + 2]
    if len(follows) < _LINK_AND_NOUN or any(token.gap or token.kind != "word" for token in follows):
        return False
    known = focus_of(question).words | vocabulary_of(question).words | LEXICON.union("unit_")
    linked = follows[0].text in LEXICON.words("of_words")
    return linked and follows[1].text not in known and not any(_listed(follows[1], name) for name in _IDLE)


@lru_cache(maxsize=512)
def nouns_come_last(question: Question) -> bool:
    """Whether the prompt is in a language whose compounds end in the noun, as English ones do."""
    words = [token.text for token in tokenise(clean(question.text))]
    shares = {each: sum(word in LEXICON.words("filler", each) for word in words) for each in LEXICON.languages}
    language = max(shares, key=lambda each: (shares[each], each))
    return bool(LEXICON.words("nouns_come_last", language))
