"""Cuts a reply into clauses and finds the time words of each, so that "was 9 this morning, 4 now" can be told apart."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.tokens import Tokens

Span = tuple[int, int]


def clauses(tokens: Tokens) -> list[Span]:
    """The clauses as token places: cut at punctuation and before and, but, because, then."""
    cuts = [0]
    cuts += [
        place
        for place in range(1, len(tokens))
        if tokens[place].gap
        or (tokens[place].text in LEXICON.words("clause_openers") and not _inside_number(tokens, place))
    ]
    return [(start, end) for start, end in zip(cuts, [*cuts[1:], len(tokens)], strict=True) if end > start]


def _inside_number(tokens: Tokens, place: int) -> bool:
    """ "four and a half", "treinta y ocho"."""
    following = {token.text for token in tokens[place + 1 : place + 3]}
    return bool(following & LEXICON.words("fraction_words")) or tokens[place - 1].text in LEXICON.words("tens")


def clause_at(spans: list[Span], place: int) -> Span:
    """The clause that holds a token."""
    return next(span for span in spans if span[0] <= place < span[1])


def time_phrases(tokens: Tokens) -> list[Match]:
    """All time words; the label is now, part (of today), past, future or usual. Longer phrases hide shorter ones."""
    names = ("now_phrases", "part_phrases", "past_phrases", "future_phrases", "usual_phrases")
    matches = sorted(phrases(*names).all(tokens), key=lambda match: (match.start, match.start - match.end))
    kept: list[Match] = []
    for match in matches:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


def is_only(tokens: Tokens, span: Span, covered: set[int]) -> bool:
    """Whether a clause holds nothing but some covered places and words that say nothing."""
    fillers = LEXICON.words("filler")
    return all(place in covered or tokens[place].text in fillers for place in range(*span))
