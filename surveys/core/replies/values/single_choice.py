"""Reads single choices: the one option that is certainly meant."""

from __future__ import annotations

from itertools import pairwise

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.amounts import amount_meant
from surveys.core.replies.values.chosen import (
    after_self_correction,
    all_hits,
    idle_rest,
    none_of_them,
    says_more,
    taken_for,
    too_long,
)
from surveys.core.replies.values.option_words import singular_and_plural, vocabulary_of, words_of
from surveys.core.replies.values.options import Hit
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.placement import misplaced
from surveys.core.replies.values.spelling import spelled_label


def read_single(question: Question, reply: Stripped, language: str) -> Outcome:
    """One option, or nothing where two fit, something is denied, or a number is plainly something else."""
    if too_long(reply.tokens):
        return unclear("Too many words to be one choice.", tried=False)
    tokens = spelled_label(question, reply.tokens)
    hits, foreign = all_hits(question, tokens, language)
    hits, tokens = after_self_correction(tokens, hits)
    hits = _without_denying_no(tokens, hits)
    if foreign and not any(hit.by == "label" and not hit.denied for hit in hits):
        return unclear("A number that is none of the options, or no code.")
    chosen = {hit.code for hit in hits if not hit.denied}
    if any(later.denied > earlier.denied and _lone_no(tokens, earlier, later) for earlier, later in pairwise(hits)):
        return unclear("A no between two options.")
    if not chosen:
        return _unnamed(question, tokens, tried=bool(hits or foreign))
    if len(chosen) > 1:
        return unclear("Fits more than one option.")
    (code,) = chosen
    if foreign or _contradicted(question, tokens, hits, code) or _other_way(question, tokens, hits, code):
        return unclear("The words and the option disagree.")
    if _or_else(tokens, hits) or taken_for(tokens, hits):
        return unclear("An option or something else.")
    if _half_hearted(tokens, hits) or _retracted(tokens, hits):
        return unclear("An option that is only nearly meant.")
    against = [hit.by == "label" and misplaced(question, tokens, hit) for hit in hits if not hit.denied]
    if all(against):
        return unclear(f"{against[0]}")
    return found(
        code, "One option by its code, its label or a plain equal.", extra=says_more(tokens, hits), confidence=0.96
    )


def _unnamed(question: Question, tokens: Tokens, *, tried: bool) -> Outcome:
    """What is left where no option is named: the one for none, or the one that holds an amount."""
    none_code = None if tried else _none_of_one(question, tokens)
    if none_code is not None:
        return found(none_code, "Chooses the option for none.")
    amount = amount_meant(question, tokens)
    if amount is not None:
        return found(amount, "The option that holds the amount.", confidence=0.93)
    return unclear("No option that could be recorded.", tried=tried)


def _lone_no(tokens: Tokens, earlier: Hit, later: Hit) -> bool:
    """ "left no right" chooses the right or denies it; between two codes any denial leaves that open."""
    between = [token.text for token in tokens[earlier.end : later.start]]
    bare = len(between) == 1 and between[0] in LEXICON.words("bare_no")
    return bare or earlier.by == later.by == "code"


def _none_of_one(question: Question, tokens: Tokens) -> str | None:
    """ "none" for "None used", "No", or "No relief" where relief was asked about, but not for "No change"."""
    none_code = vocabulary_of(question).none_code
    words = next((words_of(option.label).split() for option in question.options if option.code == none_code), [])
    if none_code is None:
        return None
    if len(words) == 1 and _denies_asked(question, tokens):
        return none_code
    asked = {token.text for token in tokenise(clean(question.text.partition("?")[0]))}
    if len(words) > 1 and words[0] in LEXICON.words("bare_no") and words[1] not in asked:
        return None
    return none_code if none_of_them(tokens, [], none_code, idle_rest()) else None


def _denies_asked(question: Question, tokens: Tokens) -> bool:
    """ "zero energy", "no flare ups": none of what the question is about, and nothing else."""
    asked = {token.text for token in tokenise(clean(question.text.partition("?")[0]))}
    denied = tokens[0].text in LEXICON.words("none_of_asked")
    forms = asked | {form for word in asked for form in singular_and_plural(word)}
    idle = idle_rest()
    rest = [token.text for token in tokens[1:] if token.text not in idle]
    return denied and bool(rest) and all(word in forms for word in rest)


def _without_denying_no(tokens: Tokens, hits: list[Hit]) -> list[Hit]:
    """A label "No" that only denies the word after it ("no tan grave") is not chosen."""
    if any(hit.denied for hit in hits):
        return [hit for hit in hits if hit.denied or tokens[hit.start].text not in LEXICON.words("denial")]
    return [hit for hit in hits if hit is hits[0] or not _denies_a_word(tokens, hit)]


def _denies_a_word(tokens: Tokens, hit: Hit) -> bool:
    """ "grave, no he podido dormir": a no behind the answer that belongs to the words after it."""
    follows = tokens[hit.end] if hit.end < len(tokens) and not tokens[hit.end].gap else None
    bare = hit.end - hit.start == 1 and tokens[hit.start].text in LEXICON.words("bare_no")
    return bare and follows is not None and follows.kind == "word"


def _contradicted(question: Question, tokens: Tokens, hits: list[Hit], code: str) -> bool:
    """A word of other options' labels beside the chosen one: "5 but label says better"."""
    shared = vocabulary_of(question).shared
    set_phrases = phrases("set_phrases").all(tokens)
    spans = [(each.start, each.end) for each in hits] + [(each.start, each.end) for each in set_phrases]
    covered = {place for start, end in spans for place in range(start, end)}
    idle = LEXICON.words("filler") | LEXICON.words("bare_no")
    return any(
        token.text in shared and code not in shared[token.text] and token.text not in idle
        for place, token in enumerate(tokens)
        if place not in covered
    )


def _other_way(question: Question, tokens: Tokens, hits: list[Hit], code: str) -> bool:
    """ "2, it's gotten worse" where the second option is "Somewhat less": the change goes the other way."""
    label = set(words_of(next(option.label for option in question.options if option.code == code)).split())
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    ways = (("grown_better", "grown_worse"), ("grown_worse", "grown_better"))
    against = [LEXICON.words(other) for own, other in ways if label & LEXICON.words(own)]
    return any(
        token.text in words and not (place and tokens[place - 1].text in LEXICON.words("denial"))
        for words in against
        for place, token in enumerate(tokens)
        if place not in covered
    )


def _or_else(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "a cab or maybe my uncle": an alternative beside the option, named in words that are more than filling."""
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    idle = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("degree") | LEXICON.words("code_words")
    joints = [
        place
        for place, token in enumerate(tokens)
        if token.text in LEXICON.words("or_words") and (token.gap or _breath_holds(tokens, place, covered))
    ]
    return any(
        token.kind == "word" and token.text not in idle
        for joint in joints
        if joint not in covered
        for place, token in enumerate(tokens[joint + 1 : joint + 5], joint + 1)
        if place not in covered
    )


def _breath_holds(tokens: Tokens, place: int, covered: set[int]) -> bool:
    """Whether one of some places stands before a token without punctuation between them."""
    while place > 0 and not tokens[place].gap:
        place -= 1
        if place in covered:
            return True
    return False


def _retracted(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "estaba triste pero ya no": what follows the option says that it holds no more."""
    first = min(hit.start for hit in hits if not hit.denied)
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    return any(
        match.start > first and match.start not in covered and match.end == len(tokens)
        for match in phrases("retractions").all(tokens)
    )


def _half_hearted(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "hardly ever", "almost never", "could be better", "if"."""
    first = next(hit for hit in hits if not hit.denied)
    start = max((place for place in range(first.start + 1) if tokens[place].gap), default=0)
    before = {token.text for token in tokens[start : first.start]}
    return bool(before & LEXICON.words("half_hearted")) or any(
        match.end == first.start for match in phrases("one_sided_before").all(tokens)
    )
