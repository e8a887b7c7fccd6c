"""From a document to a survey: fields and their types; what only shows across questions is checked elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast, get_args

from surveys.core.definition.model import (
    Band,
    Branch,
    Channel,
    Code,
    Condition,
    Option,
    Question,
    ScoreMethod,
    ScoreRule,
    SurveyDefinition,
)
from surveys.core.definition.node import Node
from surveys.core.definition.problems import Problem
from surveys.core.replies.reading import QuestionType
from surveys.core.wording import LANGUAGES

FORMAT = 1
TYPES = cast("tuple[QuestionType, ...]", get_args(QuestionType))
CHANNELS = cast("tuple[Channel, ...]", get_args(Channel))
METHODS = cast("tuple[ScoreMethod, ...]", get_args(ScoreMethod))
MOST_QUESTIONS = 40
TRANSLATIONS = ("draft", "reviewed", "official")
"""How far the wording in a language has come (clinical content, section 8)."""
SURVEY_FIELDS = (
    *("format", "key", "languages", "name", "copyright", "source", "licence", "translations"),
    *("questions", "scores", "channel"),
)
QUESTION_FIELDS = (
    *("key", "type", "required", "min", "max", "integer", "direction", "code", "prompt", "options", "confirm_jump"),
    *("next", "otherwise", "needs", "stops_at", "official", "page"),
)
CONDITION_FIELDS = ("question", "in", "at_least", "at_most", "contains")


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document in canonical JSON: equal documents have equal digests whatever the order of fields."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_survey(document: object, problems: list[Problem]) -> SurveyDefinition:
    """The survey as far as it can be read; everything that cannot is added to `problems`."""
    node = Node(document, "", problems)
    node.only(SURVEY_FIELDS)
    if node.fields.get("format") != FORMAT:
        node.fault("format", f"Write format: {FORMAT}; no other format is known.")
    languages = _languages(node)
    questions = tuple(_question(each, languages) for each in node.nodes("questions"))
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        node.fault("questions", f"A survey asks 1 to {MOST_QUESTIONS} questions.")
    return SurveyDefinition(
        key=node.slug("key"),
        name=node.texts("name", languages),
        languages=languages,
        questions=questions,
        scores=tuple(_score(each) for each in node.nodes("scores")),
        translations=_translations(node, languages),
        copyright=node.text("copyright"),
        source=node.text("source"),
        licence=node.text("licence"),
        digest="" if problems else digest_of(node.fields),
        document=node.fields,
        channel=cast("Channel", node.choice("channel", CHANNELS) or CHANNELS[0]),
    )


def _languages(node: Node) -> tuple[str, ...]:
    languages = node.words("languages")
    if not languages or len(set(languages)) < len(languages) or not set(languages) <= set(LANGUAGES):
        node.fault("languages", f"List the survey's languages once each, out of {', '.join(LANGUAGES)}.")
        return LANGUAGES[:1]
    return languages


def _translations(node: Node, languages: tuple[str, ...]) -> dict[str, str]:
    states = Node(node.fields.get("translations", {}), "translations", node.problems)
    states.only(languages)
    return {language: states.choice(language, TRANSLATIONS) or "" for language in states.fields}


def _question(node: Node, languages: tuple[str, ...]) -> Question:
    node.only(QUESTION_FIELDS)
    kind = node.choice("type", TYPES)
    if kind is None and node.fields.get("type") is None:
        node.fault("type", f"Write one of {', '.join(TYPES)}.")
    return Question(
        key=node.slug("key"),
        type=cast("QuestionType", kind or "text"),
        prompt=node.texts("prompt", languages),
        required=node.flag("required", default=True),
        min=node.number("min"),
        max=node.number("max"),
        integer=node.flag("integer", default=True),
        direction=cast("Any", node.choice("direction", ("past", "future"))),
        options=tuple(_option(each, languages) for each in node.nodes("options")),
        code=_code(node),
        confirm_jump=node.number("confirm_jump"),
        branches=tuple(_branch(each) for each in node.nodes("next")),
        otherwise=node.text("otherwise") or None,
        needs=node.text("needs") or None,
        stops_at=node.number("stops_at"),
        official=node.flag("official", default=False),
        page=node.texts("page", languages) if "page" in node.fields else {},
    )


def _option(node: Node, languages: tuple[str, ...]) -> Option:
    node.only(("code", "label", "synonyms"))
    code = node.fields.get("code")
    if not isinstance(code, str) or not code:
        node.fault("code", 'Give the code that patients text, in quotes, like "1".')
        code = ""
    synonyms = Node(node.fields.get("synonyms", {}), node.place("synonyms"), node.problems)
    synonyms.only(languages)
    return Option(
        code=code,
        label=node.texts("label", languages),
        synonyms={language: synonyms.words(language) for language in languages},
    )


def _branch(node: Node) -> Branch:
    node.only(("when", "go"))
    when = Node(node.fields.get("when"), node.place("when"), node.problems)
    when.only(CONDITION_FIELDS)
    condition = Condition(
        question=when.slug("question"),
        among=when.words("in"),
        at_least=when.number("at_least"),
        at_most=when.number("at_most"),
        contains=when.text("contains") or None,
    )
    if condition == Condition(condition.question):
        when.fault("", f"Say what the answer must be: one of {', '.join(CONDITION_FIELDS[1:])}.")
    return Branch(condition, node.slug("go"))


def _score(node: Node) -> ScoreRule:
    node.only(("key", "method", "items", "missing", "decimals", "bands", "code", "flag_from"))
    method = node.choice("method", METHODS)
    if method is None and node.fields.get("method") is None:
        node.fault("method", f"Write one of {', '.join(METHODS)}.")
    return ScoreRule(
        key=node.slug("key"),
        method=cast("ScoreMethod", method or "sum"),
        items=node.words("items"),
        missing=node.whole("missing", 0),
        decimals=node.whole("decimals", 0),
        bands=tuple(_band(each) for each in node.nodes("bands")),
        code=_code(node),
        flag_from=node.number("flag_from"),
    )


def _band(node: Node) -> Band:
    node.only(("from", "name"))
    lowest = node.number("from")
    if lowest is None:
        node.fault("from", "Write the lowest score of the band.")
    return Band(lowest or 0, node.slug("name"))


def _code(node: Node) -> Code | None:
    if node.fields.get("code") is None:
        return None
    code = Node(node.fields["code"], node.place("code"), node.problems)
    code.only(("system", "code"))
    if not (code.text("system") and code.text("code")):
        code.fault("", "Give system and code, like {system: loinc, code: 72514-3}.")
    return Code(code.text("system"), code.text("code"))
