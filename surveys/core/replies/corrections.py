"""Fourth layer: does the text change the answer before, rather than answer the open question?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Previous, Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.focus import focus_of

_STEM = 4
_NUMERIC = frozenset({"scale", "number"})
_PARENTHESES = re.compile(r"\([^()]{0,80}\)")


@dataclass(frozen=True, slots=True)
class Change:
    """How a text speaks of changing an answer: whether it points back, labels another topic, says a new value.

    `only_denies`: nothing but the denied old value tells of a change ("5 not 8"). `start` is where it begins to.
    """

    points_back: bool
    label_of_previous: bool
    label_of_open: bool
    without_value: bool
    only_denies: bool
    start: int


def change_in(tokens: Tokens, question: Question | None, previous: Previous | None) -> Change | None:
    """What the text says of a change, or None where nothing does."""
    asked = phrases("change_answer").first(tokens)
    of_previous = previous is not None and is_about(tokens, previous.question, question)
    of_open = question is not None and is_about(tokens, question, previous.question if previous else None)
    marks = phrases("correction_marks").all(tokens)
    mark = next((each for each in marks if of_previous or _is_meant(tokens, each, previous)), None)
    named = phrases("names_previous").first(tokens) or (phrases("back_to").first(tokens) if of_previous else None)
    old = _old_values(tokens, previous)
    evidence = [each for each in (mark, asked, named, *old, _opening_no(tokens, question, previous)) if each]
    if not evidence:
        return None
    return Change(
        points_back=bool(named or old or points_back(tokens)),
        label_of_previous=of_previous,
        label_of_open=of_open,
        without_value=asked is not None,
        only_denies=bool(old) and not asked and not named and mark in {None, *_lone_denials(marks, old)},
        start=min(each.start for each in evidence),
    )


def _opening_no(tokens: Tokens, question: Question | None, previous: Previous | None) -> Match | None:
    """ "no, 6" between two numbers: the no may take the answer before back."""
    if question is None or previous is None or {question.type, previous.question.type} - _NUMERIC:
        return None
    no = phrases("opening_no").first(tokens[:1])
    return no if no and len(tokens) > 1 and tokens[1].gap else None


def points_back(tokens: Tokens) -> bool:
    """Whether words such as "for that" or "earlier" speak of the answer before."""
    return phrases("correction_pointing").first(tokens) is not None


def _lone_denials(marks: list[Match], old: list[Match]) -> set[Match]:
    """The marks that are nothing but the denial of the old value."""
    return {mark for mark in marks if any(each.start <= mark.start < each.end for each in old)}


def _is_meant(tokens: Tokens, mark: Match, previous: Previous | None) -> bool:
    """ "Sorry I was asleep. 6" only apologises: a weak mark counts beside a value, a label or the end of its clause."""
    words = {token.text for token in tokens[mark.start : mark.end]}
    if not words & LEXICON.words("weak_marks"):
        return True
    end = next((place for place in range(mark.end, len(tokens)) if tokens[place].gap), len(tokens))
    rest = [token for token in tokens[mark.end : end] if token.kind == "word"]
    known = LEXICON.words("filler") | LEXICON.words("copula") | LEXICON.union("topic_") | LEXICON.union("number_words")
    labels = _label_words(previous.question) if previous else frozenset()
    return all(token.text in known | labels for token in rest)


def corrected_part(tokens: Tokens, previous: Previous | None) -> Tokens:
    """The words that give the new value: without the mark, "was", "for that" and the old value that is denied."""
    cut: set[int] = set()
    matches = phrases(
        "correction_marks",
        "change_answer",
        "correction_pointing",
        "correction_idle",
        "names_previous",
        "back_to",
        "opening_no",
    ).all(tokens)
    old = _old_values(tokens, previous)
    told = [match for match in old if match.label == "old_value_told"]
    turned = phrases("in_place_of").all(tokens) if told else []
    for match in (*matches, *old, *turned):
        cut.update(range(match.start, match.end))
    if previous is not None:
        units = focus_of(previous.question).units
        cut.update(match.end for match in old if match.end < len(tokens) and tokens[match.end].text in units)
    for place, token in enumerate(tokens):
        if token.kind == "number" and not turned and (lead := _lead_of_old_value(tokens, place)) is not None:
            cut.update(range(lead, place + 1))
    kept = _without(tokens, cut)
    return tuple(replace(token, gap=token.gap or ("," if place == 0 else "")) for place, token in enumerate(kept))


def _without(tokens: Tokens, cut: set[int]) -> list[Token]:
    """The tokens that are not cut; a break inside what was cut stays a break."""
    kept: list[Token] = []
    gap = ""
    for place, token in enumerate(tokens):
        if place in cut:
            gap = gap or token.gap
            continue
        kept.append(replace(token, gap=token.gap or gap))
        gap = ""
    return kept


def _lead_of_old_value(tokens: Tokens, place: int) -> int | None:
    """Where "not 1" or "no en 1" begins, whose number is the one at `place`."""
    if tokens[place].gap:
        return None
    linked = place > 1 and tokens[place - 1].text in LEXICON.words("old_value_links")
    lead = place - 2 if linked else place - 1
    return lead if lead >= 0 and tokens[lead].text in LEXICON.words("old_value_leads") else None


def adds_to_list(tokens: Tokens, previous: Previous) -> bool:
    """ "add feet to it": a change of a list whose new whole is not said."""
    adding = any(token.text in LEXICON.words("adding_to_a_list") for token in tokens)
    return adding and previous.question.type == "multi_choice"


def stepping_back(tokens: Tokens) -> str | None:
    """undo or back, alone or with courtesy words."""
    if any(token.kind == "number" for token in tokens):
        return None
    kept = tuple(token for token in tokens if token.kind == "word" and token.text not in LEXICON.words("courtesy"))
    for name in ("undo", "back"):
        if phrases(f"{name}_words").whole(kept):
            return name
    return None


def is_about(tokens: Tokens, one: Question, other: Question | None) -> bool:
    """Whether the text names a topic, an aspect or telling words of one question that the other does not have."""
    return bool(_subjects(tokens) & (_asked_subjects(one) - _asked_subjects(other))) or _speaks_of(tokens, one, other)


def _speaks_of(tokens: Tokens, one: Question, other: Question | None) -> bool:
    telling = _telling_words(one) - (_telling_words(other) if other else frozenset())
    return any(token.kind == "word" and _stem(token.text) in telling for token in tokens)


@lru_cache(maxsize=512)
def _telling_words(question: Question) -> frozenset[str]:
    texts = (_PARENTHESES.sub(" ", question.text), *(option.label for option in question.options))
    words = {token.text for text in texts for token in tokenise(clean(text)) if token.kind == "word"}
    dull = LEXICON.words("filler") | LEXICON.words("prompt_idle") | LEXICON.words("degree") | LEXICON.words("right_ok")
    return frozenset(_stem(word) for word in words if len(word) >= _STEM and word not in dull)


def _stem(word: str) -> str:
    """ "fall", "fallen" and "falls" speak of one thing."""
    return word[:_STEM]


def _subjects(tokens: Tokens) -> set[str]:
    words = {token.text for token in tokens}
    names = (*LEXICON.names("topic_"), *LEXICON.names("aspect_"))
    current = {"now"} if phrases("current_moment").first(tokens) else set()
    return current | {name for name in names if words & LEXICON.words(name)}


def _asked_subjects(question: Question | None) -> frozenset[str]:
    if question is None:
        return frozenset()
    asked = focus_of(question)
    return asked.topics | asked.aspects | {asked.moment}


def _old_values(tokens: Tokens, previous: Previous | None) -> list[Match]:
    """ "5 not 8", "the 8 I put", "no fueron 8" where 8 is what was kept."""
    if previous is None or isinstance(previous.value, bool) or not isinstance(previous.value, int | float):
        return []
    shown = str(int(previous.value)) if previous.value == int(previous.value) else str(previous.value)
    found = phrases("old_value_denied", "old_value_told").all(tokens)
    return [match for match in found if shown in _figures_of(tokens[match.start : match.end])]


def _figures_of(tokens: Tokens) -> set[str]:
    return {token.text for token in tokens if token.kind == "number"}


@lru_cache(maxsize=512)
def _label_words(question: Question) -> frozenset[str]:
    """The words of the labels of a choice."""
    return frozenset(token.text for option in question.options for token in tokenise(clean(option.label)))
