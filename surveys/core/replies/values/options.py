"""Finds the options of a choice question in a reply: by code, by label, by an equal wording, by place in the list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.option_words import texts_of_several, vocabulary_of, words_of


@dataclass(frozen=True, slots=True)
class Hit:
    """One option found between two token places; `by` is code, label or place."""

    start: int
    end: int
    code: str
    by: str
    denied: bool = False


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


def turned_round(question: Question, tokens: Tokens, hits: list[Hit]) -> list[Hit]:
    """ "worse, but just slightly", "my mouth is really dry": all telling words of one label in another order.

    A single choice is looked for in the whole text, several choices between the joints of a list.
    """
    single = question.type == "single_choice"
    if single and hits:
        return []
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    set_phrases = phrases("set_phrases").all(tokens)  # "thanks a lot" is no "A lot"
    covered |= {place for match in set_phrases for place in range(match.start, match.end)}
    cuts = [] if single else [place for place in range(1, len(tokens)) if _joint(tokens, place)]
    found = []
    for start, end in pairwise([0, *cuts, len(tokens)]):
        bag = _telling({token.text for token in tokens[start:end]}, single=single)
        codes = [code for code, label in _bags(question) if bag == label]
        if len(codes) == 1 and not covered & set(range(start, end)):
            found.append(Hit(start, end, codes[0], "label"))
    return found


def _joint(tokens: Tokens, place: int) -> bool:
    return bool(tokens[place].gap) or tokens[place].text in LEXICON.words("item_joins")


def _telling(words: set[str], *, single: bool) -> frozenset[str]:
    """The words without those that fill or, where a degree is no option, strengthen."""
    idle = LEXICON.words("filler") | LEXICON.words("contrast") | LEXICON.words("copula") | LEXICON.words("item_joins")
    strong = LEXICON.words("degree") | LEXICON.words("adverbs_of_degree")
    return frozenset(words - (idle - strong if single else idle | strong))


@lru_cache(maxsize=512)
def _bags(question: Question) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each option with the telling words of its label, where they are at least two."""
    single = question.type == "single_choice"
    several = texts_of_several(question)
    labels = [(option.code, words_of(option.label)) for option in question.options]
    bags = ((code, _telling(set(text.split()), single=single)) for code, text in labels if text not in several)
    return tuple((code, bag) for code, bag in bags if len(bag) > 1)


def _merely_opens(tokens: Tokens, match: Match) -> bool:
    """ "well, I don't know": a word that only begins the sentence."""
    if match.start or match.end != 1 or tokens[0].text not in LEXICON.words("openers") or len(tokens) == 1:
        return False
    if tokens[1].text in LEXICON.words("opened"):
        return True
    return phrases("dont_know").first(tokens[1:]) is not None or tokens[0].text in LEXICON.words("well_words")


def _denied(tokens: Tokens, match: Match, earlier: list[Hit]) -> bool:
    """Whether a denial governs the label: up to three words before it, or a "no" right after it in Spanish."""
    if tokens[match.start].text in LEXICON.words("none_words"):
        return False
    named = {place for hit in earlier for place in range(hit.start, hit.end)}
    named |= {place for only in phrases("only_phrases").all(tokens) for place in range(only.start, only.end)}
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
    contrasts = LEXICON.words("contrast") - LEXICON.words("having")
    contrasted = place + 1 < len(tokens) and tokens[place + 1].text in contrasts
    return opens and contrasted and tokens[place].text in LEXICON.words("bare_no")
