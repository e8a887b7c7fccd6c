"""Reads scales and numbers: one certain number that can only be the answer, or nothing."""

from __future__ import annotations

from itertools import pairwise

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question, Value
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.asides import without_asides
from surveys.core.replies.values.doubts import doubt, only_planned
from surveys.core.replies.values.end_labels import label_values
from surveys.core.replies.values.focus import Focus, focus_of
from surveys.core.replies.values.hundreds import with_hundreds
from surveys.core.replies.values.mentions import Mention, find_mentions, fuzzy_value, misspelt_idle, pronouns
from surveys.core.replies.values.nones import begins_with_none, says_none
from surveys.core.replies.values.number_labels import aspect_of
from surveys.core.replies.values.number_moments import Candidate, fits, with_moments
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.roles import Judged, judge_numbers
from surveys.core.replies.values.scene import DENIED, FREE, OTHER, POISON, UNSURE, Scene
from surveys.core.replies.values.segments import clause_at, clauses
from surveys.core.replies.values.signs import below_zero, sign_unsure, with_signs

MOST_NUMBERS = 12
"""A text with more numbers than this is no answer to one question."""


_ANDS = tuple([word] for word in sorted(LEXICON.words("and_words")))


def read_quantity(question: Question, reply: Stripped, language: str) -> Outcome:
    """The value of a scale or number question, or why there is none."""
    tokens = reply.tokens
    mentions = with_hundreds(question, tokens, find_mentions(tokens, language))
    if below_zero(question):
        mentions = with_signs(tokens, mentions, reply.text)
        if sign_unsure(reply.text, mentions):
            return unclear("A dash that may be a minus.")
    if several := _several(question, tokens, mentions):
        return several
    judged = judge_numbers(tokens, mentions, question)
    if reply.scale_top is not None and reply.scale_top != question.max:
        return unclear("The reply names a different scale.")
    judged = without_asides(question, tokens, _after_self_correction(tokens, judged))
    if any(match.end > judged[-1].mention.start for match in phrases("dont_count").all(tokens)) if judged else False:
        return unclear("The reply takes itself back.")
    if question.type == "number" and _adds(tokens, mentions):
        return unclear("Something is added to the count.")
    if any(each.role == POISON for each in judged):
        return unclear(f"A number is not certain: {next(each.why for each in judged if each.role == POISON)}.")
    free = [each for each in judged if each.role == FREE]
    if any(each.role == UNSURE for each in judged) and not any(each.topic for each in free):
        return unclear("A number whose meaning is not certain.")
    if not free:
        return _without_figures(question, tokens, judged, language)
    return _choose(question, reply, free, judged)


def _several(question: Question, tokens: Tokens, mentions: tuple[Mention, ...]) -> Outcome | None:
    """More numbers than one answer has, or more than one reading of a pressure."""
    if len(mentions) > MOST_NUMBERS:
        return unclear("Too many numbers to be an answer.", tried=False)
    if "topic_pressure" in focus_of(question).topics and len(_readings(tokens, mentions)) > 1:
        return unclear("Several readings, one after the other.")
    return None


def _readings(tokens: Tokens, mentions: tuple[Mention, ...]) -> set[float | None]:
    """The upper numbers of all "150/90" in a reply."""
    joins = LEXICON.words("scale_joins")
    pairs = [(each, later) for each, later in pairwise(mentions) if later.start == each.end + 1]
    return {each.value for each, later in pairs if tokens[each.end].text in joins and not tokens[later.start].gap}


def _adds(tokens: Tokens, mentions: tuple[Mention, ...]) -> bool:
    """ "one, then another half": more than the number itself is counted."""
    inside = {place for mention in mentions for place in range(mention.start, mention.end)}
    inside |= {place for match in phrases("none_counted").all(tokens) for place in range(match.start, match.end)}
    adding = LEXICON.words("adding_words")
    loose = [place for place in range(len(tokens)) if place not in inside]
    described = {mention.end + 1 for mention in mentions} | pronouns(tokens)
    ones = LEXICON.words("one_words")
    adding = adding if not phrases("half_of_another").first(tokens) else frozenset()
    return any(
        tokens[place].text in adding or (tokens[place].text in ones and place not in described) for place in loose
    )


def _after_self_correction(tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """In "9 no sorry I mean 6" only what follows the last correcting phrase counts."""
    starts = [each.mention.start for each in judged]
    for match in reversed(phrases("self_corrections").all(tokens)):
        before = [start for start in starts if start < match.start]
        after = [each for each in judged if each.mention.start >= match.end and each.role in {FREE, POISON}]
        if before and after and after[0].mention.start - match.end <= 4:
            return after
        if before and _explained(tokens, match.end, after) and match.end - match.start > 1:
            return after
    return judged


def _explained(tokens: Tokens, start: int, after: list[Judged]) -> bool:
    """ "7 no wait I was reading the wrong line, a 5": the slip is explained before the one number that stands alone."""
    if len(after) != 1 or after[0].role != FREE:
        return False
    head, end = clause_at(clauses(tokens), after[0].mention.start)
    rest = (*tokens[head : after[0].mention.start], *tokens[after[0].end : end])
    idle = LEXICON.words("article") | LEXICON.words("filler")
    return head > start and end == len(tokens) and all(token.text in idle for token in rest)


def _choose(question: Question, reply: Stripped, free: list[Judged], judged: list[Judged]) -> Outcome:
    tokens = reply.tokens
    focus = focus_of(question)
    candidates = _real(question, tokens, with_moments(question, tokens, free, judged))
    scene = Scene(tokens, tuple(each.mention for each in judged), question)
    fitting = [each for each in candidates if fits(each, focus)]
    values = {each.judged.mention.value for each in fitting}
    if "aspect_average" in focus.aspects and len({each.judged.mention.value for each in candidates}) > 1:
        fitting = _of_the_span(scene, fitting)
    if focus.moment == "day" and _ended(candidates):
        return unclear("Two values, one after the other.")
    if not fitting:
        return unclear("The only number is about another time, or a typical one.")
    if len(values) > 1:
        fitting = _named_as_asked(scene, fitting) or _said_of_now(fitting)
    if _worse_is_named(scene, fitting, candidates) or len({each.judged.mention.value for each in fitting}) > 1:
        return unclear("Several different values and nothing that singles one out.")
    counted = fitting if focus.moment != "span" or _asked_by_name(fitting, focus) else candidates
    if question.type == "number" and _joined_counts(tokens, counted):
        return unclear("Two counts; adding them up would be a guess.")
    if question.type == "number" and len(counted) > 1 and not _repeated(tokens, counted):
        return unclear("Several counts; adding them up would be a guess.")
    chosen = fitting[0].judged
    if (against := doubt(question, tokens, chosen, focus)) is not None:
        return against
    return _checked(question, chosen.mention.value, reply, chosen)


def _real(question: Question, tokens: Tokens, fitting: list[Candidate]) -> list[Candidate]:
    """ "was gonna take 2 but only took 1": beside what was so, what was only planned does not count."""
    so = [each for each in fitting if question.type != "number" or not only_planned(tokens, each.judged)]
    return so or fitting


def _of_the_span(scene: Scene, fitting: list[Candidate]) -> list[Candidate]:
    """ "today 7 but this week 5": asked for an average, the one called so or said of the time that is asked about."""
    spans = LEXICON.words("long_spans")
    named = [each for each in fitting if aspect_of(scene, each.judged.mention)]
    return named or [each for each in fitting if each.when == "part" and set(each.words) & spans]


def _ended(candidates: list[Candidate]) -> bool:
    """ "6 until my shower then 2": asked for the day, neither is more the answer than the other."""
    ended = {each.judged.mention.value for each in candidates if set(each.words) & LEXICON.words("value_ends")}
    return bool(ended) and any(each.judged.mention.value not in ended for each in candidates)


def _joined_counts(tokens: Tokens, counted: list[Candidate]) -> bool:
    """ "1 and 1" are two counts, though of one value."""
    places = [(each.judged.end, later.judged.mention.start) for each, later in pairwise(counted)]
    return any([token.text for token in tokens[end:start]] in _ANDS for end, start in places)


def _worse_is_named(scene: Scene, fitting: list[Candidate], candidates: list[Candidate]) -> bool:
    """ "8 now its 4" to the worst pain: the 4 cannot be the worst beside an 8."""
    if not scene.focus.aspects & LEXICON.words("worst_aspects") or "topic_pain" not in scene.focus.topics:
        return False
    highest = max((each.judged.mention.value or 0.0) for each in fitting)
    far = LEXICON.words("long_spans") - scene.focus.words
    told = [each for each in candidates if each.when in {"now", "past"} and not set(each.words) & far]
    return any((each.judged.mention.value or 0.0) > highest for each in told)


def _named_as_asked(scene: Scene, fitting: list[Candidate]) -> list[Candidate]:
    """ "7 worst 3 best": the one that is called the worst where the worst is asked for."""
    return [each for each in fitting if aspect_of(scene, each.judged.mention) in scene.focus.aspects]


def _said_of_now(fitting: list[Candidate]) -> list[Candidate]:
    """ "9 this morning but 6 now": the one said of now, where every other is said of another part of the day."""
    current = [each for each in fitting if each.when == "now"]
    others = [each for each in fitting if each.when != "now"]
    return current if current and all(each.when for each in others) else fitting


def _asked_by_name(fitting: list[Candidate], focus: Focus) -> bool:
    """The number is said of the very day the prompt names ("yesterday")."""
    return all(each.words and {word for word in each.words if len(word) > 2} <= focus.words for each in fitting)


def _repeated(tokens: Tokens, fitting: list[Candidate]) -> bool:
    """ "2, yes 2" is one count; "1 this morning, 1 after supper" is two."""
    first, last = fitting[0].judged, fitting[-1].judged
    between = tokens[first.mention.end : last.mention.start]
    after = tokens[last.end :]
    known = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula")
    units = LEXICON.union("unit_")
    alike = len({each.judged.mention.form == "counting" for each in fitting}) == 1
    idle = all(token.text in known | units for token in (*between, *after))
    return idle and alike and not any(each.when for each in fitting)


# -- the value --------------------------------------------------------------------------------------------------------


def _checked(question: Question, value: float | None, reply: Stripped, chosen: Judged | None) -> Outcome:
    """The number as the question wants it, within its limits."""
    if value is None:
        return unclear("No plain number.")
    whole = question.type == "scale" or question.integer
    if whole and value != int(value):
        return unclear("A half or decimal where a whole number is asked.")
    if (question.min is not None and value < question.min) or (question.max is not None and value > question.max):
        return unclear("Outside the allowed range.")
    shown: Value = int(value) if value == int(value) else value
    extra = chosen is not None and _says_more(reply.tokens, chosen)
    return found(
        shown, "One value in range and nothing that changes it.", confidence=0.9 if extra else 0.98, extra=extra
    )


def _says_more(tokens: Tokens, chosen: Judged) -> bool:
    """Whether the reply holds words beyond the value and phrases that say nothing."""
    idle = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula") | LEXICON.words("article")
    around = (*tokens[: chosen.mention.start], *tokens[chosen.end :])
    return any(token.kind == "word" and token.text not in idle for token in around)


def _without_figures(question: Question, tokens: Tokens, judged: list[Judged], language: str) -> Outcome:
    """No number can be the answer: an end label in words, a count of none, one misspelt number, or nothing."""
    labels = label_values(question, tokens)
    if len(labels) == 1 and not any(each.role == DENIED for each in judged):
        (value,) = labels
        return _checked(question, value, Stripped("", (), echoed=False), None)
    if focus_of(question).counts and (
        says_none(question, tokens)
        or (all(each.role == OTHER for each in judged) and begins_with_none(question, tokens))
    ):
        return _checked(question, 0.0, Stripped("", (), echoed=False), None)
    if judged:
        return unclear("The number belongs to something else.")
    words = [token for token in tokens if token.kind == "word" and token.text not in LEXICON.words("filler")]
    content = words if len(words) == 1 else [token for token in words if not misspelt_idle(token.text)]
    if len(content) == 1:
        value = fuzzy_value(content[0].text, language)
        if value is not None:
            return _checked(question, value, Stripped("", (), echoed=False), None)
    return unclear("No value that could be recorded.", tried=bool(content) or not tokens)
