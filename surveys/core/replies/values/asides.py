"""Numbers beside the answer that are plainly of something else: an age, a height, somebody else's score, a strength."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.roles import Judged
from surveys.core.replies.values.scene import FREE, POISON
from surveys.core.replies.values.segments import clause_at, clauses

_FAR, _YEARS = 10, 1_000
"""How far above the scale a number must lie to be no slip of the score itself, and from where it may be a year."""


def without_asides(question: Question, tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """The numbers without those that cannot be the answer beside one that can."""
    judged = _without_far_ones(question, tokens, judged)
    return _without_small_ones(question, tokens, _without_other_peoples(tokens, judged))


def _without_far_ones(question: Question, tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "Four. I'm 81": beside a score that stands alone, a number far above the scale is an age or an address."""
    if question.type != "scale" or question.max is None or not any(_alone(tokens, each) for each in judged):
        return judged
    far = question.max + _FAR
    return [
        each for each in judged if each.mention.value is None or each.mention.value <= far or _may_answer(tokens, each)
    ]


def _may_answer(tokens: Tokens, judged: Judged) -> bool:
    """Whether a number far above the scale may still be meant as the score; a year never is."""
    return (judged.mention.value or 0) < _YEARS and _alone(tokens, judged)


def _alone(tokens: Tokens, judged: Judged) -> bool:
    """Whether the number is all that its clause says."""
    start, end = clause_at(clauses(tokens), judged.mention.start)
    idle = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula") | LEXICON.words("article")
    rest = (*tokens[start : judged.mention.start], *tokens[judged.end : end])
    stands = judged.role == FREE and all(token.text in idle for token in rest)
    return stands and not any(
        token.text in LEXICON.words("age_leads") for token in tokens[start : judged.mention.start]
    )


def _without_small_ones(question: Question, tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "212, I'm 5'10": below the least that can be measured, beside one number that fits, is another measure."""
    if not focus_of(question).measures or question.min is None or any(each.role == POISON for each in judged):
        return judged
    fitting = [each for each in judged if each.role == FREE and (each.mention.value or 0) >= question.min]
    small = [each for each in judged if each not in fitting]
    own = bool(small) and _whose(tokens, small[0]) in LEXICON.words("age_leads")
    return fitting if own and len(fitting) == 1 and question.min > _FAR else judged


def _without_other_peoples(tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "hubby 5 me 2": beside a number that is said to be one's own, those of other people."""
    own = [each for each in judged if each.role == FREE and _whose(tokens, each) in LEXICON.words("own_words")]
    if len(own) != 1:
        return judged
    starts = [0, *(each.end for each in judged)]
    pairs = zip(starts, judged, strict=False)
    others = [each for start, each in pairs if _names_person(tokens[start : each.mention.start])]
    return [each for each in judged if each not in others or each in own]


def _whose(tokens: Tokens, judged: Judged) -> str:
    """The word before the number, small words between them not counted."""
    idle = LEXICON.words("article") | LEXICON.words("to_be") | LEXICON.words("hedge") | LEXICON.words("at_words")
    place = judged.mention.start - 1
    while place >= 0 and tokens[place].text in idle:
        place -= 1
    return tokens[place].text if place >= 0 else ""


def _names_person(tokens: Tokens) -> bool:
    return any(token.text in LEXICON.words("person_words") for token in tokens)
