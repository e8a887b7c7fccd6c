"""History read anew: what today's reader makes of a text whose answer is kept, and whether that differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from surveys.core.conversation.labelled import labelled
from surveys.core.definition.model import Question
from surveys.core.effects import AnswerKind
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Kind, Previous, Reading, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer as it is kept, and what stood around its text when it came.

    `now`: the patient's local date and time. `previous`: the answer given last before it. `corrects`: the answer to the
    same question that it took the place of. `beside`: the questions that the same text answered, in the survey's order.
    """

    question: Question
    language: str
    kind: AnswerKind
    value: Value
    now: datetime
    previous: Previous | None = None
    corrects: Previous | None = None
    beside: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What the text would be taken for now. `kind` is value, text or skipped, or a reading's kind that keeps nothing.

    `value` is None for open text: what was written is never repeated here.
    """

    kind: AnswerKind | Kind
    value: Value
    confidence: float
    reason: str


def reread(kept: Kept, text: str) -> Difference | None:
    """How today's reading of `text` differs from what is kept, or None where it reads the same.

    Whether a text answered the open question or corrected an answer is not kept beside it; it reads the same when one
    of the ways in which it can have been taken still gives what is kept.
    """
    ways = list(_ways(kept, text))
    if any(_same(kept, way) for way in ways):
        return None
    return next((way for way in ways if way.kind == "value"), ways[0])


def _ways(kept: Kept, text: str) -> Iterator[Difference]:
    """As a reply to the question, as a correction of what it replaced, and as one of several answers by name."""
    asked = kept.question.for_reader(kept.language)
    yield _taken(kept, read(asked, text, kept.language, now=kept.now, previous=kept.previous), "answer")
    if kept.corrects is not None:
        yield _taken(kept, read(None, text, kept.language, now=kept.now, previous=kept.corrects), "correction")
    if len(kept.beside) > 1:
        values = labelled(kept.beside, text, kept.language, kept.now).values
        if kept.question.key in values:
            yield Difference("value", values[kept.question.key], 1.0, "One of several answers under their own names.")


def _taken(kept: Kept, reading: Reading, own: Kind) -> Difference:
    """A reading as the answer it would be kept as. `own` is the kind of reading that speaks of this question."""
    if reading.kind == own and kept.question.accepts(reading.value):
        open_text = kept.question.type == "text"
        value = None if open_text else reading.value
        return Difference("text" if open_text else "value", value, reading.confidence, reading.reason)
    kind = "skipped" if reading.kind == "skip" else reading.kind
    return Difference(kind, None, reading.confidence, reading.reason)


def _same(kept: Kept, way: Difference) -> bool:
    return way.kind == kept.kind and way.value == kept.value
