"""The reply reader: from an open question and a text to one reading, never to an exception."""

from __future__ import annotations

from datetime import datetime

from surveys.core.replies import intents
from surveys.core.replies.correcting import corrected
from surveys.core.replies.corrections import Change, change_in, stepping_back
from surveys.core.replies.intents import Intent
from surveys.core.replies.normalise import MAX_LENGTH
from surveys.core.replies.opt_outs import by_rule, by_wording, perhaps_by_wording
from surveys.core.replies.reading import Kind, Previous, Question, Reading
from surveys.core.replies.safety import Screening, screen
from surveys.core.replies.strip import Stripped, strip
from surveys.core.replies.values.by_type import outcome_of
from surveys.core.replies.values.option_words import option_labelled
from surveys.core.replies.values.options import label_hits
from surveys.core.replies.values.outcome import Outcome

_CHOICES = frozenset({"single_choice", "multi_choice"})
_NEVER_SIGNED_OFF = "crisis"
"""The flag under which only plain words end the messages: "take me off your list for good" may be a goodbye to life."""

BY_WORDING = "opted-out"
"""Names an opt-out that no plain words make: it is honoured, and a person looks whether it was meant."""
_PERHAPS_STOP = Intent("other_intent", "May ask us to stop the messages; a person should look.", "may_stop")


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
        or _intent_first(question, reply, flags)
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


def _intent_first(question: Question | None, reply: Stripped, flags: tuple[str, ...]) -> Reading | None:
    """What is decided before any value is looked for."""
    tokens = reply.tokens
    if intents.reaction(reply.text):
        return _plain("not_for_us", "A reaction notice made by the phone.", "tapback")
    stranger = intents.not_for_us(tokens, reply.text)
    if by_rule(tokens) and not _named_by_an_option(question, reply):
        return _plain("opt_out", "A request to stop the messages.")
    if stranger:
        return _plain("not_for_us", stranger.reason, stranger.flag)
    if intents.opt_in(tokens) and not _named_by_an_option(question, reply):
        return _plain("opt_in", "A request to start the messages again.")
    if intents.help_wanted(tokens) and not _named_by_an_option(question, reply):
        return _plain("help", "Asks for help or who is texting.")
    if _stops_by_wording(reply, flags) and not _named_by_an_option(question, reply):
        return _plain("opt_out", "A request to stop the messages, by its wording as a whole.", BY_WORDING)
    if question is not None and intents.skipped(tokens) and not _named_by_an_option(question, reply):
        return _plain("skip", "Declines the question or says that it does not apply.")
    return None


def _stops_by_wording(reply: Stripped, flags: tuple[str, ...]) -> bool:
    """Whether the text as a whole asks us to stop, and not for a pause, fewer texts or another hour."""
    asks = by_wording(reply.text) and intents.request(reply.tokens) is None
    return asks and _NEVER_SIGNED_OFF not in flags


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
        changed = corrected(question, reply, language, now, previous, change)
        if changed is not None:
            return changed
    if question is None:
        return _without_question(reply, change)
    stop = _perhaps_stop(reply)
    wish = intents.request(reply.tokens) or stop
    outcome = outcome_of(question, reply, language, now)
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
            "more" if outcome.extra or change or stop else None,
        )
    return _no_value(reply, outcome, wish, change)


def _open_text(question: Question, reply: Stripped, wish: Intent | None) -> Reading:
    """Whatever was written, unless there is nothing in it."""
    if not any(token.kind in {"word", "number", "emoji"} for token in reply.tokens):
        return _plain("reprompt", "Nothing is written.")
    asks = intents.for_staff(reply.tokens)
    detail = wish.detail if wish else "staff_request" if asks else None
    return Reading(
        "answer", reply.text, 0.9, (), "An open question keeps what was written.", detail, "more" if detail else None
    )


def _perhaps_stop(reply: Stripped) -> Intent | None:
    """A text that may ask us to stop, but not surely enough to do so: a person looks."""
    return _PERHAPS_STOP if perhaps_by_wording(reply.text) else None


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
    wish = intents.request(reply.tokens) or _perhaps_stop(reply)
    if wish:
        return _plain("other_intent", wish.reason, wish.detail)
    if change is not None and change.without_value:
        return _plain("other_intent", "Wants to change an answer.", "change_answer")
    detail = "staff_request" if intents.for_staff(reply.tokens) else None
    return Reading("other_intent", None, 0.7, (), "A message outside any question.", detail, "all of it")
