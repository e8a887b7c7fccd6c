"""Several answers in one text: "pain 3, mood 8" also answers the mood question that would come next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from surveys.core.definition.model import Question
from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Value
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of, topics
from surveys.core.replies.values.segments import clauses


def labelled_answers(questions: Sequence[Question], text: str, language: str, now: datetime | None) -> dict[str, Value]:
    """The values that a text labels by topic for some of `questions`, by key.

    A clause counts for a question when it names a topic of that question and of no other one. A question that two
    clauses speak of, or whose clause says more than its value, is left to be asked.
    """
    cleaned = clean(text)
    tokens = tokenise(cleaned)
    spans = clauses(tokens)
    if len(spans) < 2:
        return {}
    found: dict[str, list[Value]] = {}
    for start, end in spans:
        named = _topics(tokens[start:end])
        about = [question for question in questions if named & focus_of(question.for_reader(language)).topics]
        if len(about) == 1:
            part = cleaned[tokens[start].start : tokens[end - 1].end]
            found.setdefault(about[0].key, []).extend(_value(about[0], part, language, now))
    return {key: values[0] for key, values in found.items() if len(values) == 1}


def _value(question: Question, part: str, language: str, now: datetime | None) -> Iterator[Value]:
    understood = read(question.for_reader(language), part, language, now=now)
    sure = understood.kind == "answer" and not understood.extra and not understood.flags
    if sure and question.type != "text" and question.accepts(understood.value):
        yield understood.value


def _topics(tokens: Tokens) -> frozenset[str]:
    words = {token.text for token in tokens}
    return frozenset(topic for topic in topics() if words & LEXICON.words(topic))
