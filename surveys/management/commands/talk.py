"""`talk SURVEY [--lang es]`: hold a survey's conversation in the terminal, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from surveys import library
from surveys.core import conversation
from surveys.core.conversation import State, Turn
from surveys.core.definition import InvalidSurvey, SurveyDefinition, parse
from surveys.core.replies.safety import screen
from surveys.core.transcript import alarm, line_of
from surveys.core.wording import LANGUAGES, Voice

HELP = "Type what a patient would text. /remind: time for the reminder. /expire: time is up. Ctrl-D: leave."


class Command(BaseCommand):
    """Plays the clinic; the person at the keyboard plays the patient."""

    help = "Hold a survey's conversation in the terminal. SURVEY is a shipped key or a YAML or JSON file."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", metavar="SURVEY", help=f"A file, or one of: {', '.join(library.shipped())}")
        parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0], help="Language of the patient")
        parser.add_argument(
            "--known",
            metavar="KEY=VALUE",
            action="append",
            default=[],
            help="A last reading or a fact, like pain_avg24=3 or rostered=true; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        survey = _survey(options["survey"])
        voice = Voice("Demo Clinic", "618-555-0100", options["lang"])
        known = dict(_known(pair) for pair in options["known"])
        self.stdout.write(HELP)
        turn = self._show(conversation.begin(survey, voice=voice, known=known))
        for text in self._typed():
            turn = self._show(self._take(survey, turn.state, text, voice))
            if turn.state.ended:
                break

    def _take(self, survey: SurveyDefinition, state: State, text: str, voice: Voice) -> Turn:
        if text == "/remind":
            return conversation.remind(survey, state, voice=voice)
        if text == "/expire":
            return conversation.expire(survey, state, voice=voice)
        flags = screen(text).flags
        if flags:
            self.stdout.write(alarm(flags))
        now = timezone.localtime().replace(tzinfo=None)
        return conversation.reply(survey, state, text, voice=voice, now=now)

    def _show(self, turn: Turn) -> Turn:
        for effect in turn.effects:
            self.stdout.write(line_of(effect))
        return turn

    def _typed(self) -> Iterator[str]:
        while True:
            try:
                yield input("> ")
            except (EOFError, KeyboardInterrupt):
                self.stdout.write("")
                return


def _survey(name: str) -> SurveyDefinition:
    """The survey of a shipped key or of a file. Raises CommandError with every problem."""
    try:
        if name in library.shipped():
            return parse(library.document(name))
        return parse(yaml.safe_load(Path(name).read_text("utf-8")))
    except OSError as error:
        raise CommandError(f"There is no shipped survey and no readable file called {name}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} is neither YAML nor JSON: {error}") from error
    except InvalidSurvey as error:
        raise CommandError("\n".join(f"{each.path}: {each.message}" for each in error.problems)) from error


def _known(pair: str) -> tuple[str, Any]:
    key, _, value = pair.partition("=")
    try:
        return key, json.loads(value)
    except ValueError as error:
        raise CommandError(f"--known {pair}: write KEY=VALUE with a number, true or false.") from error
