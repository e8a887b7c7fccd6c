"""Whether a survey can be asked and answered by text: reserved words, labels, forbidden words, length of every text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from string import Formatter

import yaml

from surveys.core import asking
from surveys.core.definition.model import Option, Question, SurveyDefinition
from surveys.core.definition.problems import Problem
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Reading, Value
from surveys.core.replies.tokens import joined
from surveys.core.wording import Voice

CountParts = Callable[[str], int]
"""How many SMS parts a text takes on the air."""

PARTS = 3
PARTS_OFFICIAL = 5
"""Parts that one text may take (section 6.1). Official wording may not be shortened: its longest takes 4 in Spanish."""

LONGEST_VOICE = ("C" * 40, "5" * 20)
"""The longest short name and desk number that a clinic can have."""

RESERVED = frozenset(
    {
        *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"),
        *("alto", "parar", "baja", "cancelar", "terminar", "detener", "no mas"),
        *("start", "yes", "unstop", "help", "info", "ayuda"),
    }
)
"""Words that carriers or the service act on, in every language (clinical content, C-04, C-10, C-11 and section 6.5)."""

YES_AND_NO: frozenset[Value] = frozenset({True, False})
PLACES = frozenset({"clinic", "phone"})
ONLY_PLACES = "Only {clinic} and {phone} may stand in braces."
_TAKEN = {
    "opt_out": "is read as the wish for no more texts",
    "opt_in": "is read as the wish to begin again",
    "help": "is read as a call for help",
}


def lint_problems(survey: SurveyDefinition, count_parts: CountParts | None) -> Iterator[Problem]:
    """Every fault in wording; lengths are checked only where `count_parts` is given."""
    for place, question in enumerate(survey.questions):
        path = f"questions[{place}]"
        for language in survey.languages:
            if not question.prompt[language]:
                continue
            yield from _forbidden(question.prompt[language], f"{path}.prompt.{language}")
            yield from _labels(question, language, path)
            yield from _page(question, language, f"{path}.page.{language}")
            if _unknown_places(question.prompt[language]):
                yield Problem(f"{path}.prompt.{language}", ONLY_PLACES)
            elif count_parts is not None:
                yield from _too_long(question, language, path, count_parts)
    for language in survey.languages:
        yield from _forbidden(survey.name[language], f"name.{language}")


# -- words ------------------------------------------------------------------------------------------------------------


def _forbidden(text: str, path: str) -> Iterator[Problem]:
    for token in tokenise(clean(text)):
        for group, words in _forbidden_words().items():
            if any(token.text == word or (word[-1] == "*" and token.text.startswith(word[:-1])) for word in words):
                yield Problem(path, f'"{token.raw}" is a word of {group}: a text must not give that away (T-05, T-06).')


def _page(question: Question, language: str, path: str) -> Iterator[Problem]:
    """The wording of the web form shows itself to whoever looks over the patient's shoulder, like a text."""
    text = question.page.get(language, "")
    yield from _forbidden(text, path)
    if _unknown_places(text):
        yield Problem(path, ONLY_PLACES)


@cache
def _forbidden_words() -> dict[str, tuple[str, ...]]:
    content = files(__package__).joinpath("words.yaml").read_text("utf-8")
    return {group: tuple(words.split()) for group, words in yaml.safe_load(content).items()}


def _unknown_places(text: str) -> set[str]:
    """What stands in braces and cannot be filled in; a lone brace counts as well."""
    try:
        return {field for _, field, _, _ in Formatter().parse(text) if field is not None} - PLACES
    except ValueError:
        return {text}


# -- labels -----------------------------------------------------------------------------------------------------------


def _labels(question: Question, language: str, path: str) -> Iterator[Problem]:
    if question.type == "yes_no" and len(question.codes) == len(YES_AND_NO):
        readings = [read(question.for_reader(language), code, language).value for code in question.codes]
        if set(readings) != YES_AND_NO:
            yield Problem(f"{path}.options", f"One label must mean yes and the other no ({language}).")
    if question.type not in {"single_choice", "multi_choice"}:
        return
    for place, option in enumerate(question.options):
        here = f"{path}.options[{place}]"
        yield from _forbidden(option.label[language], f"{here}.label.{language}")
        yield from _readable(question, option, option.code, language, f"{here}.code")
        yield from _readable(question, option, option.label[language], language, f"{here}.label.{language}")
        for word in option.synonyms.get(language, ()):
            yield from _readable(question, option, word, language, f"{here}.synonyms.{language}")


def _readable(question: Question, option: Option, text: str, language: str, path: str) -> Iterator[Problem]:
    """A label is reserved, or the reader must take it for exactly its own option."""
    if not text:
        return
    if joined(tokenise(clean(text))) in RESERVED:
        yield Problem(path, f'"{text}" is a reserved word; carriers or the service act on it (C-11).')
        return
    alone = read(None, text, language).kind
    if alone in _TAKEN:
        yield Problem(path, f'"{text}" {_TAKEN[alone]}; choose another wording.')
        return
    understood = read(question.for_reader(language), text, language)
    wanted = (option.code,) if question.type == "multi_choice" else option.code
    if understood.kind != "answer" or understood.value != wanted:
        yield Problem(path, f'"{text}" {_why(understood)}; choose another wording.')


def _why(understood: Reading) -> str:
    if understood.kind == "answer":
        return "is read as another option"
    if understood.kind == "skip":
        return "is read as skipping the question"
    return "cannot be told apart from the other options by the reader"


# -- length -----------------------------------------------------------------------------------------------------------


def _too_long(question: Question, language: str, path: str, count_parts: CountParts) -> Iterator[Problem]:
    name, phone = LONGEST_VOICE
    voice = Voice(name, phone, language)
    most = PARTS_OFFICIAL if question.official else PARTS
    texts = {"prompt": asking.prompt(question, voice), "again": asking.again(question, voice, times=1)}
    for what, text in {**texts, "once more": asking.again(question, voice, times=2)}.items():
        parts = count_parts(text)
        if parts > most:
            field = f"{path}.prompt.{language}"
            asked = "" if what == "prompt" else f" when it is asked {what}"
            yield Problem(field, f"Takes {parts} SMS parts{asked}; at most {most} are allowed. Shorten it.")
