"""Reads a text that speaks of changing the answer before: a correction, a re-ask, or an answer beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from surveys.core.replies.corrections import Change, adds_to_list, change_in, corrected_part, is_about, points_back
from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Previous, Question, Reading, Value
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.by_type import outcome_of
from surveys.core.replies.values.segments import clause_at, clauses

_CHOICES = frozenset({"single_choice", "multi_choice"})
_NUMERIC = frozenset({"scale", "number"})
_WORDED = _CHOICES | {"yes_no"}


def corrected(
    question: Question | None, reply: Stripped, language: str, now: datetime | None, previous: Previous, change: Change
) -> Reading | None:
    """A correction of the answer before, a re-ask where it could be either, or None: the open question is answered."""
    said = _said_of_open(question, reply, language, now)
    if said is not None:
        return _answer_and_change(said)
    asked = previous.question
    new = _for_correction(reply, previous)
    value = None if asked.type == "text" else outcome_of(asked, new, language, now).value
    answered = _answered_before(question, reply, language, now, previous, change)
    if answered is not None and not (answered == value and (change.only_denies or _only_number(reply.tokens, change))):
        return _answer_and_change(answered) if change.points_back or change.label_of_previous else None
    if adds_to_list(reply.tokens, previous):
        return Reading("correction", None, 0.85, (), "Adds to the list before.", "change_answer", "all of it")
    opened = question is not None and question.type != "text"
    open_value = outcome_of(question, reply, language, now).value if question is not None and opened else None
    if change.label_of_open and (open_value is not None or not change.label_of_previous):
        chosen = open_value is not None and question is not None and question.type in _CHOICES
        back = change.points_back or change.without_value
        return _ask_again("A change and perhaps an answer.") if chosen and back else None
    if value is None:
        return _without_new_value(change, open_value)
    points = change.label_of_previous or change.points_back or change.without_value
    points = points or _said_by_label(asked, new, language, now, value)
    if points and _answered_after(question, reply, language, now, previous, value):
        return _ask_again("A change, and perhaps an answer behind it.")
    if question is not None and question.type in _NUMERIC and open_value is None:
        open_value = outcome_of(question, new, language, now).value
    if question is None or open_value is None or points:
        return Reading(
            "correction", value, 0.9, (), "Marks a change, and the value fits the question before.", None, None
        )
    return _ask_again("Could be a correction or a new answer.")


def _said_of_open(question: Question | None, reply: Stripped, language: str, now: datetime | None) -> Value:
    """ "the pain one should be 6. for this one 2": what a clause gives to the open question by name."""
    named = phrases("names_open").first(reply.tokens)
    if named is None or question is None or question.type == "text":
        return None
    start, end = clause_at(clauses(reply.tokens), named.start)
    part = (*reply.tokens[start : named.start], *reply.tokens[named.end : end])
    return outcome_of(question, replace(reply, tokens=part), language, now).value


def _only_number(tokens: Tokens, change: Change) -> bool:
    """Whether the one number of the text stands in the clause of the change, so that it cannot be an answer as well."""
    numbers = [place for place, token in enumerate(tokens) if token.kind == "number"]
    return len(numbers) == 1 and not any(token.gap for token in tokens[numbers[0] + 1 : change.start + 1])


def _answer_and_change(value: Value) -> Reading:
    """ "5, and the one before was a 6": the open question is answered, and a person should see the change."""
    reason = "The open question is answered before a change of the one before."
    return Reading("answer", value, 0.9, (), reason, None, "more")


def _said_by_label(asked: Question, new: Stripped, language: str, now: datetime | None, value: Value) -> bool:
    """Whether the new choice is said in the words of its label, which the open question cannot mean."""
    if asked.type not in _CHOICES:
        return False
    words = tuple(token for token in new.tokens if token.kind != "number")
    return outcome_of(asked, replace(new, tokens=words), language, now).value == value


def _without_new_value(change: Change, open_value: Value) -> Reading | None:
    """A change that is wanted and not said, or one that points back while something fits the open question."""
    if change.without_value and open_value is None:
        return Reading("correction", None, 0.85, (), "Wants to change the answer before.", "change_answer", "all of it")
    if (change.label_of_previous or change.points_back or change.without_value) and open_value is not None:
        return _ask_again("Could be a correction or a new answer.")
    return None


def _answered_before(
    question: Question | None,
    reply: Stripped,
    language: str,
    now: datetime | None,
    previous: Previous,
    change: Change,
) -> Value:
    """What answers the open question before the change: "9 no sorry I mean 6", "7. oh and pain was 5"."""
    if question is None or question.type == "text":
        return None
    for start in _heads(reply.tokens, question, previous, change):
        value = outcome_of(question, replace(reply, tokens=reply.tokens[:start]), language, now).value
        if value is not None:
            return value
    return None


def _heads(tokens: Tokens, question: Question, previous: Previous, change: Change) -> list[int]:
    """Where a part of the text may end that answers the open question: at the change, its clause, or what it is about.

    A choice, a yes or a no is looked for only before a clause, and not where the words are of the question before.
    """
    places = [] if change.without_value else [change.start]
    start = change.start
    while start and (not places or start == change.start or is_about(tokens[start:], previous.question, question)):
        start = next((place for place in range(start - 1, 0, -1) if _parts(tokens[place], question)), 0)
        places.append(start)
    if question.type not in _WORDED:
        return places
    apart = [
        place
        for place in places
        if tokens[place].gap or not (change.points_back or change.without_value) or question.type == "yes_no"
    ]
    return [place for place in apart if place and not is_about(tokens[:place], previous.question, question)]


def _parts(token: Token, question: Question) -> bool:
    """Whether a new clause begins here; a yes or no may stand before an "and" as well."""
    return bool(token.gap) or (question.type == "yes_no" and token.text in LEXICON.words("clause_openers"))


def _answered_after(
    question: Question | None, reply: Stripped, language: str, now: datetime | None, previous: Previous, value: Value
) -> bool:
    """ "meant 6 for pain, 190 lbs": behind the change, which is whole without it, stands what answers the open one."""
    tokens = reply.tokens
    last = clauses(tokens)[-1][0] if tokens else 0
    tail = tokens[last:]
    if question is None or question.type == "text" or not last or is_about(tail, previous.question, question):
        return False
    if change_in(tail, question, previous) is not None or points_back(tail):
        return False
    whole = _for_correction(replace(reply, tokens=tokens[:last]), previous)
    if outcome_of(previous.question, whole, language, now).value != value:
        return False
    return outcome_of(question, replace(reply, tokens=tail), language, now).value is not None


def _for_correction(reply: Stripped, previous: Previous) -> Stripped:
    return replace(reply, tokens=corrected_part(reply.tokens, previous))


def _ask_again(reason: str) -> Reading:
    return Reading("reprompt", None, 0.95, (), reason)
