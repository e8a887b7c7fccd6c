"""Several answers in one text: "pain 3, mood 8" also answers the mood question that would come next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from surveys.core.definition.model import Question
from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Value
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of, topics
from surveys.core.replies.values.segments import clauses

_AFTER_A_NAME = re.compile(r"(?<=[^\W\d_]) ?[:=]")
"""What people put between a name and its value: it must not end the clause."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Values by question key, and whether the text says nothing else."""

    values: dict[str, Value]
    nothing_else: bool


def labelled(questions: Sequence[Question], text: str, language: str, now: datetime | None) -> Labelled:
    """The values that a text labels by topic for some of `questions`, the open one first.

    A clause counts for a question when it names that question's topic and no other one's, and holds nothing but topic
    words, a value and words that say nothing. A question that two clauses speak of is left to be asked.
    """
    cleaned = _AFTER_A_NAME.sub(" ", clean(text))
    tokens = tokenise(cleaned)
    found: dict[str, list[Value]] = {}
    plain = 0
    spans = clauses(tokens)
    for start, end in spans:
        about = _about(questions, tokens[start:end], language)
        if about is not None:
            part = cleaned[tokens[start].start : tokens[end - 1].end]
            values = list(_value(about, part, language, now))
            found.setdefault(about.key, []).extend(values)
            plain += len(values)
    return Labelled({key: values[0] for key, values in found.items() if len(values) == 1}, plain == len(spans))


def _about(questions: Sequence[Question], clause: Tokens, language: str) -> Question | None:
    """The one question that a clause speaks of and only of; the open one, first, is meant before later ones."""
    words = {token.text for token in clause if token.kind != "number"}
    idle = frozenset().union(*map(LEXICON.words, ("filler", "clause_openers", "hedge", "number_words")))
    named = {topic: words & LEXICON.words(topic) for topic in topics() if words & LEXICON.words(topic)}
    spoken = {word for hits in named.values() for word in hits}
    if not named or words - spoken - idle:
        return None
    meant = [question for question in questions if focus_of(question.for_reader(language)).topics & named.keys()]
    if meant and meant[0] == questions[0]:
        return meant[0] if len(named) == 1 else None
    return meant[0] if len(meant) == 1 else None


def _value(question: Question, part: str, language: str, now: datetime | None) -> Iterator[Value]:
    understood = read(question.for_reader(language), part, language, now=now)
    if understood.kind == "answer" and question.type != "text" and question.accepts(understood.value):
        yield understood.value
