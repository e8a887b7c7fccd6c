"""Which answer a correction is about: the one given last, unless the text names another; and what it then means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from surveys.core.conversation.turn import Draft
from surveys.core.definition.model import Question
from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Previous, Reading
from surveys.core.replies.values.focus import focus_of, topics

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class About:
    """The question that a correction would change, and whether the text names it."""

    key: str | None
    by_name: bool = False


def last_answered(draft: Draft, key: str | None) -> str | None:
    """The question answered last, before `key` where that one has an answer of its own."""
    order = draft.state.order
    earlier = order[: order.index(key)] if key in order else order
    return earlier[-1] if earlier else None


def corrected(draft: Draft, text: str, *, last: str | None, asked: str | None) -> About:
    """The answered question that a correction in `text` changes: `last` unless the text names another.

    `asked` is the question that the text may answer instead; its own topic names no earlier one. No question where the
    text names several, or something that none of them is about: nothing may be changed by guessing.
    """
    answered = [each for each in draft.survey.questions if each.key in draft.state.order and each.key != asked]
    if answered and _names_the_first(text):
        return About(answered[0].key, by_name=True)
    words = frozenset(token.text for token in tokenise(clean(text)))
    spoken = frozenset(topic for topic in topics() if words & LEXICON.words(topic))
    if not spoken or (asked and spoken & _own_topics(draft, draft.survey.question(asked))):
        return About(last)
    speaks_of = [each for each in answered if spoken & _own_topics(draft, each)]
    named = [each.key for each in _nearest(speaks_of, draft, words)]
    if len(named) == 1:
        return About(named[0], by_name=True)
    guess = last in named or (not named and not spoken <= LEXICON.words("score_topics"))
    return About(last if guess else None)


def _names_the_first(text: str) -> bool:
    """Whether the text speaks of the first answer, as in "my first answer should be 5"."""
    return phrases("first_answer").first(tokenise(clean(text))) is not None


def _previous(draft: Draft, key: str | None) -> Previous | None:
    """An answered question with what was kept for it, as the reader takes them."""
    if key is None:
        return None
    return Previous(draft.survey.question(key).for_reader(draft.state.language), draft.state.answers.get(key))


def _own_topics(draft: Draft, question: Question) -> Words:
    """What the answer itself is about: a count of pain medicine is not about the pain score that its prompt names."""
    found = focus_of(question.for_reader(draft.state.language)).topics
    return found if question.type == "scale" else found - LEXICON.words("score_topics")


def _nearest(named: Sequence[Question], draft: Draft, words: Words) -> Sequence[Question]:
    """Of several questions about one topic those whose aspect the text speaks of, such as the worst pain."""
    said = frozenset(aspect for aspect in LEXICON.names("aspect_") if words & LEXICON.words(aspect))
    nearer = [each for each in named if said & focus_of(each.for_reader(draft.state.language)).aspects]
    return nearer or named


def understand(draft: Draft, question: Question, text: str, now: datetime | None, about: About) -> Reading:
    """What the text means to the open question, or else to the answered one that it is about."""
    language, before = draft.state.language, _previous(draft, about.key)
    asked = question.for_reader(language)
    understood = read(asked, text, language, now=now, previous=before, screening=draft.screening)
    if understood.kind == "answer" and understood.extra and _names_the_first(text):
        return replace(understood, kind="reprompt", value=None)
    if understood.kind != "reprompt" or not about.by_name:
        return understood
    of_earlier = read(None, text, language, now=now, previous=before, screening=draft.screening)
    return of_earlier if of_earlier.kind == "correction" else understood


def understand_after_end(draft: Draft, text: str, now: datetime | None, about: str | None) -> Reading:
    """A question that was put once more is open; otherwise none is."""
    language, reopened = draft.state.language, draft.state.open
    asked = draft.survey.question(reopened).for_reader(language) if reopened else None
    return read(asked, text, language, now=now, previous=_previous(draft, about), screening=draft.screening)
