"""Second layer: takes away signatures, quoted prompts, dictation words and a repeated scale."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens

ECHO_LENGTH = 6
"""So many words in a row as in the prompt are a repeated prompt; inside quotation marks half as many."""


def _any_of(name: str) -> str:
    return "|".join(re.escape(word) for word in sorted(LEXICON.words(name)))


_FOOTER = re.compile(
    r"(?:^|\n)[ \t]*(?:-{2,}[ \t]*\n|_{4,}|-----|={4,})"
    rf"|(?:^|[\s.,!-])(?:{_any_of('mail_sent')}) (?:{_any_of('mail_by')}) (?:{_any_of('mail_device')})\b"
    rf"|(?:^|\n)[ \t]*(?:{_any_of('mail_get')}) outlook\b"
    rf"|(?:^|\n)[ \t]*(?:{_any_of('mail_on')}) [^\n]{{4,80}}(?:{_any_of('mail_wrote')}):"
    rf"|(?:^|\n)[ \t]*(?:{_any_of('mail_confidential')})\b",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:\s[-~]|\n[ \t]*[-~]?)[ \t]*[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{1,15}(?: [A-ZÁÉÍÓÚÑ][a-záéíóúñ.]{0,15})?\s*$"
)
_QUOTED_LINE = re.compile(r"^[ \t]*>[^\n]*$", re.MULTILINE)
_QUOTED = re.compile(r"[“\"«]([^”\"»“«\n]{8,600})[”\"»]")


@dataclass(frozen=True, slots=True)
class Stripped:
    """The reply proper: its text, its tokens, whether a prompt was cut, and the top of a scale it named itself."""

    text: str
    tokens: Tokens
    echoed: bool
    scale_top: float | None = None


def strip(text: str, question: Question | None) -> Stripped:
    """The reply without what its phone, its writer's habits or our own prompt added."""
    body = _without_footer(clean(text), question).strip()
    quoted_away, echoed = _without_quotes(body, question)
    tokens = tokenise(quoted_away)
    shorter = _without_echo(tokens, question)
    echoed = echoed or len(shorter) < len(tokens)
    plain = _without_idle_clauses(_without_dictation(shorter))
    tokens, top = _without_scale(plain)
    return Stripped(body, tokens, echoed, top)


def _without_footer(text: str, question: Question | None) -> str:
    footer = _FOOTER.search(text)
    body = text[: footer.start()] if footer else text
    signed = _SIGN_OFF.search(body, max(0, len(body) - 60))
    if signed and body[: signed.start()].strip() and _is_name(signed.group(), question):
        body = body[: signed.start()]
    return body


def _is_name(sign_off: str, question: Question | None) -> bool:
    """A name after a dash, or alone on a line under an answer that is not free text, and no word that could answer."""
    if question is not None and question.type == "text" and sign_off.strip()[:1] not in {"-", "~"}:
        return False
    words = {token.text for token in tokenise(sign_off)}
    labels = (
        {token.text for option in question.options for token in tokenise(clean(option.label))} if question else set()
    )
    return not words & (LEXICON.known_words | labels)


def _without_quotes(text: str, question: Question | None) -> tuple[str, bool]:
    """Cuts quoted lines, and quotations that repeat the prompt."""
    unquoted = _QUOTED_LINE.sub("\n", text)
    echoed = unquoted != text
    if question is None:
        return unquoted, echoed
    grams = _grams(question, ECHO_LENGTH // 2)
    for match in reversed(list(_QUOTED.finditer(unquoted))):
        words = tuple(token.text for token in tokenise(match.group(1)))
        if any(words[place : place + ECHO_LENGTH // 2] in grams for place in range(len(words))):
            unquoted, echoed = f"{unquoted[: match.start()]}\n{unquoted[match.end() :]}", True
    return unquoted, echoed


@lru_cache(maxsize=512)
def _grams(question: Question, size: int) -> frozenset[tuple[str, ...]]:
    words = tuple(token.text for token in tokenise(clean(question.text)))
    return frozenset(words[place : place + size] for place in range(len(words) - size + 1))


def _without_echo(tokens: Tokens, question: Question | None) -> Tokens:
    if question is None or len(tokens) < ECHO_LENGTH:
        return tokens
    grams = _grams(question, ECHO_LENGTH)
    covered: set[int] = set()
    for place in range(len(tokens) - ECHO_LENGTH + 1):
        if tuple(token.text for token in tokens[place : place + ECHO_LENGTH]) in grams:
            covered.update(range(place, place + ECHO_LENGTH))
    return _keep(tokens, covered) if covered else tokens


def _keep(tokens: Tokens, cut: set[int]) -> Tokens:
    """The tokens whose places are not cut; what follows a cut starts a new clause."""
    kept = []
    for place, token in enumerate(tokens):
        if place in cut:
            continue
        kept.append(replace(token, gap=token.gap or ".", glued=False) if place - 1 in cut else token)
    return tuple(kept)


def _without_dictation(tokens: Tokens) -> Tokens:
    """Spoken punctuation becomes punctuation; "send it" at the end goes."""
    cut: set[int] = set()
    for match in phrases("dictated_end").all(tokens):
        if match.end == len(tokens) or match.end in cut or _only_dictation(tokens, match.end):
            cut.update(range(match.start, match.end))
    for match in phrases("dictated_break").all(tokens):
        if match.start > 0:
            cut.update(range(match.start, match.end))
    return _keep(tokens, cut) if cut and len(cut) < len(tokens) else tokens


def _without_idle_clauses(tokens: Tokens) -> Tokens:
    """ "if I had to guess" is a manner of speaking, no condition."""
    cut = {place for match in phrases("idle_clauses").all(tokens) for place in range(match.start, match.end)}
    return _keep(tokens, cut) if cut and len(cut) < len(tokens) else tokens


def _only_dictation(tokens: Tokens, start: int) -> bool:
    rest = tokens[start:]
    return all(
        any(match.start <= place < match.end for match in phrases("dictated_end").all(rest))
        for place in range(len(rest))
    )


def _without_scale(tokens: Tokens) -> tuple[Tokens, float | None]:
    """Cuts "on a scale of 0 to 10" and remembers where that scale ends."""
    top: float | None = None
    cut: set[int] = set()
    for match in phrases("scale_mention").all(tokens):
        if match.start and tokens[match.start - 1].text in LEXICON.words("motion"):
            continue
        figures = [token.text for token in tokens[match.start : match.end] if token.kind == "number"]
        if (
            len(figures) == 2
            and figures[1].isdecimal()
            and len(figures[1]) <= 6
            and len(tokens) > match.end - match.start
        ):
            top = float(figures[1])
            cut.update(range(match.start, match.end))
    return (_keep(tokens, cut) if cut else tokens), top
