"""The reply reader: from an open question and a text to one reading, never to an exception."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from surveys.core.replies import intents
from surveys.core.replies.corrections import (
    Change,
    adds_to_list,
    change_in,
    corrected_part,
    is_about,
    stepping_back,
)
from surveys.core.replies.intents import Intent
from surveys.core.replies.normalise import MAX_LENGTH
from surveys.core.replies.opt_out import opt_out
from surveys.core.replies.reading import Kind, Previous, Question, Reading, Value
from surveys.core.replies.safety import Screening, screen
from surveys.core.replies.strip import Stripped, strip
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.choice import read_multi, read_single
from surveys.core.replies.values.dates import read_date
from surveys.core.replies.values.options import label_hits, option_labelled
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.quantity import read_quantity
from surveys.core.replies.values.times import read_time
from surveys.core.replies.values.yes_no import read_yes_no

_CHOICES = frozenset({"single_choice", "multi_choice"})
_WORDED = _CHOICES | {"yes_no"}


def read(
    question: Question | None,
    text: str,
    language: str,
    *,
    now: datetime | None = None,
    previous: Previous | None = None,
    screening: Screening | None = None,
) -> Reading:
    """What a text means to the open question, or, with `question` None, what it wants.

    Pure and total: any text gives a reading. `language` is the conversation's; words of every language are understood.
    `now` is the patient's local date and time, needed for dates. `previous` is the answered question before this one.
    `screening` is that of this very text, where it has been made already.
    """
    flags = (screening or screen(text)).flags
    if len(text) > MAX_LENGTH:
        return Reading(
            "other_intent",
            None,
            0.9,
            flags,
            "Too long to be an answer; a person should read it.",
            "too_long",
            "all of it",
        )
    reply = strip(text, question)
    reading = (
        _exact_label(question, text)
        or _intent_first(question, reply)
        or _by_value(question, reply, language, now, previous)
    )
    own = (reading.intent,) if reading.intent in {"tapback", "autoreply", "wrong_number"} else ()
    intent = {"wrong_number": "wrong_person"}.get(reading.intent or "", reading.intent) if own else reading.intent
    extra = reply.text if reading.extra else None
    return Reading(reading.kind, reading.value, reading.confidence, flags + own, reading.reason, intent, extra)


def _exact_label(question: Question | None, text: str) -> Reading | None:
    """A text that is exactly the label of one option is that option, whatever else its words could mean."""
    if question is None or question.type not in _CHOICES:
        return None
    code = option_labelled(question, text)
    if code is None:
        return None
    value = code if question.type == "single_choice" else (code,)
    return Reading("answer", value, 0.99, (), "Exactly the label of one option.")


# -- texts that are no answer -----------------------------------------------------------------------------------------


def _intent_first(question: Question | None, reply: Stripped) -> Reading | None:
    """What is decided before any value is looked for."""
    tokens = reply.tokens
    if intents.reaction(reply.text):
        return _plain("not_for_us", "A reaction notice made by the phone.", "tapback")
    stranger = intents.not_for_us(tokens, reply.text)
    if opt_out(tokens) and not _named_by_an_option(question, reply):
        return _plain("opt_out", "A request to stop the messages.")
    if stranger:
        return _plain("not_for_us", stranger.reason, stranger.flag)
    if intents.opt_in(tokens) and not _named_by_an_option(question, reply):
        return _plain("opt_in", "A request to start the messages again.")
    if intents.help_wanted(tokens) and not _named_by_an_option(question, reply):
        return _plain("help", "Asks for help or who is texting.")
    if question is not None and intents.skipped(tokens) and not _named_by_an_option(question, reply):
        return _plain("skip", "Declines the question or says that it does not apply.")
    return None


def _plain(kind: Kind, reason: str, intent: str | None = None) -> Reading:
    return Reading(kind, None, 0.95, (), reason, intent)


def _named_by_an_option(question: Question | None, reply: Stripped) -> bool:
    """Whether the whole text is a label of the question, such as a body part called "Back"."""
    if question is None or not question.options or question.type not in _CHOICES:
        return False
    words = [token for token in reply.tokens if token.kind == "word"]
    hits = label_hits(question, reply.tokens)
    return any(hit.end - hit.start == len(words) for hit in hits)


# -- values -----------------------------------------------------------------------------------------------------------


def _by_value(
    question: Question | None, reply: Stripped, language: str, now: datetime | None, previous: Previous | None
) -> Reading:
    step = stepping_back(reply.tokens)
    if step and not _named_by_an_option(question, reply):
        kind: Kind = "correction" if previous else "other_intent"
        return _plain(kind, "Wants to go back to the answer before.", step)
    change = change_in(reply.tokens, question, previous)
    if change is not None and previous is not None:
        corrected = _corrected(question, reply, language, now, previous, change)
        if corrected is not None:
            return corrected
    if question is None:
        return _without_question(reply, change)
    wish = intents.request(reply.tokens)
    outcome = _outcome(question, reply, language, now)
    if question.type == "text":
        return _open_text(question, reply, wish)
    if outcome.value is not None:
        return Reading(
            "answer",
            outcome.value,
            outcome.confidence,
            (),
            outcome.reason,
            None,
            "more" if outcome.extra or change else None,
        )
    return _no_value(reply, outcome, wish, change)


def _outcome(question: Question, reply: Stripped, language: str, now: datetime | None) -> Outcome:
    """The value layer of the question's type."""
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


def _open_text(question: Question, reply: Stripped, wish: Intent | None) -> Reading:
    """Whatever was written, unless there is nothing in it."""
    if not any(token.kind in {"word", "number", "emoji"} for token in reply.tokens):
        return _plain("reprompt", "Nothing is written.")
    asks = intents.for_staff(reply.tokens)
    detail = wish.detail if wish else "staff_request" if asks else None
    return Reading(
        "answer", reply.text, 0.9, (), "An open question keeps what was written.", detail, "more" if detail else None
    )


def _no_value(reply: Stripped, outcome: Outcome, wish: Intent | None, change: Change | None) -> Reading:
    """Asks again, or hands the text to a person where it asks, requests or complains."""
    if intents.unknowing(reply.tokens):
        return Reading("reprompt", None, 0.9, (), "Does not know.", None, None)
    if wish:
        return _plain("other_intent", wish.reason, wish.detail)
    if change is not None and change.without_value:
        return _plain("other_intent", "Wants to change an answer.", "change_answer")
    if intents.for_staff(reply.tokens):
        return Reading(
            "other_intent", None, 0.8, (), "A question, request or report for a person.", "staff_request", "all of it"
        )
    return Reading("reprompt", None, outcome.confidence, (), outcome.reason, None, None)


def _without_question(reply: Stripped, change: Change | None) -> Reading:
    """No question is open: only what the text wants."""
    wish = intents.request(reply.tokens)
    if wish:
        return _plain("other_intent", wish.reason, wish.detail)
    if change is not None and change.without_value:
        return _plain("other_intent", "Wants to change an answer.", "change_answer")
    detail = "staff_request" if intents.for_staff(reply.tokens) else None
    return Reading("other_intent", None, 0.7, (), "A message outside any question.", detail, "all of it")


# -- corrections ------------------------------------------------------------------------------------------------------


def _corrected(
    question: Question | None, reply: Stripped, language: str, now: datetime | None, previous: Previous, change: Change
) -> Reading | None:
    """A correction of the answer before, a re-ask where it could be either, or None: the open question is answered."""
    asked = previous.question
    new = _for_correction(reply, previous)
    value = None if asked.type == "text" else _outcome(asked, new, language, now).value
    answered = _answered_before(question, reply, language, now, previous, change)
    if answered is not None and not (change.only_denies and answered == value):
        return _answer_and_change(answered) if change.points_back or change.label_of_previous else None
    if adds_to_list(reply.tokens, previous):
        return Reading("correction", None, 0.85, (), "Adds to the list before.", "change_answer", "all of it")
    opened = question is not None and question.type != "text"
    open_value = _outcome(question, reply, language, now).value if question is not None and opened else None
    if change.label_of_open and (open_value is not None or not change.label_of_previous):
        chosen = open_value is not None and question is not None and question.type in _CHOICES
        back = change.points_back or change.without_value
        return _plain("reprompt", "A change and perhaps an answer.") if chosen and back else None
    if value is None:
        return _without_new_value(change, open_value)
    points = change.label_of_previous or change.points_back or change.without_value
    points = points or _said_by_label(asked, new, language, now, value)
    if question is None or open_value is None or points:
        return Reading(
            "correction", value, 0.9, (), "Marks a change, and the value fits the question before.", None, None
        )
    return _plain("reprompt", "Could be a correction or a new answer.")


def _answer_and_change(value: Value) -> Reading:
    """ "5, and the one before was a 6": the open question is answered, and a person should see the change."""
    reason = "The open question is answered before a change of the one before."
    return Reading("answer", value, 0.9, (), reason, None, "more")


def _said_by_label(asked: Question, new: Stripped, language: str, now: datetime | None, value: Value) -> bool:
    """Whether the new choice is said in the words of its label, which the open question cannot mean."""
    if asked.type not in _CHOICES:
        return False
    words = tuple(token for token in new.tokens if token.kind != "number")
    return _outcome(asked, replace(new, tokens=words), language, now).value == value


def _without_new_value(change: Change, open_value: Value) -> Reading | None:
    """A change that is wanted and not said, or one that points back while something fits the open question."""
    if change.without_value and open_value is None:
        return Reading("correction", None, 0.85, (), "Wants to change the answer before.", "change_answer", "all of it")
    if (change.label_of_previous or change.points_back or change.without_value) and open_value is not None:
        return _plain("reprompt", "Could be a correction or a new answer.")
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
        value = _outcome(question, replace(reply, tokens=reply.tokens[:start]), language, now).value
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
        start = next((place for place in range(start - 1, 0, -1) if tokens[place].gap), 0)
        places.append(start)
    if question.type not in _WORDED:
        return places
    apart = [
        place
        for place in places
        if tokens[place].gap or not (change.points_back or change.without_value) or question.type == "yes_no"
    ]
    return [place for place in apart if place and not is_about(tokens[:place], previous.question, question)]


def _for_correction(reply: Stripped, previous: Previous) -> Stripped:
    return replace(reply, tokens=corrected_part(reply.tokens, previous))
