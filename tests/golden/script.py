"""Plays a conversation script: the patient's lines are played to the engine, every other line is written anew.

A script is a text file. It begins with comments and a head of `name: value` lines, then a blank line. Of the rest only
the patient's lines, REMINDER, TIME IS UP, OPENS THE FORM, FORM with a question and a value, and comments are given; a
patient's line that begins with ALARM is one that the safety screen must flag, upon which the survey falls silent.
`python -m tests.golden.script FILE ...` writes what the engine makes of them into the file, for a person to read and to
commit.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from surveys import library
from surveys.core import conversation
from surveys.core.conversation import State, Turn
from surveys.core.definition import SurveyDefinition, restore
from surveys.core.replies.safety import screen
from surveys.core.transcript import PATIENT, alarm, line_of
from surveys.core.wording import Voice

NOW = datetime(2026, 11, 24, 14, 0)  # noqa: DTZ001  # the patient's wall clock, as the engine takes it
ALARM, REMINDER, TIME_IS_UP = "ALARM    ", "REMINDER", "TIME IS UP"
OPENS, FORM = "OPENS THE FORM", "FORM     "
GIVEN = (PATIENT, ALARM, REMINDER, TIME_IS_UP, OPENS, FORM)
HELD = {"crisis", "emergency"}


def play(script: str) -> str:
    """The script with every line but the given ones written by the engine."""
    head, _, body = script.partition("\n\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines() if not line.startswith("#"))
    survey = restore(library.document(facts["survey"]))
    voice = Voice("Demo Clinic", "618-555-0100", facts["language"])
    turn = conversation.begin(
        survey,
        voice=voice,
        known=_known(facts.get("known", "")),
        by_link=facts.get("sent") == "as a link",
        link_only=facts.get("sent") == "as links only",
    )
    lines = list(_played(survey, voice, turn, body))
    return f"{head}\n\n" + "\n".join(lines) + "\n"


def _played(survey: SurveyDefinition, voice: Voice, turn: Turn, body: str) -> Iterator[str]:
    yield from map(line_of, turn.effects)
    for line in body.splitlines():
        if line.startswith(("#", *GIVEN)):
            yield line
        if not line.startswith("#"):
            turn, said = _step(survey, turn.state, voice, line)
            yield from said


def _step(survey: SurveyDefinition, state: State, voice: Voice, line: str) -> tuple[Turn, list[str]]:
    state = State.from_json(json.loads(json.dumps(state.to_json())))
    noted: list[str] = []
    if line.startswith(REMINDER):
        turn = conversation.remind(survey, state, voice=voice)
    elif line.startswith(TIME_IS_UP):
        turn = conversation.expire(survey, state, voice=voice)
    elif line.startswith(OPENS):
        turn = Turn(conversation.looked_at(state), ())
    elif line.startswith(FORM):
        key, value = line[len(FORM) :].split(" ", 1)
        turn = conversation.fill(survey, state, key, _typed(survey, key, value), voice=voice)
    elif line.startswith((PATIENT, ALARM)):
        hold = line.startswith(ALARM)
        text = line[len(PATIENT) :].replace("\\n", "\n")
        flags = tuple(flag for flag in screen(text).flags if hold and flag in HELD)
        noted = [alarm(flags)] if flags else []
        turn = conversation.reply(survey, state, text, voice=voice, now=NOW, hold=bool(flags))
    else:
        return Turn(state, ()), []
    return turn, [*noted, *map(line_of, turn.effects)]


def _typed(survey: SurveyDefinition, key: str, value: str) -> Any:
    return int(value) if survey.question(key).type in {"scale", "number"} else value


def _known(pairs: str) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in (pair.split("=") for pair in pairs.split())}


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(play(path.read_text("utf-8")), "utf-8")
