"""Third layer: what a text wants that is no answer: message controls, skipping, requests, texts that are not for us."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz.distance import OSA

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import tokenise
from surveys.core.replies.phrases import Match, PhraseSet, phrases
from surveys.core.replies.tokens import Token, Tokens

_QUOTES = re.compile(r"[“\"«‘]")
_LONGEST_NOTICE, _LONGEST_NAME = 10, 3
_QUOTE_END = re.compile(r"(?:[”\"»’…]|\.\.\.)\s*$")


@dataclass(frozen=True, slots=True)
class Intent:
    """A purpose other than answering; `detail` is its finer name, `sure` says that no answer can stand beside it."""

    kind: str
    reason: str
    detail: str | None = None
    flag: str | None = None


def reaction(text: str) -> bool:
    """A reaction notice made by the phone: `Liked “...”`, `👍 to “...”`. Its quotation runs to the end of the text."""
    line = text.strip()
    if phrases("reaction_media").whole(tokenise(line)):
        return True
    openings = [match.start() for match in _QUOTES.finditer(line[:-1])]
    if not openings or not _QUOTE_END.search(line):
        return False
    return any(_announces(tokenise(line[:opening])) for opening in {openings[0], openings[-1]})


def _announces(lead: Tokens) -> bool:
    """Whether the words before the quotation are those of a notice, a name of up to three words before them."""
    if len(lead) > _LONGEST_NOTICE:
        return False
    if len(lead) == 2 and lead[0].kind == "emoji" and lead[1].text in LEXICON.words("reaction_to"):
        return True
    notices = phrases("reaction").all(_seamless(lead))
    return any(match.end == len(lead) and match.start <= _LONGEST_NAME for match in notices)


def core_of(tokens: Tokens, *, keep: frozenset[str] = frozenset()) -> Tokens:
    """The tokens without courtesy words, emoji and symbols, in one piece."""
    idle = LEXICON.words("courtesy") - keep
    kept = [token for token in tokens if token.kind in {"word", "number"} and token.text not in idle]
    return _seamless(tuple(kept))


def _seamless(tokens: Tokens) -> Tokens:
    return tuple(replace(token, gap="." if place == 0 else "") for place, token in enumerate(tokens))


# -- opt-out ----------------------------------------------------------------------------------------------------------


def opt_out(tokens: Tokens) -> bool:
    """A carrier keyword alone or with courtesy words, or any plain request to stop the messages."""
    return (
        _keyword(tokens)
        or _stops_messages(tokens)
        or _first_sentence_stops(tokens)
        or _beside_a_value(tokens)
        or _in_free_words(tokens)
    )


def _keyword(tokens: Tokens) -> bool:
    core = core_of(tokens)
    if not core or len(core) > 6:
        return False
    names = {token.text for token in core}
    single = names <= LEXICON.words("opt_out_keywords") | LEXICON.words("opt_out_slips")
    if single and len(core) <= 4:
        return True
    bare = _seamless(tuple(token for token in tokens if token.kind == "word"))
    return (
        phrases("opt_out_whole").whole(core) is not None
        or phrases("opt_out_whole").whole(bare) is not None
        or _slip(core)
    )


def _slip(core: Tokens) -> bool:
    """One slip of the thumb in a keyword that stands alone and is no word of its own."""
    if len(core) != 1 or len(core[0].text) < 4:
        return False
    word = core[0].text
    if word in LEXICON.known_words or word in LEXICON.words("opt_out_not_slips"):
        return False
    keywords = (each for each in LEXICON.words("opt_out_keywords") if len(each) >= 4)
    return any(OSA.distance(word, each, score_cutoff=1) <= 1 for each in keywords)


def _first_sentence_stops(tokens: Tokens) -> bool:
    """ "Stop. I cant go on": the first sentence is the keyword and the rest does not beg for relief."""
    end = next((place for place in range(1, len(tokens)) if tokens[place].gap == "."), len(tokens))
    if end == len(tokens):
        return False
    if _plea(tokens[end:]):
        return False
    return any(_only_stop(part) for part in (tokens[:end], tokens[_last_sentence(tokens) :]))


def _last_sentence(tokens: Tokens) -> int:
    return max(place for place in range(len(tokens)) if tokens[place].gap == ".")


def _only_stop(tokens: Tokens) -> bool:
    core = core_of(tokens)
    return bool(core) and {token.text for token in core} <= {"stop", "unsubscribe", "stopall"}


def _stops_messages(tokens: Tokens) -> bool:
    """ "The texts are too much, please stop": a plea to stop that ends a text about messages."""
    about = {token.text for token in tokens} & LEXICON.words("message_nouns")
    match = next((each for each in phrases("please_stop").all(tokens) if each.end == len(tokens)), None)
    return bool(about) and match is not None and not _plea(tokens)


def _beside_a_value(tokens: Tokens) -> bool:
    """ "5 STOP", "no, stop": nothing but a value and the keyword."""
    values = {"yes", "no", "si", "none", "nope", "yep", "yeah", "answer", "my", "is", "pain", "and", "then", "but"}
    rest = [token for token in tokens if token.kind == "word" and token.text not in values | LEXICON.words("courtesy")]
    numbers = any(token.kind == "number" for token in tokens) or any(token.text in values for token in tokens)
    return numbers and len(rest) == 1 and rest[0].text in {"stop", "unsubscribe", "stopall"}


def _in_free_words(tokens: Tokens) -> bool:
    tokens = _contracted(tokens)
    matches = phrases("opt_out_phrases").all(tokens)
    return any(not _guarded(tokens, match) and not _begs(tokens, match) for match in matches)


def _contracted(tokens: Tokens) -> Tokens:
    """ "do not" as "dont", so that each wording is listed once."""
    pairs = {(line.split()[1], line.split()[2]): line.split()[0] for line in LEXICON.lines("denied_pairs")}
    short: list[Token] = []
    for token in tokens:
        joined = pairs.get((short[-1].text, token.text)) if short and not token.gap else None
        if joined:
            short[-1] = replace(short[-1], text=joined)
        else:
            short.append(token)
    return tuple(short)


def _begs(tokens: Tokens, match: Match) -> bool:
    """A plea to end the pain, not the messages: the sentence speaks of pain and the wording of no message."""
    start, end = _sentence_around(tokens, match)
    about = {token.text for token in tokens[match.start : match.end]}
    return _plea(tokens[start:end]) and not about & (LEXICON.words("message_nouns") | LEXICON.words("message_nouns_es"))


def _guarded(tokens: Tokens, match: Match) -> bool:
    """Something around the wording narrows it ("at night", "until Monday") or turns it round ("don't stop texting")."""
    sentence = _sentence_around(tokens, match)
    near = tokens[sentence[0] : sentence[1]]
    shift = sentence[0]
    for guard in phrases("opt_out_guards").all(near):
        start, end = guard.start + shift, guard.end + shift
        inside = start >= match.start and end <= match.end
        turned = start <= match.start < end and start < match.start
        if (
            turned
            or (end > match.end and start >= match.start)
            or (inside and start > match.start and _narrows(tokens[start:end]))
        ):
            return True
    return False


def _narrows(guard: Tokens) -> bool:
    return guard[0].text in {"until", "til", "till", "hasta", "in", "en", "at", "por", "for", "during"}


def _sentence_around(tokens: Tokens, match: Match) -> tuple[int, int]:
    start = next((place for place in range(match.start, -1, -1) if tokens[place].gap == "."), 0)
    end = next((place for place in range(match.end, len(tokens)) if tokens[place].gap == "."), len(tokens))
    return start, end


def _plea(tokens: Tokens) -> bool:
    return any(token.text in LEXICON.words("plea_words") for token in tokens)


# -- the other controls -----------------------------------------------------------------------------------------------


def opt_in(tokens: Tokens) -> bool:
    """The keyword, or a plain request to begin again."""
    core = core_of(tokens)
    if phrases("opt_in_whole").whole(core):
        return True
    guards = LEXICON.words("opt_in_guards")
    return any(
        not any(token.text in guards for token in tokens[max(0, match.start - 3) : match.start])
        for match in phrases("opt_in_phrases").all(tokens)
    )


def help_wanted(tokens: Tokens) -> bool:
    """The keyword with courtesy words, or asking who is texting."""
    core = core_of(tokens)
    if phrases("help_whole").whole(core) or phrases("help_whole").whole(_seamless(tokens)):
        return True
    return phrases("help_phrases").first(tokens) is not None


def skipped(tokens: Tokens) -> bool:
    """Declines the question or says that it does not apply."""
    core, bare = (
        core_of(tokens),
        _seamless(tuple(token for token in tokens if token.kind == "word" or token.text == "/")),
    )
    if any(phrases("skip_whole").whole(each) for each in (core, bare) if each):
        return True
    match = phrases("skip_phrases").first(tokens)
    return match is not None and not any(token.text in LEXICON.words("skip_guards") for token in tokens)


def unknowing(tokens: Tokens) -> bool:
    """Says that the answer is not known."""
    return phrases("dont_know").first(tokens) is not None


def request(tokens: Tokens) -> Intent | None:
    """A pause, fewer texts, another hour, another language."""
    for line_match in _request_phrases().all(tokens):
        detail = line_match.label
        if detail.startswith("language") and len(core_of(tokens)) > 5:
            continue
        return Intent("other_intent", "Asks for a change of how or when we text.", detail)
    return None


@cache
def _request_phrases() -> PhraseSet:
    return PhraseSet((line.split(maxsplit=1)[1], line.split()[0]) for line in LEXICON.lines("request_intents"))


def for_staff(tokens: Tokens) -> bool:
    """A question, request or complaint for a person to read."""
    return phrases("staff_request").first(tokens) is not None


def not_for_us(tokens: Tokens, text: str) -> Intent | None:
    """Phone-made texts, wrong persons and advertising."""
    if reaction(text):
        return Intent("not_for_us", "A reaction notice made by the phone.", None, "tapback")
    automatic = phrases("autoreply").first(tokens)
    if automatic and not any(token.text in LEXICON.words("autoreply_guards") for token in tokens):
        return Intent("not_for_us", "An automatic reply of a phone, mailbox or network.", None, "autoreply")
    if _wrong_number(tokens):
        return Intent("not_for_us", "Says that we have the wrong person or number.", "wrong_person", "wrong_number")
    if phrases("advert").first(tokens):
        return Intent("not_for_us", "Advertising, not a reply.")
    return None


def _wrong_number(tokens: Tokens) -> bool:
    if any(token.text in LEXICON.words("wrong_number_guards") for token in tokens):
        return False
    if phrases("wrong_number").first(tokens):
        return True
    for match in phrases("wrong_number_names").all(tokens):
        following = tokens[match.end] if match.end < len(tokens) and not tokens[match.end].gap else None
        if following and following.raw[:1].isupper() and not following.raw.isupper() and len(following.raw) > 2:
            return True
    return False
