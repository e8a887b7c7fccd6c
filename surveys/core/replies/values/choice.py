"""Reads single and multiple choices from the options found in a reply."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.codes import code_hits, place_hits
from surveys.core.replies.values.list_items import (
    called_fine,
    code_before_other_label,
    items_of,
    left_over,
    neighbours,
    none_beside,
    of_others,
    resembles_a_label,
    run_together,
    spanned,
    split_lists,
    trailing_denial,
    uncertain,
    yes_and_no,
)
from surveys.core.replies.values.options import (
    Hit,
    label_hits,
    singular_and_plural,
    turned_round,
    vocabulary_of,
    words_of,
)
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.placement import misplaced
from surveys.core.replies.values.spelling import spelled_label

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
    if not hits and not foreign and (none_code := _none_of_one(question, tokens)) is not None:
        return found(none_code, "Chooses the option for none.")
    if any(later.denied > earlier.denied and _lone_no(tokens, earlier, later) for earlier, later in pairwise(hits)):
        return unclear("A no between two options.")
    if len(chosen) != 1:
        return unclear(
            "Fits more than one option." if chosen else "No option that could be recorded.", tried=bool(hits or foreign)
        )
    (code,) = chosen
    if foreign or _contradicted(question, tokens, hits, code) or _other_way(question, tokens, hits, code):
        return unclear("The words and the option disagree.")
    if _or_else(tokens, hits) or _taken_for(tokens, hits):
        return unclear("An option or something else.")
    if _half_hearted(tokens, hits):
        return unclear("An option that is only nearly meant.")
    against = [hit.by == "label" and misplaced(question, tokens, hit) for hit in hits if not hit.denied]
    if all(against):
        return unclear(f"{against[0]}")
    return found(
        code, "One option by its code, its label or a plain equal.", extra=_says_more(tokens, hits), confidence=0.96
    )


def _lone_no(tokens: Tokens, earlier: Hit, later: Hit) -> bool:
    """ "left no right" chooses the right or denies it; between two codes any denial leaves that open."""
    between = [token.text for token in tokens[earlier.end : later.start]]
    bare = len(between) == 1 and between[0] in LEXICON.words("bare_no")
    return bare or earlier.by == later.by == "code"


def _none_of_one(question: Question, tokens: Tokens) -> str | None:
    """ "none" for "None used" or "No", but not for "No change"."""
    none_code = vocabulary_of(question).none_code
    words = next((words_of(option.label).split() for option in question.options if option.code == none_code), [])
    if none_code is None or (len(words) > 1 and words[0] in LEXICON.words("bare_no")):
        return None
    return none_code if _none(tokens, [], none_code, _idle_rest()) else None


def _idle_rest() -> frozenset[str]:
    """Words that may stand beside "all" or "none" without changing it."""
    return (LEXICON.words("filler") - LEXICON.words("not_all")) | LEXICON.words("list_idle")


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


def _too_long(tokens: Tokens) -> bool:
    return len(tokens) > MOST_WORDS


def _all_hits(question: Question, tokens: Tokens, language: str) -> tuple[list[Hit], bool]:
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


def _after_self_correction(tokens: Tokens, hits: list[Hit]) -> tuple[list[Hit], Tokens]:
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


def _taken_for(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "left one. no the right one": a no at the start of a clause that may put one option in another's place."""
    later = [hit.start for hit in hits[1:] if hit.denied and hit.by != "code"]
    return any(
        tokens[start - 2].gap
        and tokens[start - 2].text in LEXICON.words("bare_no")
        and tokens[start - 1].text in LEXICON.words("list_articles")
        for start in later
        if start > 1
    )


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
    tokens = spelled_label(question, split_lists(reply.tokens))
    whole = _whole_list(question, tokens, language)
    if whole is not None:
        return whole
    if run_together(question, tokens):
        return unclear("Codes run together without separators.")
    hits, foreign = _all_hits(question, tokens, language)
    hits, tokens = _answered_each(tokens, hits) or _after_self_correction(tokens, hits)
    spans = spanned(question, tokens, hits)
    if spans is None:
        return unclear("A dash may mean a span or a list.")
    if foreign:
        return unclear("Includes something that is not an option.")
    return _chosen(question, tokens, [*hits, *spans])


def _answered_each(tokens: Tokens, hits: list[Hit]) -> tuple[list[Hit], Tokens] | None:
    """ "nausea no headache yes": a yes or no right behind every option says which are meant."""
    ends = [tokens[hit.end].text if hit.end < len(tokens) else "" for hit in hits]
    yes = LEXICON.words("bare_yes")
    if len(hits) < 2 or not all(end in yes or end in LEXICON.words("bare_no") for end in ends):
        return None
    return [replace(hit, denied=end not in yes) for hit, end in zip(hits, ends, strict=True)], tokens


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
        for earlier, later in neighbours(hits)
        for token in tokens[earlier.end : later.start]
    ):
        return unclear("Either of several options.")
    if wanted & denied or (none_code in wanted and len(wanted) > 1) or _taken_for(tokens, hits):
        return unclear("The items contradict each other.")
    if code_before_other_label(tokens, hits):
        return unclear("A number and the option behind it disagree.")
    if none_beside(tokens, hits) or yes_and_no(tokens, hits):
        return unclear("None, or yes and no, beside the options.")
    if left_over(question, tokens, hits):
        return unclear("A word of another item, or an item that is not known.")
    if resembles_a_label(question, tokens, hits):
        return unclear("A word that may be a misspelt item.")
    if uncertain(tokens, hits) or trailing_denial(tokens, hits):
        return unclear("One item is uncertain.")
    labels = [hit for hit in hits if hit.by == "label" and not hit.denied]
    if any(misplaced(question, tokens, hit) or _not_meant(tokens, hit, several=len(labels) > 1) for hit in labels):
        return unclear("One item may be something else.")
    extra = _says_more(tokens, hits)
    return found(tuple(sorted(wanted)), "The options that were named.", extra=extra, confidence=0.95)


def _not_meant(tokens: Tokens, hit: Hit, *, several: bool) -> bool:
    """ "walking was fine", and "his wife" among other items."""
    return called_fine(tokens, hit) or (several and of_others(tokens, hit))


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
    idle = _idle_rest()
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
