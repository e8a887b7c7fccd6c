"""The first reader of requests to stop: a keyword that stands alone, or the wish to end something: our texting.

The principle for free words: an imperative, a wish or a question how to end, and as what is to end the messages, our
sending of them or the number. What ends something else ("stop the meds", "cancel my visit") is no request to us, nor is
a narrowed one ("not at night") or a turned one ("don't stop").
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from surveys.core.replies.intents import core_of, seamless
from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.tokens import Token, Tokens

_LONGEST_CORE, _LONGEST_REPEAT = 6, 4
_SHORTEST_SLIP, _SHORTEST_SPELLED = 4, 5


def by_rule(tokens: Tokens) -> bool:
    """A carrier keyword alone or with courtesy words, or any plain request to stop the messages."""
    tokens = _spelled(_contracted(tokens))
    return (
        _keyword(tokens)
        or _stops_messages(tokens)
        or _a_sentence_stops(tokens)
        or _beside_a_value(tokens)
        or _in_free_words(tokens)
    )


# -- keywords ---------------------------------------------------------------------------------------------------------


def _keyword(tokens: Tokens) -> bool:
    core = core_of(tokens)
    if not core or len(core) > _LONGEST_CORE:
        return False
    bare = seamless(tuple(token for token in tokens if token.kind == "word"))
    if phrases("ordinary_answers").whole(bare):
        return False
    names = {token.text for token in core}
    single = names <= LEXICON.words("opt_out_keywords") | LEXICON.words("opt_out_slips")
    if single and len(core) <= _LONGEST_REPEAT:
        return True
    whole = phrases("opt_out_whole")
    return whole.whole(core) is not None or whole.whole(bare) is not None or _slip(core)


def _slip(core: Tokens) -> bool:
    """One slip of the thumb in a keyword that stands alone and is no word of its own."""
    if len(core) != 1 or len(core[0].text) < _SHORTEST_SLIP:
        return False
    word = core[0].text
    if word in LEXICON.known_words or word in LEXICON.words("opt_out_not_slips"):
        return False
    keywords = (each for each in LEXICON.words("opt_out_keywords") if len(each) >= _SHORTEST_SLIP)
    return any(OSA.distance(word, each, score_cutoff=1) <= 1 for each in keywords)


def _a_sentence_stops(tokens: Tokens) -> bool:
    """ "Stop. I cant go on": one sentence is nothing but the keyword and the rest does not beg for relief."""
    cuts = [place for place in range(1, len(tokens)) if tokens[place].gap == "."]
    if not cuts or _plea(tokens[cuts[0] :]):
        return False
    return any(_only_stop(tokens[start:end]) for start, end in pairwise([0, *cuts, len(tokens)]))


def _only_stop(tokens: Tokens) -> bool:
    core = core_of(tokens)
    return bool(core) and {token.text for token in core} <= LEXICON.words("opt_out_certain")


def _beside_a_value(tokens: Tokens) -> bool:
    """ "5 STOP", "no, stop": nothing but a value and the keyword."""
    values = LEXICON.words("value_companions")
    rest = [token for token in tokens if token.kind == "word" and token.text not in values | LEXICON.words("courtesy")]
    valued = any(token.kind == "number" or token.text in values for token in tokens)
    return valued and len(rest) == 1 and rest[0].text in LEXICON.words("opt_out_certain")


# -- free words -------------------------------------------------------------------------------------------------------


def _stops_messages(tokens: Tokens) -> bool:
    """ "The texts are too much, please stop": a text about messages that ends with a plea to stop."""
    words = {token.text for token in tokens}
    ours = LEXICON.words("message_nouns") | LEXICON.words("contacting") | LEXICON.words("sending_words")
    about = words & (ours | LEXICON.words("gone_words"))
    if not about or _plea(tokens):
        return False
    if any(match.end == len(tokens) for match in phrases("please_stop").all(tokens)):
        return True
    last = max((place for place in range(len(tokens)) if tokens[place].gap), default=0)
    return last > 0 and {token.text for token in core_of(tokens[last:])} in _stop_endings()


@cache
def _stop_endings() -> tuple[set[str], ...]:
    return tuple(set(line.split()) for line in LEXICON.lines("stop_endings"))


def _in_free_words(tokens: Tokens) -> bool:
    matches = phrases("opt_out_phrases").all(tokens)
    return any(not _guarded(tokens, match) and not _begs(tokens, match) for match in matches)


def _contracted(tokens: Tokens) -> Tokens:
    """ "do not" as "dont", so that each wording is listed once."""
    short: list[Token] = []
    for token in tokens:
        joined = _pairs().get((short[-1].text, token.text)) if short and not token.gap else None
        if joined:
            short[-1] = replace(short[-1], text=joined)
        else:
            short.append(token)
    return tuple(short)


@cache
def _pairs() -> dict[tuple[str, str], str]:
    lines = (line.split() for line in LEXICON.lines("denied_pairs"))
    return {(first, second): joined for joined, first, second in lines}


def _spelled(tokens: Tokens) -> Tokens:
    """Misspelt words for messages and for sending them put right: "stop sendin me mesages"."""
    return tuple(
        replace(token, text=better) if token.kind == "word" and (better := _meant(token.text)) else token
        for token in tokens
    )


def _meant(word: str) -> str | None:
    if len(word) < _SHORTEST_SPELLED or word in LEXICON.known_words or word in LEXICON.words("opt_out_not_slips"):
        return None
    near = (each for each in _spellable() if abs(len(each) - len(word)) <= 1)
    return next((each for each in near if OSA.distance(word, each, score_cutoff=1) <= 1), None)


@cache
def _spellable() -> tuple[str, ...]:
    words = LEXICON.words("message_nouns") | LEXICON.words("contacting") | LEXICON.words("spellable")
    return tuple(sorted(word for word in words if len(word) > _SHORTEST_SPELLED))


# -- what is no request to us -----------------------------------------------------------------------------------------


def _begs(tokens: Tokens, match: Match) -> bool:
    """A plea to end the pain, not the messages: the sentence speaks of pain and the wording of no message."""
    start, end = _sentence_around(tokens, match)
    about = {token.text for token in tokens[start:end]}
    return _plea(tokens[start:end]) and not about & (LEXICON.words("message_nouns") | LEXICON.words("contacting"))


def _guarded(tokens: Tokens, match: Match) -> bool:
    """Something around the wording narrows it ("at night", "until Monday") or turns it round ("don't stop texting")."""
    first, last = _sentence_around(tokens, match)
    near = tokens[first:last]
    if phrases("opt_out_anyway").first(near):
        return False
    for guard in phrases("opt_out_guards").all(near):
        start, end = guard.start + first, guard.end + first
        turned = start < match.start < end
        narrowed = start >= match.start and end > match.end
        inside = match.start < start and end <= match.end and tokens[start].text in LEXICON.words("narrowing")
        if turned or narrowed or inside:
            return True
    return False


def _sentence_around(tokens: Tokens, match: Match) -> tuple[int, int]:
    start = next((place for place in range(match.start, -1, -1) if tokens[place].gap == "."), 0)
    end = next((place for place in range(match.end, len(tokens)) if tokens[place].gap == "."), len(tokens))
    return start, end


def _plea(tokens: Tokens) -> bool:
    return any(token.text in LEXICON.words("plea_words") for token in tokens)
