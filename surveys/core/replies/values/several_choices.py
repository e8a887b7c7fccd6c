"""Reads multiple choices: every option that is certainly meant, or none of them."""

from __future__ import annotations

from dataclasses import replace

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.chosen import (
    after_self_correction,
    all_hits,
    idle_rest,
    none_of_them,
    says_more,
    taken_for,
    too_long,
)
from surveys.core.replies.values.list_items import (
    called_fine,
    code_before_other_label,
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
from surveys.core.replies.values.option_words import vocabulary_of, words_of
from surveys.core.replies.values.options import Hit, label_hits
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.placement import misplaced
from surveys.core.replies.values.spelling import spelled_label


def read_multi(question: Question, reply: Stripped, language: str) -> Outcome:
    """All options that are certainly meant; one doubtful item makes the whole list doubtful."""
    if too_long(reply.tokens):
        return unclear("Too many words to be a list of choices.", tried=False)
    tokens = spelled_label(question, split_lists(reply.tokens))
    whole = _whole_list(question, tokens, language)
    if whole is not None:
        return whole
    if run_together(question, tokens):
        return unclear("Codes run together without separators.")
    hits, foreign = all_hits(question, tokens, language)
    if hits and phrases("doubted_items").first(tokens):
        return unclear("One item is uncertain.")
    hits, tokens = _answered_each(tokens, hits) or after_self_correction(tokens, hits)
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
    if wanted & denied or (none_code in wanted and len(wanted) > 1) or taken_for(tokens, hits):
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
    extra = says_more(tokens, hits)
    return found(tuple(sorted(wanted)), "The options that were named.", extra=extra, confidence=0.95)


def _not_meant(tokens: Tokens, hit: Hit, *, several: bool) -> bool:
    """ "walking was fine", and "his wife" among other items."""
    return called_fine(tokens, hit) or (several and of_others(tokens, hit))


def _another_number(tokens: Tokens, offered: int) -> bool:
    """ "all three" of five."""
    spelled = LEXICON.pairs("small_numbers")
    said = {spelled.get(token.text, token.text) for token in tokens}
    numbers = {word for word in said if word.isdecimal()}
    return bool(numbers) and numbers != {str(offered)}


def _whole_list(question: Question, tokens: Tokens, language: str) -> Outcome | None:
    """All, everything except, both, none."""
    none_code = vocabulary_of(question).none_code
    real = [option.code for option in question.options if option.code != none_code]
    exception = phrases("all_except").first(tokens)
    if exception:
        rest, foreign = all_hits(question, tokens[exception.end :], language)
        if foreign or not rest:
            return unclear("An exception that is not clear.")
        left = sorted(set(real) - {hit.code for hit in rest})
        return found(tuple(left), "Everything except the named options.") if left else unclear("Nothing is left.")
    hits = label_hits(question, tokens)
    idle = idle_rest()
    for name, codes in (("both_of_them", real if len(real) == 2 else []), ("all_of_them", real)):
        match = phrases(name).first(tokens)
        if (
            match
            and not hits
            and all(
                token.text in idle or token.kind != "word" for token in (*tokens[: match.start], *tokens[match.end :])
            )
        ):
            if not codes or _another_number(tokens[match.start : match.end], len(codes)):
                return unclear("Both or all of another number than are offered.")
            return found(tuple(sorted(codes)), "The whole list.", confidence=0.9)
    own = {word for option in question.options if option.code == none_code for word in words_of(option.label).split()}
    return none_of_them(tokens, hits, none_code, idle | own)
