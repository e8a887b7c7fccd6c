"""Counts of none said in words: "none today", "didn't take any", "slept straight through", "no me he caído"."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import PhraseSet, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.segments import time_phrases

_TWO_WORDS, _STEM = 2, 4


def says_none(question: Question, tokens: Tokens) -> bool:
    """ "none today", "didn't take any", "no tomé" are a count of zero, unless about another time or thing."""
    if any(match.label in {"past_phrases", "usual_phrases", "future_phrases"} for match in time_phrases(tokens)):
        past = {token.text for token in tokens} & LEXICON.words("far_past")
        if past - focus_of(question).words:
            return False
    if _none_of_the_asked(question, tokens):
        return True
    match = _nones(question).first(tokens)
    if match is None:
        return False
    if _none_then_chatter(tokens):
        return True
    rest = (*tokens[: match.start], *tokens[match.end :])
    known = LEXICON.words("filler") | LEXICON.words("none_tail") | LEXICON.words("vocatives")
    known |= focus_of(question).words
    return all(token.text in known or token.kind != "word" for token in rest)


def _none_of_the_asked(question: Question, tokens: Tokens) -> bool:
    """ "no vomiting", "ningún día": nothing but a word for none and what the question counts."""
    said = [token.text for token in tokens if token.kind == "word" and token.text not in LEXICON.words("vocatives")]
    if len(said) != _TWO_WORDS or said[0] not in LEXICON.words("none_counters"):
        return False
    asked = focus_of(question).words - LEXICON.words("prompt_idle") - LEXICON.words("filler")
    stems = {word[:_STEM] for word in asked if len(word) >= _STEM}
    return said[1] in focus_of(question).units or (len(said[1]) >= _STEM and said[1][:_STEM] in stems)


def begins_with_none(question: Question, tokens: Tokens) -> bool:
    """ "none, stayed in bed": the first clause says none and the rest neither turns it nor leaves it open."""
    end = next((place for place in range(1, len(tokens)) if tokens[place].gap), len(tokens))
    if _nones(question).whole(tokens[:end]) is None or phrases("dont_know").first(tokens):
        return False
    return not any(token.text in LEXICON.words("contrast") for token in tokens[end:])


def _nones(question: Question) -> PhraseSet:
    """The wordings of none for any count, and those of nights and falls where these are counted."""
    asked = focus_of(question).words
    names = ["none_counted"]
    if asked & LEXICON.words("waking_words"):
        names.append("none_woken")
    if asked & LEXICON.words("falling_words"):
        names.append("none_fallen")
    return phrases(*names)


def _none_then_chatter(tokens: Tokens) -> bool:
    """ "none this week praise the Lord": the pronoun, when it was, and then what does not take it back."""
    if tokens[0].text not in LEXICON.words("counted_nones") or phrases("dont_know").first(tokens):
        return False
    moments = {place for match in time_phrases(tokens) for place in range(match.start, match.end)}
    moments |= {place for match in phrases("this_span").all(tokens) for place in range(match.start, match.end)}
    turned = LEXICON.words("contrast") | LEXICON.words("exceptions")
    return 1 in moments and not any(token.kind == "number" or token.text in turned for token in tokens)
