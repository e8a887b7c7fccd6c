"""First layer: turns a text as it came into folded tokens that the layers above can compare with word lists."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.tokens import Token, TokenKind, Tokens

MAX_LENGTH = 2_000
"""Characters that are looked at. The longest SMS that Twilio accepts has 1,600; anything longer is not an answer."""

_PIECES = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|\s+|.", re.DOTALL)
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘´`ʼ＇", "'") | dict.fromkeys("‐‑‒–—−﹣－", "-") | {"⁄": "/", "\xa0": " "})
_SYMBOLS = frozenset("/-%+#=*<>~&^")
_BREAKS = frozenset('.,;!?()[]{}"“”«»:…¿¡|\n\r\u2028\u2029•·\\_')
_SENTENCE_ENDS = frozenset(".;!?…\n\r\u2028\u2029|")
_WORD_SYMBOLS = {"&": "and", "+": "+", "°": "degrees", "≈": "~", "×": "x"}
_SPECIAL_GLYPHS = {"🔟": "10", "❿": "10", "½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 "}
_SHORTEST_STEM = 3
_LONG_REPEAT = re.compile(r"([a-z])\1{2,}")


def clean(text: str) -> str:
    """Digits of every script and glyph as 0-9, plain quotes and dashes, no invisible characters, NFC."""
    glyphs = "".join(_digit_glyph(char) for char in text)
    folded = unicodedata.normalize("NFKC", glyphs).translate(_APOSTROPHES)
    kept = (
        char for char in folded if char in "\n\t\r" or unicodedata.category(char) not in {"Cf", "Cc", "Cs", "Co", "Cn"}
    )
    return _LEADING_POINT.sub("0.", "".join(kept).replace("\u20e3", "").replace("\ufe0f", ""))


_LEADING_POINT = re.compile(r"(?<![\w.,])\.(?=\d)")


def _digit_glyph(char: str) -> str:
    """Glyphs that NFKC would turn into a wrong or no number: a half after a digit must not become 51/2."""
    if char < "\x80":
        return char
    if char in _SPECIAL_GLYPHS:
        return _SPECIAL_GLYPHS[char]
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    if unicodedata.category(char) != "No":
        return char
    value = unicodedata.numeric(char, None)
    if value is None or value != int(value):
        return " ^ "
    if unicodedata.decomposition(char).startswith(("<super>", "<sub>")):
        return f" ^{int(value)} "
    return str(int(value))


def fold(word: str) -> str:
    """Lower case without accents and apostrophes: "Sí" and "si", "don't" and "dont" become one."""
    if word.isascii():
        return word.lower().replace("'", "")
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)).replace("'", "")


def tokenise(cleaned: str) -> Tokens:
    """The tokens of a cleaned text; punctuation becomes the `gap` of the token after it."""
    tokens: list[Token] = []
    gap, glued = ".", False
    for match in _PIECES.finditer(cleaned):
        piece = match.group()
        if piece.isspace():
            gap, glued = _stronger(gap, "." if "\n" in piece or "\r" in piece else ""), False
        elif piece == "-" and _spaced_dash(cleaned, match.start(), tokens):
            gap, glued = ".", False
        elif piece in _BREAKS:
            gap, glued = _stronger(gap, "." if piece in _SENTENCE_ENDS else ","), False
        else:
            for token in _tokens_of(piece, match.start(), glued=glued, gap=gap):
                tokens.append(token)
                gap = ""
            glued = True
    return tuple(tokens)


def _spaced_dash(cleaned: str, place: int, tokens: list[Token]) -> bool:
    """A dash between spaces parts two clauses, unless numbers stand on both sides of it."""
    before, after = cleaned[place - 1 : place], cleaned[place + 1 : place + 2]
    numbers = bool(tokens) and tokens[-1].kind == "number" and cleaned[place + 1 :].lstrip()[:1].isdigit()
    return not numbers and before.strip() == "" and after.strip() == ""


def _stronger(gap: str, other: str) -> str:
    return "." if "." in (gap, other) else gap or other


def _tokens_of(piece: str, start: int, *, glued: bool, gap: str) -> list[Token]:
    """Usually one token; a possessive or contracted "is" is split off ("pain's at 3")."""
    end = start + len(piece)
    if piece[0].isdigit():
        return [Token(piece, "number", piece, start, end, glued, gap)]
    if piece[0].isalpha():
        return _word_tokens(piece, start, glued=glued, gap=gap)
    text = _WORD_SYMBOLS.get(piece, piece)
    if text.isalpha():
        return [Token(text, "word", piece, start, end, glued, gap)]
    kind: TokenKind = "symbol" if text in _SYMBOLS else "emoji"
    return [Token(text, kind, piece, start, end, glued, gap)]


def _word_tokens(piece: str, start: int, *, glued: bool, gap: str) -> list[Token]:
    end = start + len(piece)
    text = fold(piece)
    stem, apostrophe, tail = piece.rpartition("'")
    if apostrophe and tail.lower() == "s" and text not in LEXICON.words("merged_is"):
        return [
            Token(_settle(fold(stem)), "word", stem, start, end - 2, glued, gap),
            Token("s", "word", "s", end - 1, end, True, ""),
        ]
    expanded = LEXICON.contractions.get(piece.lower())
    if expanded:
        first, second = expanded
        return [
            Token(first, "word", piece, start, end, glued, gap),
            Token(second, "word", "", end, end, True, ""),
        ]
    return [Token(_settle(text), "word", piece, start, end, glued, gap)]


def _settle(word: str) -> str:
    """Drawn-out letters cut to the known word they stand for ("nooo", "goood"), usual short forms spelled out."""
    if _LONG_REPEAT.search(word):
        twice = _LONG_REPEAT.sub(r"\1\1", word)
        word = twice if twice in LEXICON.known_words else _LONG_REPEAT.sub(r"\1", word)
    return LEXICON.short_forms.get(word) or (word if word in LEXICON.known_words else _full_ending(word))


def _full_ending(word: str) -> str:
    """ "mornin" for morning, "nadita" for nada: an ending put right where that makes a known word."""
    for ending, full in _endings():
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM and f"{stem}{full}" in LEXICON.known_words:
            return f"{stem}{full}"
    return word


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    return tuple((short, full) for short, full in (line.split() for line in LEXICON.lines("short_endings")))
