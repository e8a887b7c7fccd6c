"""Signs of numbers on a scale that goes below zero: "-3", "minus three", "negative 2", "menos 4", "+1"."""

from __future__ import annotations

import re
from dataclasses import replace

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.mentions import Mention

_LOOSE_DASH = re.compile(r"(?:^|\s)-\s+(?=\w)")
"""A dash with a space behind it may be a minus or only part two clauses."""
_DASH_FIRST = re.compile(r"\s*-\s+\d+\W*")


def below_zero(question: Question) -> bool:
    """Whether the scale has a negative half, so that a sign before a number is part of it."""
    return question.min is not None and question.min < 0


def with_signs(tokens: Tokens, mentions: tuple[Mention, ...], text: str) -> tuple[Mention, ...]:
    """The same numbers with their signs; a lone "- 3" is below zero as well."""
    if len(mentions) == 1 and _DASH_FIRST.fullmatch(text):
        return (replace(mentions[0], value=-(mentions[0].value or 0.0)),)
    ends = {mention.end for mention in mentions}
    return tuple(_signed(tokens, mention, ends) for mention in mentions)


def sign_unsure(text: str, mentions: tuple[Mention, ...]) -> bool:
    """Whether a dash stands loose before something, and no number says by its sign what it is."""
    loose = _LOOSE_DASH.search(text) is not None and not _DASH_FIRST.fullmatch(text)
    return loose and any(mention.value is not None and mention.value > 0 for mention in mentions)


def _signed(tokens: Tokens, mention: Mention, ends: set[int]) -> Mention:
    """A number behind a sign takes it in, unless the sign stands between two numbers."""
    place = mention.start - 1
    if place < 0 or tokens[mention.start].gap or mention.value is None:
        return mention
    if place in ends and not tokens[place].gap and not _apart(tokens, place):
        return mention
    if tokens[place].text == "±":
        return replace(mention, value=None)
    if place and tokens[place].glued and tokens[place].kind == tokens[place - 1].kind == "symbol":
        return replace(mention, value=None) if place - 1 not in ends else _negative(tokens, mention)
    if place and tokens[place - 1].text in LEXICON.words("or_words"):
        return mention
    return _negative(tokens, mention)


def _negative(tokens: Tokens, mention: Mention) -> Mention:
    """The number with the sign right before it."""
    place = mention.start - 1
    word = tokens[place].text
    if word in LEXICON.words("minus_words") and not (word == "-" and not tokens[mention.start].glued):
        return replace(mention, start=place, value=-(mention.value or 0.0))
    return replace(mention, start=place) if word in LEXICON.words("plus_words") else mention


def _apart(tokens: Tokens, place: int) -> bool:
    """ "8 -3" has the sign at its own number and not between the two."""
    return not tokens[place].glued and place + 1 < len(tokens) and tokens[place + 1].glued


def against_sign(question: Question, tokens: Tokens, value: float) -> bool:
    """ "3, it is worse" where only the negative end is called worse: the words and the sign disagree."""
    other = end_words(question, negative=value > 0)
    loose = LEXICON.words("minus_words") if value > 0 else LEXICON.words("plus_words")
    hedged = {place + 1 for place, token in enumerate(tokens) if token.text in LEXICON.words("or_words")}
    said = {token.text for place, token in enumerate(tokens) if token.kind == "word" and place not in hedged}
    return value != 0 and bool(said & (other | loose))


def end_words(question: Question, *, negative: bool) -> frozenset[str]:
    """The words of the label of one end that the other end's label does not have, read from the prompt too."""
    low, high = _words_at(question, question.min), _words_at(question, question.max)
    return low - high if negative else high - low


def _words_at(question: Question, end: float | None) -> frozenset[str]:
    if end is None:
        return frozenset()
    code = str(int(end))
    labels = [option.label for option in question.options if option.code == code]
    labels += re.findall(rf"(?<![\d-]){re.escape(code)}\s*\(([^()]{{1,60}})\)", question.text)
    return frozenset(token.text for label in labels for token in tokenise(clean(label)) if token.kind == "word")
