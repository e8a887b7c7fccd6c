"""Fourth layer: does the text change the answer before, rather than answer the open question?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Previous, Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.focus import focus_of

_STEM = 4
_PARENTHESES = re.compile(r"\([^()]{0,80}\)")


@dataclass(frozen=True, slots=True)
class Change:
    """How a text speaks of changing an answer: a mark, whether it points back, whether it labels another topic."""

    marked: bool
    points_back: bool
    label_of_previous: bool
    label_of_open: bool
    without_value: bool
    start: int


def change_in(tokens: Tokens, question: Question | None, previous: Previous | None) -> Change | None:
    """What the text says of a change, or None where nothing does."""
    asked = phrases("change_answer").first(tokens)
    own = _topics(tokens)
    of_previous = previous is not None and (
        bool(own & focus_of(previous.question).topics - _open_topics(question))
        or _speaks_of(tokens, previous.question, question)
    )
    of_open = bool(own & _open_topics(question)) or (
        previous is not None and question is not None and _speaks_of(tokens, question, previous.question)
    )
    marks = phrases("correction_marks").all(tokens)
    mark = next((each for each in marks if of_previous or _is_meant(tokens, each)), None)
    if mark is None and asked is None:
        return None
    points = (
        asked is not None
        or phrases("correction_pointing").first(tokens) is not None
        or _previous_value(tokens, previous)
    )
    return Change(
        marked=True,
        points_back=points,
        label_of_previous=of_previous,
        label_of_open=of_open,
        without_value=asked is not None,
        start=min(each.start for each in (mark, asked) if each),
    )


def _is_meant(tokens: Tokens, mark: Match) -> bool:
    """ "Sorry I was asleep. 6" only apologises: a weak mark counts beside a value, a label or the end of its clause."""
    words = {token.text for token in tokens[mark.start : mark.end]}
    if not words & LEXICON.words("weak_marks"):
        return True
    end = next((place for place in range(mark.end, len(tokens)) if tokens[place].gap), len(tokens))
    rest = [token for token in tokens[mark.end : end] if token.kind == "word"]
    known = LEXICON.words("filler") | LEXICON.words("copula") | LEXICON.union("topic_") | LEXICON.union("number_words")
    return all(token.text in known for token in rest)


def corrected_part(tokens: Tokens) -> Tokens:
    """The words that give the new value: without the mark, "was", "for that" and the old value that is denied."""
    cut: set[int] = set()
    for match in phrases("correction_marks", "change_answer", "correction_pointing", "correction_idle").all(tokens):
        cut.update(range(match.start, match.end))
    for place, token in enumerate(tokens):
        if token.kind == "number" and (lead := _lead_of_old_value(tokens, place)) is not None:
            cut.update(range(lead, place + 1))
    kept = [token for place, token in enumerate(tokens) if place not in cut]
    return tuple(replace(token, gap=token.gap or ("," if place == 0 else "")) for place, token in enumerate(kept))


def _lead_of_old_value(tokens: Tokens, place: int) -> int | None:
    """Where "not 1" or "no en 1" begins, whose number is the one at `place`."""
    linked = place > 1 and tokens[place - 1].text in LEXICON.words("old_value_links")
    lead = place - 2 if linked else place - 1
    return lead if lead >= 0 and tokens[lead].text in LEXICON.words("old_value_leads") else None


def adds_to_list(tokens: Tokens, previous: Previous) -> bool:
    """ "add feet to it": a change of a list whose new whole is not said."""
    adding = any(token.text in LEXICON.words("adding_to_a_list") for token in tokens)
    return adding and previous.question.type == "multi_choice"


def stepping_back(tokens: Tokens) -> str | None:
    """undo or back, alone or with courtesy words."""
    if any(token.kind == "number" for token in tokens):
        return None
    kept = tuple(token for token in tokens if token.kind == "word" and token.text not in LEXICON.words("courtesy"))
    for name in ("undo", "back"):
        if phrases(f"{name}_words").whole(kept):
            return name
    return None


def _speaks_of(tokens: Tokens, one: Question, other: Question | None) -> bool:
    """Whether the text uses telling words of one question that the other does not have."""
    telling = _telling_words(one) - (_telling_words(other) if other else frozenset())
    return any(token.kind == "word" and _stem(token.text) in telling for token in tokens)


@lru_cache(maxsize=512)
def _telling_words(question: Question) -> frozenset[str]:
    texts = (_PARENTHESES.sub(" ", question.text), *(option.label for option in question.options))
    words = {token.text for text in texts for token in tokenise(clean(text)) if token.kind == "word"}
    dull = LEXICON.words("filler") | LEXICON.words("prompt_idle") | LEXICON.words("degree") | LEXICON.words("right_ok")
    return frozenset(_stem(word) for word in words if len(word) >= _STEM and word not in dull)


def _stem(word: str) -> str:
    """ "fall", "fallen" and "falls" speak of one thing."""
    return word[:_STEM]


def _topics(tokens: Tokens) -> set[str]:
    words = {token.text for token in tokens}
    return {name for name in LEXICON.names("topic_") if words & LEXICON.words(name)}


def _open_topics(question: Question | None) -> frozenset[str]:
    return focus_of(question).topics if question else frozenset()


def _previous_value(tokens: Tokens, previous: Previous | None) -> bool:
    """ "5 not 8" where 8 is what was kept."""
    if previous is None or isinstance(previous.value, bool) or not isinstance(previous.value, int | float):
        return False
    shown = str(int(previous.value)) if previous.value == int(previous.value) else str(previous.value)
    return any(
        token.text == shown and place > 0 and tokens[place - 1].text in LEXICON.words("old_value_denials")
        for place, token in enumerate(tokens)
    )
