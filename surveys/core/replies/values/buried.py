"""Is a yes or a no one of the patient's own, or does it belong to another word of its clause?"""

from __future__ import annotations

from dataclasses import replace

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.segments import clause_at, clauses


def buried(tokens: Tokens, match: Match) -> bool:
    """A single yes or no counts at the start of a clause; further in it is something else's ("there is no way")."""
    if match.label not in {"affirm", "deny"} or match.end == len(tokens):
        return False
    opens_with_no = match.label == "deny" and tokens[match.start].text in LEXICON.words("bare_no")
    if opens_with_no and _subordinate(tokens, match):
        return True
    if match.end - match.start > 1:
        return False
    if (
        tokens[match.start].text in LEXICON.words("determining_no")
        and not tokens[match.end].gap
        and tokens[match.end].kind == "word"
    ):
        known = (
            LEXICON.words("filler")
            | LEXICON.words("no_next")
            | LEXICON.words("clause_openers")
            | LEXICON.words("after_echo")
        )
        if tokens[match.end].text not in known or compound(tokens, replace(match, end=match.end + 1)):
            return True
    place = match.start
    while place > 0 and not tokens[place].gap and tokens[place].text not in LEXICON.words("clause_openers"):
        place -= 1
        if tokens[place].text not in LEXICON.words("filler") | LEXICON.words("clause_openers") | LEXICON.words(
            "code_words"
        ):
            return True
    return False


def _subordinate(tokens: Tokens, match: Match) -> bool:
    """ "sí y llevo toda la noche vomitando no me para": a no whose clause began with a yes and goes on behind it."""
    led = not tokens[match.start].gap and tokens[match.start - 1].text in LEXICON.words("subordinators")
    yes = tokens[0].text in LEXICON.words("bare_yes")
    return match.start > 0 and yes and (led or (match.end - match.start > 1 and led_by_more(tokens, match)))


def led_by_more(tokens: Tokens, match: Match) -> bool:
    """Whether words that are more than filling stand before a sign in its clause."""
    start, _ = clause_at(clauses(tokens), match.start)
    known = LEXICON.words("filler") | LEXICON.words("clause_openers") | LEXICON.words("item_joins")
    return any(token.text not in known and token.kind == "word" for token in tokens[start : match.start])


def compound(tokens: Tokens, match: Match) -> bool:
    """ "no nausea meds left" speaks of the medicine, not of the nausea."""
    following = tokens[match.end : match.end + 1]
    near = (*tokens[match.start + 1 : match.end], *(token for token in following if not token.gap))
    return any(token.text in LEXICON.words("compound_tail") for token in near) and not any(
        token.text in LEXICON.words("medicine_verbs") for token in tokens[match.start : match.end]
    )
