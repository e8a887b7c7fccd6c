"""Numbers and letters that a yes-or-no question offers in its prompt."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.mentions import find_mentions


def offered_code(question: Question, tokens: Tokens, language: str) -> bool | None:
    """A number or letter that the prompt offered, standing free."""
    if not question.options:
        return None
    offered = {option.code.casefold(): _polarity(option.label) for option in question.options}
    named = {
        mention.start: str(int(mention.value))
        for mention in find_mentions(tokens, language)
        if mention.value is not None and mention.form != "counting"
    }
    meant = {
        offered[named.get(place, token.text)]
        for place, token in enumerate(tokens)
        if named.get(place, token.text) in offered and _stands_free(tokens, place)
    }
    return meant.pop() if len(meant) == 1 else None


def _polarity(label: str) -> bool | None:
    match = phrases("affirm", "deny").first(tokenise(clean(label)))
    return None if match is None else match.label == "affirm"


def _stands_free(tokens: Tokens, place: int) -> bool:
    known = (
        LEXICON.words("filler")
        | LEXICON.words("code_words")
        | LEXICON.words("beside_codes")
        | LEXICON.words("weak_marks")
    )
    known -= LEXICON.words("not_beside_codes")
    before = tokens[place - 1] if place and not tokens[place].gap else None
    after = tokens[place + 1] if place + 1 < len(tokens) and not tokens[place + 1].gap else None
    goes_on = after is not None and after.text in LEXICON.words("clause_openers")
    sides = (before, None if goes_on else after)
    return all(each is None or each.text in known or each.kind == "emoji" for each in sides)
