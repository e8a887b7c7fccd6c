"""Bring any text into plain lower-case words, whatever tricks of spelling, script or spacing it uses."""

import re
import unicodedata
from dataclasses import dataclass

NO_BREAK, COMMA, SENTENCE = 0, 1, 2

# Ordering inside unicodedata.normalize is quadratic in a run of combining marks: short pieces keep it bounded.
_PIECE = 64

_LOOK_ALIKES = str.maketrans(
    "аеорсухіїјѕһԁӏкмтнвгпзьαοορνικτυηεβωıøłđᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ’‘`´ʼ¡¿",
    "aeopcyxiijshdlkmthbrn3baoopviktunebwioldabcdefghijklmnoprstuvwyz'''''  ",
)
_EMOJI = str.maketrans(
    {"🔫": " emojigun ", "🔪": " emojiknife ", "💀": " emojiskull ", "⚰": " emojicoffin ", "🪦": " emojicoffin "}
    | {"🆘": " sos ", "💊": " emojipill ", "🩸": " emojiblood ", "…": "... ", "\n": ". ", "\r": ". ", "\u2028": ". "}
)
# Scripts that share no letters with English and Spanish; some of their signs unfold to a whole phrase each.
_FOREIGN = re.compile("[\u0590-\u1cff\u2e80-\ufaff\ufb1d-\ufdff\ufe20-\ufefe]+")
_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]+"
)
_INNER_BANG = re.compile(r"(?<=[a-z])!(?=[a-z])")
_SPELLED_OUT = re.compile(r"(?<![a-z0-9'])[a-z](?:[ ._-]{1,2}[a-z]){3,}(?![a-z0-9'])")
_BETWEEN_LETTERS = re.compile(r"[^a-z]")
_PIECES = re.compile(r"\d+(?:[./:]\d+)*(?![a-z@$])|[a-z0-9@$'*]+|\.\.+|[.!?;]+|[,:]")
_SPOKEN_PRESSURE = re.compile(r"\b(\d{2,3}) ?(?:over|sobre|/) ?(\d{2,3})\b")
_LEET = str.maketrans("013457@$", "oieastas")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text cut into words; `breaks[i]` says what stood before word i (nothing, a comma, the end of a sentence)."""

    words: list[str]
    breaks: list[int]


def fold(text: str) -> str:
    """Lower case, no accents, look-alike letters of other scripts and invisible characters resolved."""
    if text.isascii():
        return text.lower().replace("\n", ". ").replace("\r", ". ")
    text = _FOREIGN.sub(" ", text).translate(_EMOJI).casefold()
    parts = (unicodedata.normalize("NFKD", text[i : i + _PIECE]) for i in range(0, len(text), _PIECE))
    return _INVISIBLE.sub("", "".join(parts)).casefold().translate(_LOOK_ALIKES)


def legible(text: str) -> str:
    """Lower case with its accents, which tell Spanish words apart; look-alike letters and invisible ones resolved."""
    if text.isascii():
        return text.lower()
    text = _FOREIGN.sub(" ", text).lower()
    parts = (unicodedata.normalize("NFKC", text[i : i + _PIECE]) for i in range(0, len(text), _PIECE))
    return _INVISIBLE.sub("", "".join(parts)).lower().translate(_LOOK_ALIKES)


def cut(text: str) -> Pieces:
    """Cut a text into words of a-z and digits; apostrophes vanish ("can't" is "cant"), "..." ends no sentence."""
    words: list[str] = []
    breaks: list[int] = []
    pending = NO_BREAK
    for piece in _PIECES.findall(_plain(text)):
        first = piece[0]
        if first in ",:":
            pending = max(pending, COMMA)
        elif first in ".!?;":
            pending = max(pending, COMMA if piece.startswith("..") else SENTENCE)
        else:
            word = piece if piece.isalnum() else piece.replace("'", "").replace("*", "")
            if word:
                words.append(word)
                breaks.append(pending)
                pending = NO_BREAK
    return Pieces(words, breaks)


def _plain(text: str) -> str:
    """A folded text whose short forms would lose their sense with their apostrophe ("I'll", "we're") written out."""
    folded = _INNER_BANG.sub("i", fold(text))
    if "'" in folded:
        folded = folded.replace("'ll", " will").replace("'re", " are")
    folded = _SPELLED_OUT.sub(lambda found: _BETWEEN_LETTERS.sub("", found.group()), folded)
    return _SPOKEN_PRESSURE.sub(r"\1/\2", folded)


def unleet(word: str) -> str:
    """Letters for the digits and signs that imitate them: "k1ll" is "kill"."""
    return word.translate(_LEET)
