"""`manage.py read_replies`: reads JSON lines of questions and replies, writes what each reply was taken for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.core.replies.cases import BadCase, moment_from, previous_from, question_from, value_to_json
from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.reader import read


class Command(BaseCommand):
    """Standard input to standard output, line by line; a bad line is named on standard error and the rest goes on."""

    help = (
        "Reads JSON lines {id, lang, question, now?, previous?, reply} on standard input and writes JSON lines "
        "{id, kind, value, flags, confidence}. Needs no database."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Answers every line.

        Raises:
            CommandError: at the end, when some lines could not be read.
        """
        refused = 0
        for number, answer, problem in answers(sys.stdin.buffer):
            if problem:
                refused += 1
                self.stderr.write(f"line {number}: {problem}")
            else:
                self.stdout.write(answer)
                self.stdout.flush()
        if refused:
            raise CommandError(f"{refused} line(s) could not be read; see the messages above.")


def answers(lines: Iterable[bytes]) -> Iterator[tuple[int, str, str]]:
    """Line number, answer as JSON and problem ("" where there is none) of every line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, answer_to(line), ""
        except BadCase as problem:
            yield number, "", str(problem)


def answer_to(line: bytes) -> str:
    """The reading of one case as a line of JSON.

    Raises:
        BadCase: the line is no such case; the message names every field that is wrong.
    """
    case = _case(line)
    question = question_from(case["question"]) if case["question"] is not None else None
    reading = read(
        question,
        case["reply"],
        case["lang"],
        now=moment_from(case.get("now")),
        previous=previous_from(case.get("previous")),
    )
    return json.dumps(
        {
            "id": case.get("id"),
            "kind": reading.kind,
            "value": value_to_json(reading.value),
            "flags": list(reading.flags),
            "confidence": reading.confidence,
        }
    )


def _case(line: bytes) -> dict[str, Any]:
    try:
        case = json.loads(line.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadCase("not JSON in UTF-8; write one object per line") from None
    if not isinstance(case, dict):
        raise BadCase("must be an object with id, lang, question and reply")
    problems = []
    if not isinstance(case.get("reply"), str):
        problems.append("reply must be a string")
    if case.get("lang") not in LEXICON.languages:
        problems.append(f"lang must be one of {', '.join(LEXICON.languages)}")
    if "question" not in case:
        problems.append("question is missing; write null where no question is open")
    if problems:
        raise BadCase("; ".join(problems))
    return case
