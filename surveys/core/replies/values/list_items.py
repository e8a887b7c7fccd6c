"""Looks at a reply as a list: its items, its spans, and what in it may be an item that nobody understood."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.option_words import vocabulary_of
from surveys.core.replies.values.options import Hit

RESEMBLANCE = 70
"""Percent of likeness from which an unknown word may be meant as a label."""

_LONGEST_ITEM = 6
_IDLE_LISTS = (
    "filler",
    "list_idle",
    "courtesy",
    "degree",
    "denial",
    "contrast",
    "code_words",
    "hedge",
    "right_ok",
    "left_ok",
    "clause_openers",
    "adjectives",
    "weekday_names",
    "day_part",
    "comment_openers",
    "other_days",
    "ordinal_endings",
)


def split_lists(tokens: Tokens) -> Tokens:
    """ "1,3" and "1.3.5" are lists here, not decimals; "1+3" is one too."""
    parts: list[Token] = []
    for place, token in enumerate(tokens):
        pieces = (
            re.split(r"[.,]", token.text)
            if token.kind == "number" and ("," in token.text or token.text.count(".") > 1)
            else [token.text]
        )
        if token.text in {"+", "/"} and 0 < place < len(tokens) - 1 and _is_code(tokens[place + 1]):
            continue
        parts += [
            replace(token, text=piece, gap=token.gap if nth == 0 else ",", glued=token.glued and nth == 0)
            for nth, piece in enumerate(pieces)
        ]
    return tuple(parts)


def _is_code(token: Token) -> bool:
    """Whether a token may be a code: a number or a single letter."""
    return token.kind == "number" or (token.kind == "word" and len(token.text) == 1)


def run_together(question: Question, tokens: Tokens) -> bool:
    """ "14" where only 1 and 4 are codes; "abd" where only letters are."""
    codes = vocabulary_of(question).codes
    for token in tokens:
        if token.text in codes or len(token.text) < 2:
            continue
        if token.kind == "number" and token.text.isdecimal() and all(char in codes for char in token.text):
            return len([each for each in tokens if each.kind == "number"]) == 1 and len(tokens) <= 3
    return False


def spanned(question: Question, tokens: Tokens, hits: list[Hit]) -> list[Hit] | None:
    """The options inside "3 through 5"; None where a dash leaves it open."""
    order = [option.code for option in question.options]
    hourly = bool(vocabulary_of(question).words & LEXICON.words("day_part"))
    added: list[Hit] = []
    codes = [hit for hit in hits if hit.by == "code"]
    for first, second in pairwise(codes):
        between = [token.text for token in tokens[first.end : second.start] if token.text not in _code_leads()]
        from_to = len(between) == 1 and between[0] in LEXICON.words("to_words") and _from(tokens, first.start)
        if len(between) == 1 and between[0] in LEXICON.words("open_spans") and (hourly or not from_to):
            return None
        low, high = order.index(first.code), order.index(second.code)
        if from_to or (len(between) == 1 and between[0] in LEXICON.words("span_words")):
            if low >= high:
                return None
            added += [Hit(first.start, second.end, code, "code") for code in order[low : high + 1]]
    return added


def _code_leads() -> frozenset[str]:
    return LEXICON.words("code_words") | LEXICON.words("list_articles")


def _from(tokens: Tokens, place: int) -> bool:
    """Whether "from", and at most an article, leads to a place."""
    while place > 0 and tokens[place - 1].text in _code_leads():
        place -= 1
    return place > 0 and tokens[place - 1].text in LEXICON.words("span_leads")


def uncertain(tokens: Tokens, hits: list[Hit]) -> bool:
    """A maybe or a question mark at an item; "I think" before the whole list is a manner of speaking."""
    first = min(hit.start for hit in hits)
    if _unevenly_sure(tokens, hits):
        return True
    return (
        any(
            token.text in LEXICON.words("item_doubt")
            or (token.text in LEXICON.words("opinion_words") and place > first)
            for place, token in enumerate(tokens)
        )
        or phrases("dont_know", "doubted_items").first(tokens) is not None
    )


def _unevenly_sure(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "I think 5, 1 for sure": the opinion before the list is of its first item only where another one is sure."""
    opinions = [place for place, token in enumerate(tokens) if token.text in LEXICON.words("opinion_words")]
    sure = [place for place, token in enumerate(tokens) if token.text in LEXICON.words("sure_words")]
    return len(hits) > 1 and bool(opinions) and any(place > opinions[0] + 1 for place in sure)


def resembles_a_label(question: Question, tokens: Tokens, hits: list[Hit]) -> bool:
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
        and not (token.raw.istitle() and not token.gap)
        and not _tells_of(tokens, hits, place)
        and not (
            place
            and not token.gap
            and tokens[place - 1].text in LEXICON.words("comment_openers") | LEXICON.words("article")
        )
    )
    return any(
        process.extractOne(
            word, [each for each in labels if each[0] == word[0]], scorer=fuzz.ratio, score_cutoff=RESEMBLANCE
        )
        for word in unknown
    )


def _tells_of(tokens: Tokens, hits: list[Hit], place: int) -> bool:
    """ "el estreñimiento me trae loca": a word of a sentence that an option begins."""
    before = max((hit.end for hit in hits if hit.end <= place), default=place)
    between = tokens[before : place + 1]
    known = LEXICON.words("right_ok") | LEXICON.words("copula")
    return not any(token.gap for token in between) and any(token.text in known for token in between[:-1])


def code_before_other_label(tokens: Tokens, hits: list[Hit]) -> bool:
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


def none_beside(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "right now neither": none of them beside an option, and not before one ("neither nausea nor")."""
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    nones = (place for place, token in enumerate(tokens) if token.text in LEXICON.words("none_of_options"))
    return any(place not in covered and (place + 1 == len(tokens) or bool(tokens[place + 1].gap)) for place in nones)


def yes_and_no(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "1 yes 2 no 3 yes": a no right behind a code."""
    ends = {hit.end for hit in hits if hit.by == "code"}
    return any(end < len(tokens) and tokens[end].text in LEXICON.words("bare_no") for end in ends)


def of_others(tokens: Tokens, hit: Hit) -> bool:
    """ "his wife", "their son": somebody of another person's."""
    before = tokens[hit.start - 1] if hit.start and not tokens[hit.start].gap else None
    return before is not None and before.text in LEXICON.words("others_possessive")


def left_over(question: Question, tokens: Tokens, hits: list[Hit]) -> bool:
    """ "pills n ice packs", "my husband and the gal down the hall": a list item that may be meant for an option."""
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    chosen = {hit.code for hit in hits}
    shared = {word for word, codes in vocabulary_of(question).shared.items() if not codes & chosen}
    hours = LEXICON.words("day_part") if _asks_when(question) else frozenset()
    for start, end in items_of(tokens):
        item = [place for place in range(start, end) if tokens[place].kind == "word"]
        if not item or covered & set(item) or _all_well([tokens[place].text for place in item]):
            continue
        loose = [tokens[place].text for place in item if _names_something(tokens[place].text, shared | hours)]
        named = (shared | hours) & set(loose)
        if loose and len(item) <= _LONGEST_ITEM and (named or not _comments(tokens[start:end], loose)):
            return True
    return False


def _asks_when(question: Question) -> bool:
    """Whether the options are times of the day, so that another one is an item as well."""
    return bool(vocabulary_of(question).words & LEXICON.words("times_of_day"))


def _all_well(item: list[str]) -> bool:
    """ "stomach's fine", "lo demás bien": an item that only says that something is well, which changes nothing."""
    against = LEXICON.words("denial") | LEXICON.words("symptoms") | LEXICON.words("item_doubt")
    return len(item) > 1 and item[-1] in LEXICON.words("fine_words") and not set(item) & against


def _comments(item: Tokens, loose: list[str]) -> bool:
    """ "slept 14 hours", "it was awful", a longer sentence of its own: says something of what has been named."""
    if set(loose) & LEXICON.words("symptoms"):
        return False
    opens = item[0].text in LEXICON.words("comment_openers")
    counts = any(token.kind == "number" for token in item)
    own = item[0].gap == "." and item[0].start > 0
    sentence = own and len(loose) < len(item) and not set(loose) & LEXICON.words("kin")
    return opens or counts or sentence


def _names_something(word: str, unchosen: set[str]) -> bool:
    """Whether a word may name an item: one of a label that was not chosen, of a known thing, or of nothing known."""
    if word in unchosen or word in LEXICON.words("symptoms") or word in LEXICON.words("kin"):
        return True
    return word not in _idle_in_lists()


@cache
def _idle_in_lists() -> frozenset[str]:
    """Words that say how, when or how much, and never name an item of a list."""
    return frozenset(word for name in _IDLE_LISTS for word in LEXICON.words(name))


def called_fine(tokens: Tokens, hit: Hit) -> bool:
    """ "walking was fine": an option of which nothing more is said than that it is well."""
    at, idle = hit.end, LEXICON.words("copula") | LEXICON.words("body")
    while at < len(tokens) and not tokens[at].gap and tokens[at].text in idle:
        at += 1
    ends = at + 1 >= len(tokens) or bool(tokens[at + 1].gap)
    return at < len(tokens) and not tokens[at].gap and ends and tokens[at].text in LEXICON.words("fine_words")


def items_of(tokens: Tokens) -> list[tuple[int, int]]:
    """The pieces of a list: cut at punctuation and at and, y, n."""
    joins = LEXICON.words("item_joins") | LEXICON.words("item_joins_more")
    cuts = [
        place
        for place in range(1, len(tokens))
        if tokens[place].gap or (tokens[place].text in joins and not _strengthens(tokens, place))
    ]
    return [(start + (tokens[start].text in joins), end) for start, end in pairwise([0, *cuts, len(tokens)])]


def _strengthens(tokens: Tokens, place: int) -> bool:
    """ "sitting too long": a "too" before a word of degree joins nothing."""
    follows = place + 1 < len(tokens) and not tokens[place + 1].gap
    return (
        follows
        and tokens[place].text in LEXICON.words("too_words")
        and tokens[place + 1].text in LEXICON.words("too_what")
    )


def neighbours(hits: list[Hit]) -> list[tuple[Hit, Hit]]:
    """Each wanted option with the next wanted one."""
    wanted = sorted((hit for hit in hits if not hit.denied), key=lambda hit: hit.start)
    return list(pairwise(wanted))


def _answered_no(tokens: Tokens, hit: Hit) -> bool:
    """ "blurry no, dry mouth yes": the no stands behind its item and ends there."""
    behind = tokens[hit.end : hit.end + 2]
    return len(behind) > 1 and behind[0].text in LEXICON.words("no_after") and bool(behind[1].gap)


def trailing_denial(tokens: Tokens, hits: list[Hit]) -> bool:
    """ "no nausea, vomiting": what follows a denial in the same breath may be denied too."""
    ordered = sorted(hits, key=lambda hit: hit.start)
    last = [token.text for place, token in enumerate(tokens) if place + 1 == len(tokens) or tokens[place + 1].gap]
    if any(word in LEXICON.words("denied_verbs") for word in last):
        return True
    if last[-1] in LEXICON.words("bare_no") and not tokens[-1].gap and ordered[-1].end < len(tokens) - 1:
        return True
    for earlier, later in pairwise(ordered):
        if earlier.denied and not later.denied and earlier.by == "label" and not _answered_no(tokens, earlier):
            between = tokens[earlier.end : later.start]
            contrast = any(token.text in LEXICON.words("contrast") for token in tokens[earlier.end : later.end])
            if not contrast and tokens[later.start].gap != "." and not any(token.gap == "." for token in between):
                return True
    return False
