"""Ends of a scale said in words: "no pain right now!" is 0 on the scale whose 0 is labelled "No pain"."""

from __future__ import annotations

from functools import cache, lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import PhraseSet
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.segments import Span, clauses, time_phrases

_SHORTEST_GENDERED = 5
_SHORTEST_TURNED = 3


def label_values(question: Question, tokens: Tokens) -> set[float | None]:
    """The scale values whose label, or a plain equal of it, makes up a clause of the reply."""
    labels = _labels(question)
    if not labels:
        return set()
    values: set[float | None] = set()
    bad_time = {
        place
        for match in time_phrases(tokens)
        if match.label in {"past_phrases", "usual_phrases", "future_phrases"}
        for place in range(match.start, match.end)
    }
    for value, patterns in labels:
        for span in clauses(tokens):
            if _is_label(tokens, span, patterns, question, bad_time):
                values.add(value)
    return values


def labels_in(question: Question, tokens: Tokens) -> set[float | None]:
    """The scale values whose label stands anywhere in the reply and begins no other thing ("no pain pills")."""
    past = {match.start for match in time_phrases(tokens) if match.label in {"past_phrases", "usual_phrases"}}
    found_values: set[float | None] = set()
    for value, patterns in _labels(question):
        for match in patterns.all(tokens):
            following = tokens[match.end] if match.end < len(tokens) and not tokens[match.end].gap else None
            denied = match.start > 0 and not tokens[match.start].gap and _denies(tokens[match.start - 1].text)
            if match.end - match.start < 2 or match.end in past or denied:
                continue
            if following is None or following.text not in LEXICON.words("label_continues"):
                found_values.add(value)
    return found_values


def _denies(word: str) -> bool:
    """ "no muy bien" is not the label "muy bien"."""
    return word in LEXICON.words("strong_negation")


def _is_label(tokens: Tokens, span: Span, patterns: PhraseSet, question: Question, bad_time: set[int]) -> bool:
    """A clause that holds the label and otherwise only words that do not change it."""
    part = tokens[span[0] : span[1]]
    idle = (
        LEXICON.words("label_idle")
        | LEXICON.words("label_chatter")
        | LEXICON.words("label_times")
        | LEXICON.words("vocatives")
    )
    idle |= LEXICON.words("time_nouns") & focus_of(question).words
    for match in patterns.all(part):
        rest = [place for place in range(len(part)) if not match.start <= place < match.end]
        outside = {part[place].text for place in rest if part[place].kind == "word"}
        if (
            outside <= idle
            and not any(span[0] + place in bad_time for place in rest)
            and not (any(place in bad_time for place in range(*span)) and focus_of(question).moment != "span")
        ):
            return True
        if match.start == 0 and _sentence_follows(part[match.end :]):
            return True
    return False


def _sentence_follows(rest: Tokens) -> bool:
    """ "no stress im on vacation": behind the label begins a sentence that neither turns it nor counts anything."""
    if not rest or rest[0].text not in LEXICON.words("label_sentences"):
        return False
    turning = (
        LEXICON.words("contrast") | LEXICON.words("exceptions") | LEXICON.words("denial") | LEXICON.words("doubting")
    )
    return not any(token.kind == "number" or token.text in turning for token in rest)


@lru_cache(maxsize=512)
def _labels(question: Question) -> tuple[tuple[float, PhraseSet], ...]:
    found: list[tuple[float, PhraseSet]] = []
    for option in question.options:
        try:
            value = float(option.code)
        except ValueError:
            continue
        patterns = {_pattern(text) for text in (option.label, *option.synonyms)}
        patterns |= {_contracted(pattern) for pattern in patterns}
        if value == question.min:
            patterns |= _zero_wordings(question, option.label)
        found.append((value, PhraseSet((pattern, "label") for pattern in sorted(patterns) if pattern)))
    return tuple(found)


def _pattern(label: str) -> str:
    """A label as a pattern; its articles may be missing."""
    words = [token.text for token in tokenise(clean(label)) if token.kind == "word"]
    loose = LEXICON.words("article")
    if all(word in loose for word in words):
        return ""
    while words and words[0] in loose:
        words = words[1:]
    return " ".join(_either_gender(word) for word in words)


def _contracted(pattern: str) -> str:
    """ "did not interfere" as "didnt interfere"."""
    for line in LEXICON.lines("denied_pairs"):
        joined, first, second = line.split()
        pattern = f" {pattern} ".replace(f" {first} {second} ", f" {joined} ").strip()
    return pattern


@cache
def _endings() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in LEXICON.lines("paired_endings"))


def _either_gender(word: str) -> str:
    """ "cansado" as "cansado|cansada": a label fits whoever writes."""
    if len(word) < _SHORTEST_GENDERED:
        return word
    forms = next((each for each in _endings() if word.endswith(each)), ())
    stem = word[: -len(forms[0])] if forms else word
    return "|".join(f"{stem}{ending}" for ending in forms) or word


def _denied_in_prompt(question: Question, label: str) -> set[str]:
    """ "not rested at all", "not at all rested" for the label "Not at all" of "How rested do you feel"."""
    focus, said = focus_of(question), [token.text for token in tokenise(clean(label)) if token.kind == "word"]
    if len(said) < _SHORTEST_TURNED or said[0] not in LEXICON.words("denial"):
        return set()
    asked = sorted(focus.words & (LEXICON.union("topic_") | LEXICON.words("asked_states")))
    head, tail = said[0], " ".join(said[1:])
    return {pattern for word in asked for pattern in (f"{head} {tail} {word}", f"{head} {word} {tail}")}


def _zero_wordings(question: Question, label: str) -> set[str]:
    """Plain ways to say that there is none of what is asked, where the label itself says none."""
    words = {token.text for token in tokenise(clean(label))}
    if not words & LEXICON.words("zero_label"):
        return set()
    wordings = set(LEXICON.lines("zero_any"))
    wordings |= _denied_in_prompt(question, label)
    for topic in focus_of(question).topics:
        name = topic.replace("topic_", "zero_")
        if name in LEXICON.names("zero_"):
            wordings |= set(LEXICON.lines(name))
    return wordings
