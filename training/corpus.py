"""Turn the written lines of texts/ into training texts: alternatives drawn, slips of the thumb and company added."""

import random
import re
from dataclasses import dataclass
from math import isqrt, prod
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
UNSURE = "unsure"  # stands beside the other flags of a line of which nobody has said whether it tells of a danger
_CHOICE = re.compile(r"\(([^()]*)\)")
_MOST_DRAWN = 16
GIBBERISH = 600
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS = {letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _ROWS for at, letter in enumerate(row)}
_ACCENTS = str.maketrans("áéíóúñ", "aeioun")
_LEADS = {
    "en": [
        "7. ",
        "6, ",
        "8 ",
        "yes ",
        "no, ",
        "hi ",
        "hello. ",
        "pain 5. ",
        "sorry ",
        "um ",
        "ok so ",
        "idk ",
        "Hi this is Ann. ",
    ],
    "es": [
        "7. ",
        "6, ",
        "8 ",
        "sí, ",
        "no. ",
        "hola ",
        "doctora ",
        "buenas tardes. ",
        "dolor 5. ",
        "perdón ",
        "pues ",
        "mire ",
    ],
}
_TAILS = {
    "en": [
        " please call",
        " today",
        " thanks",
        " sorry",
        "...",
        "!!",
        " 😢",
        " help",
        ", 6",
        " idk",
        " since tuesday",
        " tbh",
        " .",
    ],
    "es": [
        " por favor llame",
        " hoy",
        " gracias",
        " perdón",
        "...",
        "!!",
        " 😢",
        " ayuda",
        ", 6",
        " no sé",
        " desde el martes",
    ],
}


@dataclass(frozen=True, slots=True)
class Line:
    """One written line: its file, its language, the flags it stands under, its text with alternatives, its number."""

    source: str
    language: str
    flags: frozenset[str]
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Text:
    """One training text, and the line it was drawn from."""

    text: str
    flags: frozenset[str]
    line: Line


def lines() -> list[Line]:
    """Every written line, in a fixed order."""
    found: list[Line] = []
    for path in sorted(TEXTS.glob("*/*.txt")):
        flags: frozenset[str] = frozenset()
        for raw in path.read_text(encoding="utf-8").splitlines():
            if raw.startswith("["):
                flags = frozenset(filter(None, raw.strip("[] ").split("+")))
            elif raw and not raw.startswith("#"):
                found.append(Line(path.stem, path.parent.name, flags, raw, len(found)))
    return found


def draw(line: Line, chance: random.Random) -> str:
    """One plain text from a line with alternatives."""
    text = _CHOICE.sub(lambda found: chance.choice(found.group(1).split("|")), line.text)
    return " ".join(text.split())


def _draws(line: Line, drawn: int) -> int:
    """How many texts to draw from a line: more from one with very many wordings, answers above all."""
    wordings = prod(found.group(1).count("|") + 1 for found in _CHOICE.finditer(line.text))
    return max(drawn, min(_MOST_DRAWN, isqrt(wordings)))


def texts(drawn: int, seed: int = 20261124) -> list[Text]:
    """About `drawn` different texts from each line, some disguised, some in company of a harmless one.

    A line of one wording is disguised three times, so that it is not drowned by the lines with many. Every line has
    chances of its own, so that a new one leaves what is drawn from the others as it was, their company apart.
    """
    written = lines()
    harmless = {
        language: [line for line in written if line.language == language and not line.flags] for language in _LEADS
    }
    made: list[Text] = []
    for line in written:
        chance = random.Random(f"{seed} {line.text}")
        most = _draws(line, drawn)
        plain = {draw(line, chance) for _ in range(most * 2)}
        for text in chance.sample(sorted(plain), min(most, len(plain))):
            made.append(Text(text, line.flags, line))
            made.extend(
                Text(_disguise(text, line.language, chance), line.flags, line)
                for _ in range(1 if len(plain) > 1 else 3)
            )
        for _ in range(max(1, drawn // 6)):
            company = draw(chance.choice(harmless[line.language]), chance)
            both = [draw(line, chance), company]
            chance.shuffle(both)
            made.append(Text(chance.choice([". ", ", ", " and ", "\n", " but "]).join(both), line.flags, line))
    nothing = Line("", "en", frozenset(), "", len(written))
    chance = random.Random(seed)
    made.extend(Text(_gibberish(chance), nothing.flags, nothing) for _ in range(GIBBERISH))
    return made


def _gibberish(chance: random.Random) -> str:
    """What a pocket, a cat or a cipher types: it has no meaning, so it must raise nothing."""
    signs = chance.choice(["abcdefghijklmnopqrstuvwxyz", "asdfghjkl", "0123456789wxyz", "abcdefghij0123456789"])
    first, last = chance.choice(["", "", "w", "q", "x1"]), chance.choice(["", "", "x", "z", "00"])
    words = [
        first + "".join(chance.choices(signs, k=chance.randint(1, 7))) + last for _ in range(chance.choice([1, 3, 24]))
    ]
    return " ".join(words)


def _disguise(text: str, language: str, chance: random.Random) -> str:
    """The same text as a thumb in a hurry types it."""
    if chance.random() < 0.3:
        text = chance.choice(_LEADS[language]) + text
    if chance.random() < 0.3:
        text += chance.choice(_TAILS[language])
    if chance.random() < 0.5:
        text = text.translate(_ACCENTS)
    if chance.random() < 0.4:
        text = re.sub(r"[.,!?']", "", text)
    if chance.random() < 0.7:
        text = _slip(text, chance)
    return text.upper() if chance.random() < 0.06 else text


def _slip(text: str, chance: random.Random) -> str:
    """One or two letters lost, doubled, swapped or missed."""
    for _ in range(chance.choice([1, 1, 2])):
        if not text:
            break
        at = chance.randrange(len(text))
        letter = text[at].lower()
        if letter not in _KEYS:
            continue
        new = chance.choice(["", letter * 2, chance.choice(_KEYS[letter]), text[at + 1 : at + 2] + letter])
        text = text[:at] + new + text[at + (2 if len(new) == 2 and new[0] != new[1] else 1) :]
    return text
