"""Finds options named by their code or by their place in the list, and tells codes from other numbers."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.mentions import find_mentions
from surveys.core.replies.values.option_words import Vocabulary, vocabulary_of
from surveys.core.replies.values.options import Hit

FREE, OTHER, POISON = "free", "other", "poison"
_LONGEST_BOUND = 4


def code_hits(question: Question, tokens: Tokens, language: str) -> tuple[list[Hit], bool]:
    """Options named by their code, and whether a number or letter names no option."""
    vocabulary = vocabulary_of(question)
    numeric = any(code.isdecimal() for code in vocabulary.codes)
    hits, foreign = ([], False) if not numeric else _numeric_hits(vocabulary, tokens, language)
    if not numeric or not all(code.isdecimal() for code in vocabulary.codes):
        hits += _letter_hits(vocabulary, tokens)
    return sorted(hits, key=lambda hit: hit.start), foreign


def _numeric_hits(vocabulary: Vocabulary, tokens: Tokens, language: str) -> tuple[list[Hit], bool]:
    hits: list[Hit] = []
    foreign = False
    for mention in find_mentions(tokens, language):
        verdict = _number_verdict(tokens, mention.start, mention.end)
        if verdict is FREE and _counts_a_thing(vocabulary, tokens, mention.end):
            verdict = OTHER
        if verdict is FREE and _scores_a_topic(vocabulary, tokens, mention.start, mention.end):
            verdict = POISON
        if verdict == OTHER or (mention.form == "counting"):
            continue
        whole = mention.value is not None and mention.value == int(mention.value)
        code = vocabulary.codes.get(str(int(mention.value))) if whole and mention.value is not None else None
        if code is None and verdict is FREE and _beside(tokens, mention.start):
            continue
        if code is None or verdict == "poison":
            foreign = True
        else:
            denied = (
                mention.start > 0
                and not tokens[mention.start].gap
                and tokens[mention.start - 1].text in LEXICON.words("denial")
            )
            hits.append(Hit(mention.start, mention.end, code, "code", denied=denied))
    return hits, foreign


def _counts_a_thing(vocabulary: Vocabulary, tokens: Tokens, end: int) -> bool:
    """ "4 wheels": a word right behind the number that is no label and may be what is counted."""
    if _label_at(vocabulary, tokens, end) is not None:
        return False
    described = end
    while end < len(tokens) and not tokens[end].gap and tokens[end].text in LEXICON.words("adjectives"):
        end += 1
    after = tokens[end] if end < len(tokens) and not tokens[end].gap else None
    if after is None or after.kind != "word" or len(after.text) == 1:
        return False
    if (described < end and after.text in LEXICON.union("unit_")) or after.text in LEXICON.words("body"):
        return True
    names = ("filler", "hedge", "right_ok", "left_ok", "degree", "contrast", "code_words", "clause_openers", "denial")
    known = any(after.text in LEXICON.words(name) for name in names) or after.text in vocabulary.shared
    return (
        not known and after.text not in LEXICON.union("number_") and after.text not in LEXICON.words("one_sided_words")
    )


def _scores_a_topic(vocabulary: Vocabulary, tokens: Tokens, start: int, end: int) -> bool:
    """ "a 5 pain", "5 pain wise": "esta en 4 el dolor": the topic behind the number says what was scored."""
    end += end < len(tokens) and tokens[end].text in LEXICON.words("respect_leads")
    words = [token.text for token in tokens[end : end + 2] if not token.gap]
    named = words[1:] and words[0] in LEXICON.words("article") and words[1] in LEXICON.union("topic_")
    if named and (end + 2 == len(tokens) or tokens[end + 2].gap) and words[1] not in vocabulary.words:
        return True
    if not words or words[0] not in LEXICON.union("topic_") or words[0] in vocabulary.words:
        return False
    led = start > 0 and tokens[start - 1].text in LEXICON.words("singular_articles")
    return led or words[-1] in LEXICON.words("respect_words")


def _beside(tokens: Tokens, start: int) -> bool:
    """ "since the accident in 09", "around 7": a year or an hour that no option has for its code."""
    leads = LEXICON.words("beside_numbers")
    return start > 0 and not tokens[start].gap and tokens[start - 1].text in leads


def _number_verdict(tokens: Tokens, start: int, end: int) -> str:
    """free, other (it counts something) or poison (a score or a fraction where a code is asked)."""
    after = tokens[end] if end < len(tokens) and not tokens[end].gap else None
    before = tokens[start - 1] if start and not tokens[start].gap else None
    verdict = (_verdict_after(tokens, end, after) if after else None) or (
        _verdict_before(tokens, start, before) if before else None
    )
    return verdict or (POISON if _scored(tokens, start) else FREE)


def _verdict_after(tokens: Tokens, end: int, after: Token) -> str | None:
    """A unit, an hour of a part of the day, or the slash of a score behind the number."""
    joined = after.text in LEXICON.words("item_joins")
    if _spans_a_quantity(tokens, end):
        return OTHER
    if after.text in LEXICON.union("unit_") or (after.glued and after.kind == "word" and not joined):
        return OTHER
    if after.text in LEXICON.words("of_words") and end + 1 < len(tokens):
        return OTHER
    rated = after.text in LEXICON.words("rate_articles") | LEXICON.words("rate_words")
    if rated and end + 1 < len(tokens) and tokens[end + 1].text in LEXICON.words("day_words"):
        return OTHER
    if after.text in LEXICON.words("score_signs"):
        return POISON
    in_the = after.text in LEXICON.words("day_part_leads")
    return OTHER if in_the and _day_part(tokens, end + 1) else None


def _spans_a_quantity(tokens: Tokens, end: int) -> bool:
    """ "2-3 days", "2 or 3 times": behind the number a second one that has a unit, so neither is a code."""
    joined, second, unit = (tokens[end : end + 3] + (None,) * 3)[:3]
    if joined is None or second is None or unit is None or second.kind != "number" or second.gap or unit.gap:
        return False
    return joined.text in LEXICON.words("range_joins") and unit.text in LEXICON.union("unit_")


def _verdict_before(tokens: Tokens, start: int, before: Token) -> str | None:
    """ "took 2", "L4", "-1", "last two"."""
    near = tokens[max(0, start - _LONGEST_BOUND) : start]
    if any(match.end == len(near) for match in phrases("list_stress").all(near)):
        return None
    bounded = phrases("one_sided_before").all(near)
    if before.text in LEXICON.words("group_words") or any(match.end == min(start, _LONGEST_BOUND) for match in bounded):
        return POISON
    if before.text in LEXICON.words("score_articles") and _ends_here(tokens, start):
        return POISON
    if before.text == "-" and tokens[start].glued and not before.glued:
        return POISON
    if before.text in LEXICON.words("takers") - LEXICON.words("code_words") - LEXICON.words("code_leads"):
        return OTHER
    if before.text in LEXICON.words("item_joins"):
        return None
    if before.text in LEXICON.words("at_hour") and _says_what(tokens, start - 1):
        return OTHER
    glued_to_word = before.kind == "word" and tokens[start].glued and before.text not in LEXICON.words("code_words")
    return OTHER if glued_to_word else None


def _ends_here(tokens: Tokens, start: int) -> bool:
    """ "it's a 4 today": a sentence that leads to a number, and more than the number in it."""
    idle = LEXICON.words("code_words") | LEXICON.words("hedge")
    return start > 1 and tokens[start - 2].text in LEXICON.words("copula") - idle


def _says_what(tokens: Tokens, place: int) -> bool:
    """ "woke up at 3": words before a place, in its clause, that say what was at that hour."""
    idle = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula") | LEXICON.words("code_words")
    while place > 0 and not tokens[place].gap:
        place -= 1
        if tokens[place].text not in idle:
            return True
    return False


def _day_part(tokens: Tokens, place: int) -> bool:
    return any(token.text in LEXICON.words("day_part") for token in tokens[place : place + 2])


def _scored(tokens: Tokens, start: int) -> bool:
    """ "my pain's at 3", "mood 8": a score of something, not a code."""
    for place in range(start - 1, max(-1, start - 5), -1):
        if tokens[place + 1].gap:
            return False
        if tokens[place].text in LEXICON.union("topic_"):
            return True
    return False


def _letter_hits(vocabulary: Vocabulary, tokens: Tokens) -> list[Hit]:
    """Single letters that stand as codes: alone, in a list with other codes, or before their own label."""
    said = {match.start for match in phrases("letter_phrases").all(tokens)}  # "c u thursday"
    set_phrases = phrases("set_phrases").all(tokens)  # "thanks a lot"
    said |= {place for match in set_phrases for place in range(match.start, match.end) if tokens[place].raw.islower()}
    places = [
        place
        for place, token in enumerate(tokens)
        if token.kind == "word"
        and token.text in vocabulary.codes
        and place not in said
        and (len(token.text) > 1 or _letter_stands(tokens, place, vocabulary))
    ]
    return [
        Hit(place, place + 1, vocabulary.codes[tokens[place].text], "code", denied=_letter_denied(tokens, place))
        for place in places
    ]


def _letter_denied(tokens: Tokens, place: int) -> bool:
    return place > 0 and not tokens[place].gap and tokens[place - 1].text in LEXICON.words("denial")


def _letter_stands(tokens: Tokens, place: int, vocabulary: Vocabulary) -> bool:
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place else None
    joint = LEXICON.words("code_joins")
    follows = before is not None and not token.gap and before.text not in vocabulary.codes
    if token.text in LEXICON.words("word_letters") and token.raw.islower() and follows:
        return before is not None and before.text in joint | LEXICON.words("code_words")
    trailing = (
        LEXICON.words("filler")
        if len(token.text) > 1 or token.text not in LEXICON.words("lone_letters")
        else frozenset()
    )
    free_after = (
        after is None
        or bool(after.gap)
        or after.text in joint | trailing
        or after.text in vocabulary.codes
        or after.kind != "word"
        or (token.raw.isupper() and after.text in LEXICON.words("contrast"))
    )
    leads = (
        joint
        | LEXICON.words("code_words")
        | LEXICON.words("filler")
        | LEXICON.words("denial")
        | LEXICON.words("except_words")
    )
    free_before = before is None or bool(token.gap) or before.text in leads or before.text in vocabulary.codes
    if (
        token.text in LEXICON.words("joining_letters")
        and before is not None
        and after is not None
        and not token.gap
        and not after.gap
    ):
        others = before.text in vocabulary.codes and after.text in vocabulary.codes
        return free_before and free_after and not others
    if not free_after and place == 0 and after is not None and _heads(tokens, vocabulary):
        return True
    if not free_after and after is not None:
        following = _label_at(vocabulary, tokens, place + 1)
        article = token.text in LEXICON.words("article_letters") and following == vocabulary.codes[token.text]
        listed = token.text in LEXICON.words("article_letters") and not vocabulary.single
        return following is not None and free_before and not article and not listed
    return free_before and free_after


def _heads(tokens: Tokens, vocabulary: Vocabulary) -> bool:
    """ "C they lowered it": a capital letter that is no word, before a sentence that says why."""
    first, after = tokens[0], tokens[1]
    letter = vocabulary.single and first.raw.isupper() and first.text not in LEXICON.words("word_letters")
    return letter and after.text in LEXICON.words("sentence_heads")


def _label_at(vocabulary: Vocabulary, tokens: Tokens, place: int) -> str | None:
    """The option whose wording begins at a place, or None."""
    return next((match.label for match in vocabulary.labels.all(tokens[place : place + 6]) if match.start == 0), None)


def place_hits(question: Question, tokens: Tokens) -> list[Hit]:
    """ "the third one", "la ultima": the place in the list."""
    ordinals = LEXICON.pairs("ordinals")
    nexts = phrases("before_last").all(tokens) if len(question.options) > 1 else []
    hits = [Hit(match.start, match.end, question.options[-2].code, "place") for match in nexts]
    inside = {place for hit in hits for place in range(hit.start, hit.end)}
    for place, token in enumerate(tokens):
        if place in inside:
            continue
        position = ordinals.get(token.text)
        if (
            token.kind == "number"
            and place + 1 < len(tokens)
            and tokens[place + 1].text in LEXICON.words("ordinal_endings")
        ):
            position = token.text
        if token.text in LEXICON.words("last_words"):
            position = str(len(question.options))
        if position is None or not position.isdecimal() or not _place_stands(tokens, place):
            continue
        if 1 <= int(position) <= len(question.options):
            hits.append(Hit(place, place + 1, question.options[int(position) - 1].code, "place"))
    return hits


def _place_stands(tokens: Tokens, place: int) -> bool:
    """An ordinal with "one", "option" or nothing behind it, and an article or nothing before it."""
    if tokens[place].kind == "number" and not (
        place + 1 < len(tokens) and tokens[place + 1].text in LEXICON.words("ordinal_endings")
    ):
        return False
    place += tokens[place].kind == "number"
    after = tokens[place + 1] if place + 1 < len(tokens) and not tokens[place + 1].gap else None
    start = place - (tokens[place].text in LEXICON.words("ordinal_endings"))
    before = tokens[start - 1] if start and not tokens[start].gap else None
    free_after = after is None or after.text in LEXICON.words("place_followers")
    return free_after and (before is None or before.text in LEXICON.words("place_leads"))
