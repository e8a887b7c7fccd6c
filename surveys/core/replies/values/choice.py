"""Reads single and multiple choices from the options found in a reply."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import fuzz, process

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.codes import code_hits, place_hits
from surveys.core.replies.values.options import Hit, label_hits, spelled_label, vocabulary_of
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.placement import misplaced

RESEMBLANCE = 70
"""Percent of likeness from which an unknown word may be meant as a label."""

_LONGEST_ITEM = 2
MOST_WORDS = 120
"""A longer text tells a story and does not pick from a list."""


def read_single(question: Question, reply: Stripped, language: str) -> Outcome:
    """One option, or nothing where two fit, something is denied, or a number is plainly something else."""
    if _too_long(reply.tokens):
        return unclear("Too many words to be one choice.", tried=False)
    tokens = spelled_label(question, reply.tokens)
    hits, foreign = _all_hits(question, tokens, language)
    hits, tokens = _after_self_correction(tokens, hits)
    hits = _without_denying_no(tokens, hits)
    if foreign and not any(hit.by == "label" and not hit.denied for hit in hits):
        return unclear("A number that is none of the options, or no code.")
    chosen = {hit.code for hit in hits if not hit.denied}
    if len(chosen) != 1:
        return unclear(
            "Fits more than one option." if chosen else "No option that could be recorded.", tried=bool(hits or foreign)
        )
    (code,) = chosen
    if foreign or _contradicted(question, tokens, hits, code):
        return unclear("The words and the option disagree.")
    if _half_hearted(tokens, hits):
        return unclear("An option that is only nearly meant.")
    against = [hit.by == "label" and misplaced(question, tokens, hit) for hit in hits if not hit.denied]
    if all(against):
        return unclear(f"{against[0]}")
    return found(
        code, "One option by its code, its label or a plain equal.", extra=_says_more(tokens, hits), confidence=0.96
    )


def _without_denying_no(tokens: Tokens, hits: list[Hit]) -> list[Hit]:
    """A label "No" that only denies the word after it ("no tan grave") is not chosen."""
    if not any(hit.denied for hit in hits):
        return hits
    return [hit for hit in hits if hit.denied or tokens[hit.start].text not in LEXICON.words("denial")]


def _too_long(tokens: Tokens) -> bool:
    return len(tokens) > MOST_WORDS


def _all_hits(question: Question, tokens: Tokens, language: str) -> tuple[list[Hit], bool]:
    labels = label_hits(question, tokens)
    codes, foreign = code_hits(question, tokens, language)
    inside = {place for hit in labels for place in range(hit.start, hit.end)}
    codes = [hit for hit in codes if hit.start not in inside]
    places = [hit for hit in place_hits(question, tokens) if hit.start not in inside]
    return sorted(labels + codes + places, key=lambda hit: hit.start), foreign


def _after_self_correction(tokens: Tokens, hits: list[Hit]) -> tuple[list[Hit], Tokens]:
    """What counts of a text that corrects itself ("better.. no, same"): the hits after the mark, and their tokens."""
    for mark in reversed(phrases("self_corrections", "choice_corrections").all(tokens)):
        before = any(hit.start < mark.start for hit in hits) or mark.start > 0
        after = [hit for hit in hits if hit.start >= mark.end]
        if before and after and after[0].start - mark.end <= 3 and not after[0].denied and mark.start > 0:
            return [replace(hit, start=hit.start - mark.end, end=hit.end - mark.end) for hit in after], tokens[
                mark.end :
            ]
    return hits, tokens


def _contradicted(question: Question, tokens: Tokens, hits: list[Hit], code: str) -> bool:
    """A word of other options' labels beside the chosen one: "5 but label says better"."""
    shared = vocabulary_of(question).shared
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    return any(
        token.text in shared and code not in shared[token.text] and token.text not in LEXICON.words("filler")
        for place, token in enumerate(tokens)
        if place not in covered
    )


def _half_hearted(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "hardly ever", "almost never", "could be better", "if"."""
    first = next(hit for hit in hits if not hit.denied)
    start = max((place for place in range(first.start + 1) if tokens[place].gap), default=0)
    before = {token.text for token in tokens[start : first.start]}
    return bool(before & LEXICON.words("half_hearted")) or any(
        match.end == first.start for match in phrases("one_sided_before").all(tokens)
    )


def _says_more(tokens: Tokens, hits: list[Hit]) -> bool:
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    idle = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula") | LEXICON.words("code_words")
    return any(
        token.kind == "word" and token.text not in idle for place, token in enumerate(tokens) if place not in covered
    )


# -- several choices --------------------------------------------------------------------------------------------------


def read_multi(question: Question, reply: Stripped, language: str) -> Outcome:
    """All options that are certainly meant; one doubtful item makes the whole list doubtful."""
    if _too_long(reply.tokens):
        return unclear("Too many words to be a list of choices.", tried=False)
    tokens = spelled_label(question, _split_lists(reply.tokens))
    whole = _whole_list(question, tokens, language)
    if whole is not None:
        return whole
    if _run_together(question, tokens):
        return unclear("Codes run together without separators.")
    hits, foreign = _all_hits(question, tokens, language)
    hits, tokens = _after_self_correction(tokens, hits)
    spans = _spanned(question, tokens, hits)
    if spans is None:
        return unclear("A dash may mean a span or a list.")
    if foreign:
        return unclear("Includes something that is not an option.")
    return _chosen(question, tokens, [*hits, *spans])


def _split_lists(tokens: Tokens) -> Tokens:
    """ "1,3" and "1.3.5" are lists here, not decimals; "1+3" is one too."""
    parts: list[Token] = []
    for place, token in enumerate(tokens):
        pieces = (
            re.split(r"[.,]", token.text)
            if token.kind == "number" and ("," in token.text or token.text.count(".") > 1)
            else [token.text]
        )
        joint = token.text in {"+", "/"} and 0 < place < len(tokens) - 1 and tokens[place + 1].kind == "number"
        if joint:
            continue
        parts += [
            replace(token, text=piece, gap=token.gap if nth == 0 else ",", glued=token.glued and nth == 0)
            for nth, piece in enumerate(pieces)
        ]
    return tuple(parts)


def _chosen(question: Question, tokens: Tokens, hits: list[Hit]) -> Outcome:
    none_code = vocabulary_of(question).none_code
    wanted = {hit.code for hit in hits if not hit.denied}
    denied = {hit.code for hit in hits if hit.denied}
    if not wanted:
        return unclear(
            "Only denials; the rest is unknown." if denied else "No option that could be recorded.", tried=bool(hits)
        )
    if any(
        token.text in LEXICON.words("or_words")
        for earlier, later in _neighbours(hits)
        for token in tokens[earlier.end : later.start]
    ):
        return unclear("Either of several options.")
    if wanted & denied or (none_code in wanted and len(wanted) > 1):
        return unclear("The items contradict each other.")
    if _code_before_other_label(tokens, hits):
        return unclear("A number and the option behind it disagree.")
    if _left_over(question, tokens, hits):
        return unclear("A word of another item, or an item that is not known.")
    if _resembles_a_label(question, tokens, hits):
        return unclear("A word that may be a misspelt item.")
    if _uncertain(tokens, hits) or _trailing_denial(tokens, hits):
        return unclear("One item is uncertain.")
    if any(misplaced(question, tokens, hit) for hit in hits if hit.by == "label" and not hit.denied):
        return unclear("One item may be something else.")
    extra = _says_more(tokens, hits)
    return found(tuple(sorted(wanted)), "The options that were named.", extra=extra, confidence=0.95)


def _whole_list(question: Question, tokens: Tokens, language: str) -> Outcome | None:
    """All, everything except, both, none."""
    none_code = vocabulary_of(question).none_code
    real = [option.code for option in question.options if option.code != none_code]
    exception = phrases("all_except").first(tokens)
    if exception:
        rest, foreign = _all_hits(question, tokens[exception.end :], language)
        if foreign or not rest:
            return unclear("An exception that is not clear.")
        left = sorted(set(real) - {hit.code for hit in rest})
        return found(tuple(left), "Everything except the named options.") if left else unclear("Nothing is left.")
    hits = label_hits(question, tokens)
    idle = (LEXICON.words("filler") - LEXICON.words("not_all")) | LEXICON.words("list_idle")
    for name, codes in (("both_of_them", real if len(real) == 2 else []), ("all_of_them", real)):
        match = phrases(name).first(tokens)
        if (
            match
            and not hits
            and all(
                token.text in idle or token.kind != "word" for token in (*tokens[: match.start], *tokens[match.end :])
            )
        ):
            return (
                found(tuple(sorted(codes)), "The whole list.", confidence=0.9)
                if codes
                else unclear("Both of more than two.")
            )
    return _none(tokens, hits, none_code, idle)


def _none(tokens: Tokens, hits: list[Hit], none_code: str | None, idle: frozenset[str]) -> Outcome | None:
    match = phrases("none_of_them").first(tokens)
    if match is None or any(hit.code != none_code for hit in hits) or any(token.kind == "number" for token in tokens):
        return None
    rest = (*tokens[: match.start], *tokens[match.end :])
    if any(token.kind == "word" and token.text not in idle for token in rest):
        return None
    if none_code is None:
        return unclear("None is not offered.")
    return found((none_code,), "Chooses the option for none.")


def _run_together(question: Question, tokens: Tokens) -> bool:
    """ "14" where only 1 and 4 are codes; "abd" where only letters are."""
    codes = vocabulary_of(question).codes
    for token in tokens:
        if token.text in codes or len(token.text) < 2:
            continue
        if token.kind == "number" and token.text.isdecimal() and all(char in codes for char in token.text):
            return len([each for each in tokens if each.kind == "number"]) == 1 and len(tokens) <= 3
    return False


def _spanned(question: Question, tokens: Tokens, hits: list[Hit]) -> list[Hit] | None:
    """The options inside "3 through 5"; None where a dash leaves it open."""
    order = [option.code for option in question.options]
    added: list[Hit] = []
    codes = [hit for hit in hits if hit.by == "code"]
    for first, second in pairwise(codes):
        between = [token.text for token in tokens[first.end : second.start]]
        if len(between) == 1 and between[0] in LEXICON.words("open_spans"):
            return None
        low, high = order.index(first.code), order.index(second.code)
        if between and between[0] in LEXICON.words("span_words") and len(between) == 1:
            if low >= high:
                return None
            added += [Hit(first.start, second.end, code, "code") for code in order[low : high + 1]]
    return added


def _uncertain(tokens: Tokens, hits: list[Hit]) -> bool:
    """A maybe or a question mark at an item; "I think" before the whole list is a manner of speaking."""
    first = min(hit.start for hit in hits)
    return (
        any(
            token.text in LEXICON.words("item_doubt")
            or (token.text in LEXICON.words("opinion_words") and place > first)
            for place, token in enumerate(tokens)
        )
        or phrases("dont_know").first(tokens) is not None
    )


def _resembles_a_label(question: Question, tokens: Tokens, hits: list[Hit]) -> bool:
    """ "diziness and headake": a word that no list knows and that looks like a label makes the list doubtful."""
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    labels = [word for word in vocabulary_of(question).words if len(word) > 3]
    unknown = (
        token.text
        for place, token in enumerate(tokens)
        if place not in covered
        and token.kind == "word"
        and len(token.text) > 3
        and token.text not in LEXICON.known_words
    )
    return any(process.extractOne(word, labels, scorer=fuzz.ratio, score_cutoff=RESEMBLANCE) for word in unknown)


def _code_before_other_label(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "2 headaches" may be two headaches or an option and another."""
    return any(
        code.by == "code"
        and label.by == "label"
        and code.code != label.code
        and code.end == label.start
        and tokens[code.start].kind != "symbol"
        and not tokens[label.start].gap
        for code, label in pairwise(sorted(hits, key=lambda hit: hit.start))
    )


def _left_over(question: Question, tokens: Tokens, hits: list[Hit]) -> bool:
    """ "pills n ice packs", "sleepy y ansiedad": a list item of unmatched words that may be meant for an option."""
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    shared = vocabulary_of(question).shared
    chosen = {hit.code for hit in hits}
    known = (LEXICON.words("filler") | LEXICON.words("list_idle") | LEXICON.words("courtesy")) - LEXICON.words(
        "symptoms"
    )
    known |= LEXICON.words("degree") | LEXICON.words("denial") | LEXICON.words("contrast") | LEXICON.words("code_words")
    for start, end in _items(tokens):
        item = [place for place in range(start, end) if tokens[place].kind == "word"]
        loose = [tokens[place].text for place in item if place not in covered and tokens[place].text not in known]
        if loose and len(loose) == len(item) <= _LONGEST_ITEM and _may_be_an_item(loose, shared, chosen):
            return True
    return False


def _may_be_an_item(words: list[str], shared: dict[str, frozenset[str]], chosen: set[str]) -> bool:
    """A word of a label that was not chosen, or a word that no list knows as anything else."""
    if any(word in shared and not shared[word] & chosen for word in words):
        return True
    return all(word not in LEXICON.known_words or word in LEXICON.words("symptoms") for word in words)


def _items(tokens: Tokens) -> list[tuple[int, int]]:
    """The pieces of a list: cut at punctuation and at and, y, n."""
    cuts = [
        place
        for place in range(1, len(tokens))
        if tokens[place].gap or tokens[place].text in LEXICON.words("item_joins")
    ]
    return [
        (start + (tokens[start].text in LEXICON.words("item_joins")), end)
        for start, end in pairwise([0, *cuts, len(tokens)])
    ]


def _neighbours(hits: list[Hit]) -> list[tuple[Hit, Hit]]:
    """Each wanted option with the next wanted one."""
    wanted = sorted((hit for hit in hits if not hit.denied), key=lambda hit: hit.start)
    return list(pairwise(wanted))


def _trailing_denial(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "no nausea, vomiting": what follows a denial in the same breath may be denied too."""
    ordered = sorted(hits, key=lambda hit: hit.start)
    for earlier, later in pairwise(ordered):
        if earlier.denied and not later.denied and earlier.by == "label":
            between = tokens[earlier.end : later.start]
            contrast = any(token.text in LEXICON.words("contrast") for token in between)
            if not contrast and tokens[later.start].gap != "." and not any(token.gap == "." for token in between):
                return True
    return False
