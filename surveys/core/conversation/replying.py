"""What a reply leads to: an answer, a correction, another try, a wish, or a person who reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from surveys.core.conversation.correcting import corrected, last_answered, understand, understand_after_end
from surveys.core.conversation.labelled import Labelled, labelled
from surveys.core.conversation.path import walk
from surveys.core.conversation.turn import MOST_DETOURS, Draft
from surveys.core.definition.model import Question
from surveys.core.effects import OptOut, SwitchLanguage, Wish
from surveys.core.replies import reading as replies
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.pauses import pause_end
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Reading, Value
from surveys.core.replies.tokens import joined

GO: Final = frozenset(
    {"go", "ok go", "go ahead", "start", "ready", "begin", "empezar", "listo", "lista", "vamos", "si go"}
)
"""What SVC-REMIND asks for, and its plain equals: the open question, please."""
TO_A_QUESTION: Final = frozenset({"answer", "reprompt", "correction", "skip"})
"""Readings of a text that is about a question, clear or not."""
STEPS_BACK: Final = frozenset({"undo", "back"})
PHONE_MADE: Final = frozenset({"tapback", "autoreply"})
CONFIRMED: Final = (replies.Option("1", "Yes"),)
"""SVC-CONFIRM offers 1 for "that is right"; a plain yes or no is understood too."""


def reply_to_open(draft: Draft, text: str, now: datetime | None, given: Reading | None) -> None:
    """A reply while a question is open."""
    if draft.state.open is None:
        draft.for_staff("no_question")
        return
    question = draft.survey.question(draft.state.open)
    about = corrected(draft, text, last=last_answered(draft, question.key), asked=question.key)
    understood = given or understand(draft, question, text, now, about)
    if draft.state.by_link and (understood.kind in TO_A_QUESTION or _wants_to_go(text)):
        draft.go_on_by_text()
    if draft.state.unseen and (understood.kind in TO_A_QUESTION or _wants_to_go(text)):
        _put_first(draft, question.key)
    elif question.type == "text" and _wants_to_go(text):
        put_again(draft)
    elif question.type == "text" and _names_a_language(understood):
        _wish(draft, text, understood, now)
    elif understood.kind == "answer" and question.accepts(understood.value):
        _take(draft, question, understood, None if given else _labelled(draft, question, text, now))
    elif not _answers_otherwise(draft, question, understood, about.key):
        react(draft, text, understood, now)


def _names_a_language(understood: Reading) -> bool:
    """A plain request for another language ("español por favor") is no answer, not even to an open question."""
    return (understood.intent or "").startswith("language:")


def _put_first(draft: Draft, key: str) -> None:
    """A number to a question that nobody has put answers nothing: the question goes out by text first."""
    if draft.silent:
        draft.for_staff("held")
    else:
        draft.ask(key)


def reply_to_confirm(draft: Draft, text: str, now: datetime | None, given: Reading | None) -> None:
    """A reply to SVC-CONFIRM, which is asked once: what is neither yes, no nor a value leaves the value as it is."""
    key = draft.state.confirming[0]
    question = draft.survey.question(key)
    about = corrected(draft, text, last=None, asked=key)
    understood = given or understand(draft, question, text, now, about)
    if understood.kind not in TO_A_QUESTION and understood.intent not in STEPS_BACK:
        react(draft, text, understood, now)
        return
    draft.go_on_by_text()
    if about.key is not None and understood.kind == "correction":
        _answers_otherwise(draft, question, understood, about.key)
    else:
        _settle(draft, question, understood, _confirms(draft, text) if given is None else None)


def _settle(draft: Draft, question: Question, understood: Reading, right: bool | None) -> None:
    """Go on with the value that jumped, or with another one; a no or an undo puts its question again."""
    draft.set(confirming=draft.state.confirming[1:])
    another = understood.value != draft.state.answers.get(question.key)
    corrects = (right is None or (right is False and another)) and _corrects(draft, question, understood)
    if (right is False and not corrects) or understood.intent in STEPS_BACK:
        draft.ask(question.key)
        return
    if right is None and not corrects:
        draft.for_staff("not_confirmed")
    draft.go_on()


def reply_after_end(draft: Draft, text: str, now: datetime | None, given: Reading | None) -> None:
    """A text when the conversation is over: it may still correct an answer; the rest is for a person."""
    reopened, last = draft.state.open, last_answered(draft, draft.state.open)
    about = corrected(draft, text, last=None if reopened else last, asked=reopened).key
    understood = given or understand_after_end(draft, text, now, about)
    if understood.intent in STEPS_BACK:
        about = last
    elif reopened and understood.kind == "answer":
        about = reopened
    elif understood.kind != "correction":
        about = None
    question = draft.survey.question(about) if about else None
    if question is None:
        _react_after_end(draft, text, understood, now)
    elif question.accepts(understood.value):
        _change_after_end(draft, question, understood.value)
    elif draft.may_ask(question.key) and not draft.state.link_only:
        draft.go_on_by_text()  # the form has closed with the conversation
        draft.ask(question.key)
    else:
        draft.for_staff("change_answer")


def _change_after_end(draft: Draft, question: Question, value: Value) -> None:
    draft.keep(question, value, "value")
    draft.set(open=None)
    draft.say(draft.voice.say("SVC-CHANGED"), "notice")
    if walk(draft.survey, draft.state.answers, draft.state.known)[1] is not None:
        draft.for_staff("correction_leaves_questions")


def react(draft: Draft, text: str, understood: Reading, now: datetime | None) -> None:
    """A text without an answer while something is open."""
    draft.set(detours=draft.state.detours + 1)
    if understood.kind == "opt_out":
        _stop(draft, understood)
        draft.finish("stopped")
    elif understood.kind == "not_for_us":
        _not_for_us(draft, understood)
    elif draft.silent:
        draft.for_staff("held")
    elif draft.state.detours >= MOST_DETOURS:
        draft.hand_over()
    elif _wants_to_go(text) or understood.kind == "opt_in" or understood.intent in STEPS_BACK:
        put_again(draft)
    elif understood.kind in {"reprompt", "answer"}:
        _unclear(draft)
    else:
        _wish(draft, text, understood, now)


def _stop(draft: Draft, understood: Reading) -> None:
    """End the messages; where no plain words asked for it a person looks too."""
    if understood.intent:
        draft.for_staff(understood.intent)
    draft.effects.append(OptOut())


def put_again(draft: Draft) -> None:
    """Send what is open once more."""
    if draft.state.confirming:
        draft.ask_to_confirm()
    elif draft.state.open is not None:
        draft.ask(draft.state.open)


def _wants_to_go(text: str) -> bool:
    return joined(tokenise(clean(text))) in GO


# -- answers ----------------------------------------------------------------------------------------------------------


def _take(draft: Draft, question: Question, understood: Reading, said: Labelled | None) -> None:
    """Keep the answer, and those to the next questions that the same text gives under their own names."""
    draft.keep(question, understood.value, "text" if question.type == "text" else "value")
    mark_jump(draft, question, understood.value)
    ahead = said.values if said else {}
    while (key := walk(draft.survey, draft.state.answers, draft.state.known)[1]) in ahead and key is not None:
        following = draft.survey.question(key)
        draft.keep(following, ahead[key], "value")
        mark_jump(draft, following, ahead[key])
    if understood.intent or (understood.extra and not (said and said.nothing_else)):
        draft.for_staff("more_than_an_answer")
    draft.go_on()


def mark_jump(draft: Draft, question: Question, value: Value) -> None:
    """A value far from the last known one is to be confirmed, once (clinical content, Q1)."""
    last = draft.state.known.get(question.key)
    if question.confirm_jump is None or question.key in draft.state.confirming or question.key in draft.state.jumped:
        return
    before, after = _number(last), _number(value)
    if before is not None and after is not None and abs(after - before) >= question.confirm_jump:
        draft.set(confirming=(*draft.state.confirming, question.key), jumped=(*draft.state.jumped, question.key))


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _labelled(draft: Draft, question: Question, text: str, now: datetime | None) -> Labelled:
    """What the text says under the names of the open question and of those after it."""
    onward = draft.survey.questions[draft.survey.position(question.key) :]
    return labelled(onward, text, draft.state.language, now)


def _answers_otherwise(draft: Draft, question: Question, understood: Reading, about: str | None) -> bool:
    """A skip, or a change of the answer that the text is about; whether it was one of them."""
    if understood.kind == "skip":
        draft.keep(question, None, "skipped")
        draft.go_on()
        return True
    if understood.kind != "correction" or about is None:
        return False
    draft.set(detours=draft.state.detours + 1)
    earlier = draft.survey.question(about)
    if not earlier.accepts(understood.value):
        _reopen(draft, earlier, question)
        return True
    draft.keep(earlier, understood.value, "value")
    draft.say(draft.voice.say("SVC-CHANGED"), "notice")
    if draft.state.detours >= MOST_DETOURS:
        draft.hand_over()
    else:
        draft.go_on()
    return True


def _reopen(draft: Draft, earlier: Question, question: Question) -> None:
    """Put the question before once more; its answer stands until another comes."""
    if draft.state.detours >= MOST_DETOURS:
        draft.hand_over()
    elif draft.may_ask(earlier.key):
        draft.ask(earlier.key)
    else:
        draft.for_staff("change_answer")
        draft.say(draft.voice.say("SVC-FREETEXT"), "notice")
        draft.set(open=question.key)


def _corrects(draft: Draft, question: Question, understood: Reading) -> bool:
    """Whether the reply gives the value that was to be confirmed, the same or another; it is kept."""
    if understood.kind not in {"answer", "correction"} or not question.accepts(understood.value):
        return False
    if understood.value != draft.state.answers.get(question.key):
        draft.keep(question, understood.value, "value")
    return True


def _confirms(draft: Draft, text: str) -> bool | None:
    """Yes, no or neither, to SVC-CONFIRM."""
    asked = replies.Question("yes_no", draft.voice.say("SVC-CONFIRM", n=""), options=CONFIRMED)
    understood = read(asked, text, draft.state.language, screening=draft.screening)
    return bool(understood.value) if understood.kind == "answer" else None


# -- other texts ------------------------------------------------------------------------------------------------------


def _unclear(draft: Draft) -> None:
    if draft.state.confirming:
        draft.ask_to_confirm()
    elif draft.state.open is not None:
        draft.ask_again(draft.state.open)


def _not_for_us(draft: Draft, understood: Reading) -> None:
    """What a phone made itself is passed over; a wrong person must not be asked on (clinical content, C-14)."""
    if understood.intent in PHONE_MADE:
        return
    draft.for_staff(understood.intent or "not_for_us")
    if understood.intent == "wrong_person":
        draft.effects.append(Wish("wrong_person"))
        draft.finish("stopped")


def _wish(draft: Draft, text: str, understood: Reading, now: datetime | None) -> None:
    """A request about the texts themselves, or words for a person."""
    name, _, detail = (understood.intent or "").partition(":")
    if name == "language":
        _switch(draft, detail)
    elif understood.kind == "help":
        draft.effects.append(Wish("help"))
    elif name == "link":
        draft.set(by_link=True)
        draft.send_link("asked")
    elif name == "pause":
        _pause(draft, text, now)
    else:
        draft.for_staff(name or "free_text")
        if draft.state.detours == 1:
            draft.say(draft.voice.say("SVC-FREETEXT"), "notice")


def _pause(draft: Draft, text: str, now: datetime | None) -> None:
    end = pause_end(text, draft.state.language, now) if now else None
    draft.effects.append(Wish("pause", end.isoformat() if end else ""))


def _switch(draft: Draft, language: str) -> None:
    """Speak the other language from the next text on; the open question is put again in it."""
    draft.effects.append(SwitchLanguage(language))
    if language in draft.survey.languages and language != draft.state.language:
        draft.set(language=language)
    put_again(draft)


def _react_after_end(draft: Draft, text: str, understood: Reading, now: datetime | None) -> None:
    name, _, detail = (understood.intent or "").partition(":")
    if understood.kind == "opt_out":
        _stop(draft, understood)
    elif name == "language":
        draft.effects.append(SwitchLanguage(detail))
    elif name == "pause":
        _pause(draft, text, now)
    elif understood.kind == "help":
        draft.effects.append(Wish("help"))
    elif name not in PHONE_MADE:
        draft.for_staff(name or "after_the_end")
