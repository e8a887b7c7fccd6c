"""Reply cases as data: the JSON form of a question, a reply and the reading that is wanted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from surveys.core.replies.reading import Option, Previous, Question, Value

_TYPES = ("scale", "number", "yes_no", "single_choice", "multi_choice", "text", "time", "date")


class BadCase(ValueError):
    """A case that cannot be read; the message names the field and what it must be."""


def question_from(document: Any) -> Question:
    """A question from its JSON form.

    Raises:
        BadCase: with every problem of the document.
    """
    problems = _problems(document)
    if problems:
        raise BadCase("; ".join(problems))
    return Question(
        type=document["type"],
        text=document["text"],
        required=bool(document.get("required", True)),
        min=document.get("min"),
        max=document.get("max"),
        integer=bool(document.get("integer", True)),
        options=tuple(
            Option(str(each["code"]), str(each["label"]), tuple(str(word) for word in each.get("synonyms") or ()))
            for each in document.get("options") or ()
        ),
        direction=document.get("direction"),
        key=str(document.get("key", "")),
    )


def _problems(document: Any) -> list[str]:
    if not isinstance(document, dict):
        return ["question must be an object"]
    problems = []
    if document.get("type") not in _TYPES:
        problems.append(f"question.type must be one of {', '.join(_TYPES)}")
    if not isinstance(document.get("text"), str):
        problems.append("question.text must be a string")
    for name in ("min", "max"):
        value = document.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            problems.append(f"question.{name} must be a number")
    options = document.get("options") or []
    if not isinstance(options, list) or any(
        not isinstance(each, dict) or not {"code", "label"} <= each.keys() for each in options
    ):
        problems.append("question.options must be a list of objects with code and label")
    if document.get("direction") not in {None, "past", "future"}:
        problems.append("question.direction must be past or future")
    return problems


def previous_from(document: Any) -> Previous | None:
    """The answered question before, from its JSON form, or None.

    Raises:
        BadCase: with every problem of the document.
    """
    if document is None:
        return None
    if not isinstance(document, dict) or "question" not in document:
        raise BadCase("previous must be an object with question and value")
    return Previous(question_from(document["question"]), value_from(document.get("value")))


def value_from(value: Any) -> Value:
    """A value from its JSON form: lists become tuples."""
    return tuple(str(each) for each in value) if isinstance(value, list) else value


def value_to_json(value: Value) -> Any:
    """A value in its JSON form: tuples become lists."""
    return list(value) if isinstance(value, tuple) else value


def moment_from(value: Any) -> datetime | None:
    """A local date and time such as `2025-03-12T14:05:00`, or None.

    Raises:
        BadCase: it is no such text.
    """
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadCase("now must be a local date and time such as 2025-03-12T14:05:00") from None
