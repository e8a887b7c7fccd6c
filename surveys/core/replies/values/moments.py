"""What speaks against a single day or hour: it is denied, not reached yet, or the time of something else."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.segments import clause_at, clauses

_EXCHANGE, _LINE = 3, 4
"""Figures in the area code and the exchange of a telephone number, and in its last part."""


def against_moment(question: Question, tokens: Tokens, start: int, end: int) -> str | None:
    """Why the day or hour between two token places is not the answer, or None where nothing is against it."""
    first, last = clause_at(clauses(tokens), start)
    opening = next((place for place in range(start, 0, -1) if tokens[place].gap), 0)
    if _denied(tokens, opening, start, end):
        return "A day or hour that is denied."
    asked = focus_of(question).words
    ahead = bool(asked & LEXICON.words("future_prompts"))
    if not ahead and phrases("not_yet").first(tokens[first:last]):
        return "Not reached yet, or only planned."
    others = LEXICON.words("other_events") - asked
    if any(token.text in others for token in tokens[first:start]):
        return "The time of something else."
    return None


def is_denied(tokens: Tokens, start: int, end: int) -> bool:
    """Whether the day or hour between two token places is said not to be the one; a lone no may deny either."""
    if start and tokens[start - 1].text in LEXICON.words("lone_denials"):
        return False
    opening = next((place for place in range(start, 0, -1) if tokens[place].gap), 0)
    closing = next((place for place in range(end, len(tokens)) if tokens[place].gap), len(tokens))
    return _denied(tokens[:closing], opening, start, end)


def _denied(tokens: Tokens, first: int, start: int, end: int) -> bool:
    idle = LEXICON.words("article") | LEXICON.words("at_words") | LEXICON.words("label_joins")
    near = [token for token in tokens[first:start] if token.text not in idle][-3:]
    if any(token.text in LEXICON.words("denial") for token in near):
        return True
    before = phrases("moment_denied_before").all(tokens[first:start])
    after = phrases("moment_denied_after").all(tokens[end:])
    return any(match.end == start - first for match in before) or any(match.start == 0 for match in after)


def scene_at(tokens: Tokens, place: int) -> bool:
    """Whether "after church", "before clock in", "antes de salir" begins here, and no other hour or day."""
    if place + 1 >= len(tokens) or tokens[place].text not in LEXICON.words("scene_leads") or tokens[place + 1].gap:
        return False
    if place and tokens[place - 1].text in LEXICON.words("or_words"):
        return False
    follower = tokens[place + 1]
    other = LEXICON.words("no_scenes") | LEXICON.words("months") | LEXICON.words("number_words")
    return follower.kind == "word" and follower.text not in other and follower.text not in LEXICON.pairs("weekdays")


def without_phones(tokens: Tokens) -> Tokens:
    """The tokens without telephone numbers: "555-0182" with its area code, "phone 555 0199"."""
    dropped: set[int] = set()
    for place, token in enumerate(tokens):
        local = place + 1 + (place + 1 < len(tokens) and tokens[place + 1].text == "-")
        if not _figures(tokens, place, _EXCHANGE) or not _figures(tokens, local, _LINE):
            continue
        led = place > 0 and (token.gap == "" and tokens[place - 1].text in LEXICON.words("phone_words"))
        if led or local > place + 1:
            dropped |= set(range(place, local + 1))
            dropped |= {back for back in (place - 1, place - 2) if _figures(tokens, back, _EXCHANGE)}
    return tuple(token for place, token in enumerate(tokens) if place not in dropped)


def _figures(tokens: Tokens, place: int, length: int) -> bool:
    return 0 <= place < len(tokens) and tokens[place].text.isdecimal() and len(tokens[place].text) == length
