"""Third layer: what a text wants that is no answer: starting again, help, skipping, requests, texts not for us."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import tokenise
from surveys.core.replies.phrases import PhraseSet, phrases
from surveys.core.replies.tokens import Tokens

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
    if (
        len(lead) == 2
        and lead[0].kind == "emoji"
        and not lead[0].text.isascii()
        and lead[1].text in LEXICON.words("reaction_to")
    ):
        return True
    notices = phrases("reaction").all(seamless(lead))
    return any(match.end == len(lead) and match.start <= _LONGEST_NAME for match in notices)


def core_of(tokens: Tokens, *, keep: frozenset[str] = frozenset()) -> Tokens:
    """The tokens without courtesy words, emoji and symbols, in one piece."""
    idle = LEXICON.words("courtesy") - keep
    kept = [token for token in tokens if token.kind in {"word", "number"} and token.text not in idle]
    return seamless(tuple(kept))


def seamless(tokens: Tokens) -> Tokens:
    """The same tokens as one clause, so that a pattern may match across what was cut out."""
    return tuple(replace(token, gap="." if place == 0 else "") for place, token in enumerate(tokens))


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
    if phrases("help_whole").whole(core) or phrases("help_whole").whole(seamless(tokens)):
        return True
    return phrases("help_phrases").first(tokens) is not None


def skipped(tokens: Tokens) -> bool:
    """Declines the question or says that it does not apply."""
    core, bare = (
        core_of(tokens),
        seamless(tuple(token for token in tokens if token.kind == "word" or token.text == "/")),
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
    if (
        automatic
        and not phrases("texter_asks").first(tokens)
        and not any(token.text in LEXICON.words("autoreply_guards") for token in tokens)
    ):
        return Intent("not_for_us", "An automatic reply of a phone, mailbox or network.", None, "autoreply")
    if _wrong_number(tokens):
        return Intent("not_for_us", "Says that we have the wrong person or number.", "wrong_person", "wrong_number")
    if phrases("advert").first(tokens):
        return Intent("not_for_us", "Advertising, not a reply.")
    return None


def _wrong_number(tokens: Tokens) -> bool:
    guarded = any(token.text in LEXICON.words("wrong_number_guards") for token in tokens)
    if guarded or phrases("wrong_answer").first(tokens):
        return False
    if phrases("wrong_number").first(tokens):
        return True
    for match in phrases("wrong_number_names").all(tokens):
        following = tokens[match.end] if match.end < len(tokens) and not tokens[match.end].gap else None
        if following and following.raw[:1].isupper() and not following.raw.isupper() and len(following.raw) > 2:
            return True
    return False
