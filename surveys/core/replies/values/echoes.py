"""What a yes-or-no question asks of the patient, as the words with which an answer takes it up: "confirmed", "pude"."""

from __future__ import annotations

from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, fold, tokenise
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens

_SHORTEST_VERB = 3


def doings(question: Question) -> list[tuple[str, str]]:
    """What is asked whether it was done, as its form there and the forms an answer may give it, parted by strokes."""
    asked = _asked(question)
    known = [line.split() for line in LEXICON.lines("verb_forms")]
    words = {token.text for place, token in enumerate(asked) if _is_doing(asked, place)}
    listed = [forms for forms in known if words & set(forms)]
    pairs = [(forms[0], "|".join(forms[1:])) for forms in listed]
    loose = words - {form for forms in listed for form in forms} - LEXICON.words("light_verbs")
    pairs += [(verb, "|".join(_regular_forms(verb))) for verb in loose if len(verb) >= _SHORTEST_VERB]
    return pairs + [(own, own) for own in _own_forms(asked)]


def states(question: Question) -> list[str]:
    """What is asked whether it is so: "confirmed" of "is your driver confirmed for Friday"; none where it is two."""
    asked = _asked(question)
    if any(token.text in LEXICON.words("or_words") for token in asked):
        return []
    if asked and asked[0].text in LEXICON.words("being_asked"):
        start = 1
    else:
        start = next((place + 1 for place, each in enumerate(asked) if each.text in LEXICON.words("state_leads")), 0)
    if not start:
        return []
    stops = LEXICON.words("state_stops")
    end = next((at for at in range(start, len(asked)) if asked[at].gap or asked[at].text in stops), len(asked))
    told = asked[end - 1] if end > start else None
    dull = LEXICON.words("filler") | LEXICON.words("article") | LEXICON.words("state_dull")
    telling = told is not None and told.kind == "word" and told.text not in dull and len(told.text) >= _SHORTEST_VERB
    return [told.text] if told is not None and telling else []


@lru_cache(maxsize=512)
def alternatives(question: Question) -> frozenset[str]:
    """The last words of two things that a question joins by "or": "luz" and "ruido" of "la luz o el ruido"."""
    asked = _asked(question)
    dull = LEXICON.words("article")
    joints = [place for place, token in enumerate(asked) if token.text in LEXICON.words("or_words")]
    sides = [
        next((token.text for token in side if token.text not in dull), "")
        for joint in joints[:1]
        for side in (reversed(asked[:joint]), asked[joint + 1 :])
    ]
    return frozenset(side for side in sides if side)


@lru_cache(maxsize=512)
def _asked(question: Question) -> Tokens:
    """The first sentence of the prompt that asks."""
    text = question.text.split("?", maxsplit=1)[0]
    tokens = tokenise(clean(text))
    start = max((place for place, token in enumerate(tokens) if token.gap == "."), default=0)
    return tokens[start:]


def _is_doing(asked: Tokens, place: int) -> bool:
    """Whether the word at a place is the verb of the question: the first word, or behind "did you", "ha"."""
    listed = {form for line in LEXICON.lines("verb_forms") for form in line.split()}
    if place == 0:
        return asked[0].text in listed
    if asked[0].text in LEXICON.words("asking_verbs") and asked[1].text in LEXICON.words("other_doers"):
        return place > 1 and asked[place].text in listed
    before = asked[place - 1].text in LEXICON.words("asked_doers") and not asked[place].gap
    return before and (
        place == 1 or bool(asked[place - 1].gap) or asked[place - 2].text in LEXICON.words("asking_verbs")
    )


def _regular_forms(verb: str) -> list[str]:
    """ "notice", "noticed" and the other shapes of a verb that is not listed."""
    return [verb, *(f"{stem}{ending}" for stem in (verb, verb + verb[-1]) for ending in LEXICON.words("done_endings"))]


def _own_forms(asked: Tokens) -> list[str]:
    """ "pude" for "pudo", "tomé" for "tomó": the verb of the question as the one who is asked says it of himself."""
    clitics = LEXICON.words("asked_clitics")
    verb = next((place for place, token in enumerate(asked) if token.text not in clitics), None)
    if verb is None:
        return []
    own = [_own_form(asked[verb])]
    if asked[verb].text in LEXICON.words("ability_asked") and verb + 1 < len(asked):
        own.append(_first_person(asked[verb + 1], "infinitive_endings"))
    return [form for form in own if form]


def _own_form(verb: Token) -> str:
    return LEXICON.pairs("speaker_forms").get(verb.text) or _first_person(verb, "speaker_endings")


def _first_person(verb: Token, name: str) -> str:
    """The word with the ending of the one who speaks in the place of the one it has, or nothing."""
    word = verb.raw.lower()
    for ending, own in sorted(LEXICON.pairs(name).items(), key=lambda pair: -len(pair[0])):
        if word.endswith(ending) and len(word) - len(ending) > 1:
            return fold(word.removesuffix(ending) + own)
    return ""
