"""The value layer of each question type."""

from __future__ import annotations

from datetime import datetime

from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.values.dates import read_date
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.quantity import read_quantity
from surveys.core.replies.values.several_choices import read_multi
from surveys.core.replies.values.single_choice import read_single
from surveys.core.replies.values.times import read_time
from surveys.core.replies.values.yes_no import read_yes_no


def outcome_of(question: Question, reply: Stripped, language: str, now: datetime | None) -> Outcome:
    """The value that a reply gives to a question, or why it gives none."""
    if not reply.tokens and question.type != "text":
        return unclear("Nothing but our own prompt or an empty text.")
    match question.type:
        case "scale" | "number":
            return read_quantity(question, reply, language)
        case "yes_no":
            return read_yes_no(question, reply, language)
        case "single_choice":
            return read_single(question, reply, language)
        case "multi_choice":
            return read_multi(question, reply, language)
        case "time":
            return read_time(question, reply, language)
        case "date":
            return read_date(question, reply, language, now)
        case _:
            return found(reply.text, "Stored as written.")
