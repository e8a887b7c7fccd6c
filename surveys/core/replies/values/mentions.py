"""Finds every number in a reply, in figures, words, glyphs or misspelt, without judging what it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from text_to_num import text2num

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.tokens import Tokens, joined

FUZZY_LENGTH = 4
"""Shorter misspellings ("fve", "sx") are one slip from too many words."""

_DECIMAL = re.compile(r"\d+[.,]\d+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_LOOKALIKE = re.compile(r"\d[Oo]{1,2}")
_PHONE = re.compile(r"\d{3}-\d{3}-\d{4}")
_PHONE_TOKENS = 5
_LONGEST_RUN, _TWO_WORDS = 8, 2


@dataclass(frozen=True, slots=True)
class Mention:
    """A number between two token places; `value` is None for a clock time and whatever else is no plain number."""

    start: int
    end: int
    value: float | None
    form: str


def find_mentions(tokens: Tokens, language: str) -> tuple[Mention, ...]:
    """All numbers of a reply in order."""
    found: list[Mention] = []
    place = 0
    while place < len(tokens):
        mention = _mention_at(tokens, place, language)
        if mention:
            found.append(mention)
        place = mention.end if mention else place + 1
    return tuple(found)


def _mention_at(tokens: Tokens, place: int, language: str) -> Mention | None:
    token = tokens[place]
    mention: Mention | None
    if token.kind == "number":
        mention = _figures(tokens, place, language)
    elif token.kind == "word":
        mention = (
            _counting_word(tokens, place, language) or _spoken(tokens, place, language) or _lookalike(tokens, place)
        )
    else:
        return None
    return _with_tail(tokens, mention, language) if mention and mention.value is not None else mention


def _figures(tokens: Tokens, place: int, language: str) -> Mention:
    text = tokens[place].text
    if _PHONE.fullmatch("".join(token.raw for token in tokens[place : place + _PHONE_TOKENS])):
        return Mention(place, place + _PHONE_TOKENS, None, "phone")
    if ":" in text or (text.count(".") + text.count(",") > 1 and not _THOUSANDS.fullmatch(text)):
        return Mention(place, place + 1, None, "clock")
    if _THOUSANDS.fullmatch(text) and ("," in text or LEXICON.words("thousands_point", language)):
        return Mention(place, place + 1, float(re.sub(r"[.,]", "", text)), "figures")
    if _DECIMAL.fullmatch(text):
        return Mention(place, place + 1, float(text.replace(",", ".")), "decimal")
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following and following.glued and _LOOKALIKE.fullmatch(f"{text}{following.raw}"):
        return Mention(place, place + 2, float(f"{text}{following.raw}".lower().replace("o", "0")), "figures")
    return Mention(place, place + 1, float(text[:15]), "figures")


def _lookalike(tokens: Tokens, place: int) -> Mention | None:
    """`IO` for ten and a lone letter O for zero, where nothing but punctuation or "out of ten" follows."""
    raw = tokens[place].raw
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following and following.kind == "number" and following.glued and raw in {"I", "l"} and following.text == "0":
        return Mention(place, place + 2, 10.0, "letters")
    alone = following is None or bool(following.gap) or following.text == "/" or following.text in _after_ten()
    if not alone or (place and not tokens[place].gap):
        return None
    if raw in {"IO", "lO", "Io", "io"}:
        return Mention(place, place + 1, 10.0, "letters")
    return Mention(place, place + 1, 0.0, "letters") if raw in {"O", "o"} else None


@cache
def _after_ten() -> frozenset[str]:
    return LEXICON.union("unit_") | LEXICON.words("hedge_suffix")


@cache
def _number_words(language: str) -> frozenset[str]:
    return LEXICON.words("number_words", language)


@cache
def _spellings() -> dict[str, str]:
    """Folded form -> the spelling the number library knows."""
    from_accents = {_strip(word): word for word in LEXICON.words("number_accents")}
    return LEXICON.pairs("number_spellings") | from_accents


def _strip(word: str) -> str:
    return word.translate(str.maketrans("áéíóú", "aeiou"))


def _spoken(tokens: Tokens, place: int, language: str) -> Mention | None:
    """The longest run of number words from here that makes one number, in the conversation's language first."""
    for each in sorted(LEXICON.languages, key=lambda candidate: candidate != language):
        mention = _run(tokens, place, each)
        if mention:
            return mention
    return None


def _run(tokens: Tokens, place: int, language: str) -> Mention | None:
    words = _number_words(language)
    stem = tokens[place].text.removesuffix("ish")
    if stem != tokens[place].text and stem in words:
        return Mention(place, place + 1, float(text2num(stem, language)), "words")
    first = _spellings().get(tokens[place].text, tokens[place].text)
    if tokens[place].text not in words and _strip(first) not in words:
        return None
    if tokens[place].text in LEXICON.words("one_forms") and _is_pronoun(tokens, place):
        return None
    end = place + 1
    while end < min(len(tokens), place + _LONGEST_RUN) and not tokens[end].gap.strip(",."):
        if tokens[end].gap or not (_is_number_word(tokens, end, words) or _joins(tokens, end, words, language)):
            break
        end += 1
    for stop in range(end, place, -1):
        value = _library_value(tokens[place:stop], language)
        if value is not None:
            return Mention(place, stop, float(value), "words")
    return None


def _is_pronoun(tokens: Tokens, place: int) -> bool:
    """ "the third one", "no one", "one of those days", "una 7": no number."""
    before = tokens[place - 1].text if place and not tokens[place].gap else ""
    following = tokens[place + 1] if place + 1 < len(tokens) and not tokens[place + 1].gap else None
    if place in pronouns(tokens):
        return True
    if before and tokens[place].text in LEXICON.words("one_pronouns") and not _leads_to_one(before):
        return True
    if before in LEXICON.words("one_not_after"):
        return not (
            before in LEXICON.words("definite_words")
            and place > 1
            and tokens[place - 2].text in LEXICON.words("only_words")
        )
    dosed = place + 2 < len(tokens) and tokens[place + 2].text in LEXICON.words("unit_dose")
    return following is not None and (
        (following.kind == "number" and not dosed) or following.text in LEXICON.words("one_not_before")
    )


def pronouns(tokens: Tokens) -> set[int]:
    """The places of "one" in "the days one", "that pain one"."""
    matches = (match for match in phrases("pronoun_one").all(tokens) if match.end - match.start > _TWO_WORDS)
    ones = LEXICON.words("one_words")
    return {place for match in matches for place in range(match.start, match.end) if tokens[place].text in ones}


def _leads_to_one(before: str) -> bool:
    """Words after which "one" is a number; after any other ("the middle one") it stands for a noun."""
    lists = (
        "hedge",
        "count_verbs",
        "code_words",
        "copula",
        "filler",
        "clause_openers",
        "number_leads",
        "number_words",
        "point_words",
    )
    return any(before in LEXICON.words(name) for name in lists)


def _is_number_word(tokens: Tokens, place: int, words: frozenset[str]) -> bool:
    return tokens[place].text in words or tokens[place].text == "-"


def _joins(tokens: Tokens, place: int, words: frozenset[str], language: str) -> bool:
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    return tokens[place].text in LEXICON.words("number_joins", language) and bool(
        following and not following.gap and following.text in words
    )


def _library_value(tokens: Tokens, language: str) -> int | None:
    """The library reads "treinta y ocho" as 38 and refuses "seven eight", which are two numbers."""
    words = [_spellings().get(token.text, token.text) for token in tokens]
    if words[-1] in LEXICON.words("number_trails") or words[0] == "-":
        return None
    try:
        return int(text2num(" ".join(words).replace(" - ", "-"), language))
    except ValueError:
        return None


def _counting_word(tokens: Tokens, place: int, language: str) -> Mention | None:
    value = LEXICON.pairs("counting_words").get(tokens[place].text) or _counting().get(tokens[place].text)
    if value is None or tokens[place].text in _number_words(language):
        return None
    lead = [token.text for token in tokens[max(0, place - 2) : place]]
    halves = LEXICON.words("half_words")
    half = (
        2 if set(lead[:1]) & halves and set(lead[1:]) & LEXICON.words("article") else int(bool(set(lead[-1:]) & halves))
    )
    return Mention(place - half, place + 1, float(value) / (2 if half else 1), "counting")


@cache
def _counting() -> dict[str, str]:
    return {line.split()[0]: line.split()[1] for line in LEXICON.lines("counting_words")}


def _with_tail(tokens: Tokens, mention: Mention, language: str) -> Mention:
    """Adds what belongs to the number after it: k and thousand, "point five", "and a half", 1/2."""
    value, end, form = mention.value or 0.0, mention.end, mention.form
    multiplier = _multipliers().get(tokens[end].text) if end < len(tokens) and not tokens[end].gap else None
    if multiplier and form in {"figures", "decimal"} and (tokens[end].text != "k" or tokens[end].glued):
        value, end, form = value * multiplier, end + 1, "figures"
    for read in (_point_tail, _parts_tail, _half_tail):
        tail = read(tokens, end, language)
        if tail:
            value, end, form = value + tail[0], tail[1], "decimal"
            break
    return Mention(mention.start, end, value, form)


@cache
def _multipliers() -> dict[str, float]:
    return {line.split()[0]: float(line.split()[1]) for line in LEXICON.lines("multiplier")}


def _point_tail(tokens: Tokens, end: int, language: str) -> tuple[float, int] | None:
    """ "point five", "punto cinco": digits after a spoken decimal point."""
    if end + 1 >= len(tokens) or tokens[end].text not in LEXICON.words("point_words") or tokens[end + 1].gap:
        return None
    follower = _run(tokens, end + 1, language)
    if follower and follower.value is not None:
        return float(f"0.{int(follower.value)}"), follower.end
    if tokens[end + 1].text.isdecimal():
        return float(f"0.{tokens[end + 1].text}"), end + 2
    return None


def _parts_tail(tokens: Tokens, end: int, language: str) -> tuple[float, int] | None:
    """ "and three quarters", "and one half", "y dos tercios": so many parts of a whole."""
    at = end + 1
    if at >= len(tokens) or tokens[end].text not in LEXICON.words("and_words"):
        return None
    if any(token.gap for token in tokens[end : at + 1]):
        return None
    count = _run(tokens, at, language) or _one_part(tokens, at)
    if count is None or not count.value or count.end >= len(tokens) or tokens[count.end].gap:
        return None
    parts = LEXICON.pairs("fraction_parts").get(tokens[count.end].text)
    part = count.value / int(parts) if parts else 1.0
    return (part, count.end + 1) if part < 1 else None


def _one_part(tokens: Tokens, place: int) -> Mention | None:
    """ "one half", "a third"."""
    single = tokens[place].text in LEXICON.words("one_forms") | LEXICON.words("singular_articles")
    return Mention(place, place + 1, 1.0, "words") if single else None


def _half_tail(tokens: Tokens, end: int, _language: str) -> tuple[float, int] | None:
    if end < len(tokens) and not tokens[end].gap and tokens[end].text in LEXICON.words("unit_hour"):
        beyond = _half_tail(tokens, end + 1, _language) if tokens[end].text != "h" else None
        return beyond if beyond and beyond[0] == 0.5 and tokens[end + 1].text in LEXICON.words("half_joins") else None
    for size, words in ((0.5, LEXICON.words("half_words")), (0.25, LEXICON.words("quarter_words"))):
        for lead in LEXICON.lines("half_leads"):
            stop = end + len(lead.split())
            if stop < len(tokens) and joined(tokens[end:stop]) == lead and tokens[stop].text in words:
                return size, stop + 1
    lead_and = end < len(tokens) and tokens[end].text in LEXICON.words("and_words")
    at = end + lead_and
    if [token.text for token in tokens[at : at + 3]] in (
        ["1", "/", "2"],
        ["1", "/", "4"],
        ["3", "/", "4"],
    ) and not tokens[at].glued:
        return int(tokens[at].text) / int(tokens[at + 2].text), at + 3
    if end < len(tokens) and (tokens[end].text == "^" or tokens[end].text in LEXICON.words("half_words")):
        return 0.5, end + 1
    return None


@lru_cache(maxsize=4096)
def misspelt_idle(word: str) -> bool:
    """ "aproximately", "jsut", "thnk": a word that is unknown and one slip away from one that changes no number."""
    if len(word) < FUZZY_LENGTH or word in LEXICON.words("real_words") or word in LEXICON.known_words:
        return False
    return any(
        len(idle) >= FUZZY_LENGTH and _slip_of(word, idle)
        for name in ("hedge", "opinion_words", "only_words")
        for idle in LEXICON.words(name)
    )


def _slip_of(word: str, meant: str) -> bool:
    """One slip, the first letter kept, and no other form of the same word ("guesses")."""
    inflected = word.startswith(meant) or meant.startswith(word)
    return word[0] == meant[0] and not inflected and OSA.distance(word, meant, score_cutoff=1) == 1


@lru_cache(maxsize=4096)
def fuzzy_value(word: str, language: str) -> float | None:
    """The one number a misspelling can mean, or None: one slip away, first letter kept or swapped, no real word."""
    if len(word) < FUZZY_LENGTH or word in LEXICON.words("real_words") or word in LEXICON.known_words:
        return None
    near = {
        (each, candidate)
        for each in LEXICON.languages
        for candidate in _number_words(each)
        if len(candidate) >= FUZZY_LENGTH and OSA.distance(word, candidate, score_cutoff=1) == 1
    }
    own = {candidate for each, candidate in near if each == language}
    names = own or {candidate for _, candidate in near}
    if len(names) != 1:
        return None
    (name,) = names
    if sorted(name) != sorted(word) and name[0] != word[0]:
        return None
    home = language if name in _number_words(language) else next(each for each, candidate in near if candidate == name)
    return float(text2num(_spellings().get(name, name), home))
