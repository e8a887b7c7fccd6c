"""What a reply to a choice says of its options, one or several: what it names, corrects, and leaves open."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.codes import code_hits, place_hits
from surveys.core.replies.values.list_items import (
    items_of,
)
from surveys.core.replies.values.option_words import singular_and_plural, vocabulary_of
from surveys.core.replies.values.options import Hit, label_hits, turned_round
from surveys.core.replies.values.outcome import Outcome, found, unclear

MOST_WORDS = 120
"""A longer text tells a story and does not pick from a list."""


def idle_rest() -> frozenset[str]:
    """Words that may stand beside "all" or "none" without changing it."""
    return (LEXICON.words("filler") - LEXICON.words("not_all")) | LEXICON.words("list_idle")


def too_long(tokens: Tokens) -> bool:
    """Whether a text has more words than a pick from a list could need."""
    return len(tokens) > MOST_WORDS


def all_hits(question: Question, tokens: Tokens, language: str) -> tuple[list[Hit], bool]:
    """Every option that is named, in order, and whether a number or letter names none."""
    labels = label_hits(question, tokens)
    labels += _both_sides(question, tokens) if question.type == "multi_choice" else []
    labels += turned_round(question, tokens, labels)
    codes, foreign = code_hits(question, tokens, language)
    inside = {place for hit in labels for place in range(hit.start, hit.end)}
    codes = [hit for hit in codes if hit.start not in inside and not _article(tokens, hit, inside)]
    named = [span for span in items_of(tokens) if inside & set(range(*span))]
    places = [hit for hit in place_hits(question, tokens) if not any(start <= hit.start < end for start, end in named)]
    return sorted(labels + codes + places, key=lambda hit: hit.start), foreign


def _both_sides(question: Question, tokens: Tokens) -> list[Hit]:
    """ "both knees" where "Left knee" and "Right knee" are the two options that hold the word."""
    shared = vocabulary_of(question).shared
    hits: list[Hit] = []
    for place, (token, noun) in enumerate(pairwise(tokens)):
        if token.text in LEXICON.words("both_words") and not noun.gap:
            codes = next((shared[form] for form in singular_and_plural(noun.text) if form in shared), frozenset())
            hits += [Hit(place, place + 2, code, "label") for code in sorted(codes) if len(codes) == 2]
    return hits


def _article(tokens: Tokens, hit: Hit, inside: set[int]) -> bool:
    """ "una vecina", "a little bit": a word for one, or a small letter, that only leads to the option behind it."""
    leads = LEXICON.words("singular_articles") | LEXICON.words("article_letters")
    led = hit.end in inside and not tokens[hit.end].gap
    return led and tokens[hit.start].text in leads and tokens[hit.start].raw.islower()


def after_self_correction(tokens: Tokens, hits: list[Hit]) -> tuple[list[Hit], Tokens]:
    """What counts of a text that corrects itself ("better.. no, same"): the hits after the mark, and their tokens.

    A slip that is marked by two words ("more. wait no ...") is never the answer, whatever follows.
    """
    found_marks = phrases("self_corrections", "choice_corrections").all(tokens)
    marks = [each for each in found_marks if each.start > 0 and not _ends_a_clause(tokens, each)]
    for mark in reversed(marks):
        longer = mark.end - mark.start > 1 or any(other.end == mark.start for other in marks)
        after = [hit for hit in hits if hit.start >= mark.end]
        if after and after[0].start - mark.end <= 3 and (longer or not after[0].denied):
            after[0] = replace(after[0], denied=False)  # the "no" of "no wait" denies nothing
            kept = [replace(hit, start=hit.start - mark.end, end=hit.end - mark.end) for hit in after]
            return kept, tokens[mark.end :]
        if longer and not after and mark.end < len(tokens):
            return [], tokens[mark.end :]
    return hits, tokens


def _ends_a_clause(tokens: Tokens, mark: Match) -> bool:
    """ "blurry no, dry mouth yes": a bare no behind an item denies it and corrects nothing."""
    ends = mark.end == len(tokens) or bool(tokens[mark.end].gap)
    bare = mark.end - mark.start == 1 and tokens[mark.start].text in LEXICON.words("bare_no")
    return bare and ends and not tokens[mark.start].gap


def taken_for(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "left one. no the right one": a no at the start of a clause that may put one option in another's place."""
    later = [hit.start for hit in hits[1:] if hit.denied and hit.by != "code"]
    return any(
        tokens[start - 2].gap
        and tokens[start - 2].text in LEXICON.words("bare_no")
        and tokens[start - 1].text in LEXICON.words("list_articles")
        for start in later
        if start > 1
    )


def says_more(tokens: Tokens, hits: list[Hit]) -> bool:
    """Whether words stand beside the options that are more than filling."""
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    idle = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula") | LEXICON.words("code_words")
    return any(
        token.kind == "word" and token.text not in idle for place, token in enumerate(tokens) if place not in covered
    )


def none_of_them(tokens: Tokens, hits: list[Hit], none_code: str | None, idle: frozenset[str]) -> Outcome | None:
    """The option for none where the text says nothing else, a re-ask where none is not offered."""
    match = phrases("none_of_them").first(tokens)
    if match is None or any(hit.code != none_code for hit in hits) or any(token.kind == "number" for token in tokens):
        return None
    rest = (*tokens[: match.start], *tokens[match.end :])
    if any(token.kind == "word" and token.text not in idle for token in rest):
        return None
    if none_code is None:
        return unclear("None is not offered.")
    return found((none_code,), "Chooses the option for none.")
