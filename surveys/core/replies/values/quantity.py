"""Reads scales and numbers: one certain number that can only be the answer, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question, Value
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.end_labels import label_values, labels_in
from surveys.core.replies.values.focus import Focus, focus_of
from surveys.core.replies.values.mentions import Mention, find_mentions, fuzzy_value, pronouns
from surveys.core.replies.values.number_labels import aspect_of
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.roles import Judged, judge_numbers
from surveys.core.replies.values.scene import DENIED, FREE, POISON, UNSURE, Scene
from surveys.core.replies.values.segments import clause_at, clauses, is_only, time_phrases

MOST_NUMBERS = 12
"""A text with more numbers than this is no answer to one question."""


_ANDS = tuple([word] for word in sorted(LEXICON.words("and_words")))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may be the answer, and the moment it is said to be about ("" where nothing is said)."""

    judged: Judged
    when: str
    words: tuple[str, ...]


def read_quantity(question: Question, reply: Stripped, language: str) -> Outcome:
    """The value of a scale or number question, or why there is none."""
    tokens = reply.tokens
    mentions = find_mentions(tokens, language)
    if len(mentions) > MOST_NUMBERS:
        return unclear("Too many numbers to be an answer.", tried=False)
    judged = judge_numbers(tokens, mentions, question)
    if reply.scale_top is not None and reply.scale_top != question.max:
        return unclear("The reply names a different scale.")
    judged = _after_self_correction(tokens, judged)
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


def _adds(tokens: Tokens, mentions: tuple[Mention, ...]) -> bool:
    """ "one, then another half": more than the number itself is counted."""
    inside = {place for mention in mentions for place in range(mention.start, mention.end)}
    inside |= {place for match in phrases("none_counted").all(tokens) for place in range(match.start, match.end)}
    adding = LEXICON.words("adding_words")
    loose = [place for place in range(len(tokens)) if place not in inside]
    described = {mention.end + 1 for mention in mentions} | pronouns(tokens)
    ones = LEXICON.words("one_words")
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
    return judged


def _choose(question: Question, reply: Stripped, free: list[Judged], judged: list[Judged]) -> Outcome:
    tokens = reply.tokens
    focus = focus_of(question)
    candidates = _with_moments(tokens, free, judged)
    fitting = [each for each in candidates if _fits(each, focus)]
    values = {each.judged.mention.value for each in fitting}
    if "aspect_average" in focus.aspects and len({each.judged.mention.value for each in candidates}) > 1:
        fitting = [each for each in fitting if aspect_of(Scene(tokens, (), question), each.judged.mention)]
    if not fitting:
        return unclear("The only number is about another time, or a typical one.")
    if len(values) > 1:
        fitting = _said_of_now(fitting)
    if len({each.judged.mention.value for each in fitting}) > 1:
        return unclear("Several different values and nothing that singles one out.")
    counted = fitting if focus.moment != "span" or _asked_by_name(fitting, focus) else candidates
    if question.type == "number" and _joined_counts(tokens, counted):
        return unclear("Two counts; adding them up would be a guess.")
    if question.type == "number" and len(counted) > 1 and not _repeated(tokens, counted):
        return unclear("Several counts; adding them up would be a guess.")
    chosen = fitting[0].judged
    if (doubt := _doubt(question, tokens, chosen, focus)) is not None:
        return doubt
    return _checked(question, chosen.mention.value, reply, chosen)


def _joined_counts(tokens: Tokens, counted: list[Candidate]) -> bool:
    """ "1 and 1" are two counts, though of one value."""
    places = [(each.judged.end, later.judged.mention.start) for each, later in pairwise(counted)]
    return any([token.text for token in tokens[end:start]] in _ANDS for end, start in places)


def _said_of_now(fitting: list[Candidate]) -> list[Candidate]:
    """ "9 this morning but 6 now": the one said of now, where every other is said of another part of the day."""
    current = [each for each in fitting if each.when == "now"]
    others = [each for each in fitting if each.when != "now"]
    return current if current and all(each.when for each in others) else fitting


def _asked_by_name(fitting: list[Candidate], focus: Focus) -> bool:
    """The number is said of the very day the prompt names ("yesterday")."""
    return all(each.words and {word for word in each.words if len(word) > 2} <= focus.words for each in fitting)


def _doubt(question: Question, tokens: Tokens, chosen: Judged, focus: Focus) -> Outcome | None:
    """Reasons not to trust a single fitting number."""
    span = clause_at(clauses(tokens), chosen.mention.start)
    for match in phrases("wished", "conditional").all(tokens):
        ahead = span[0] <= match.start < chosen.mention.start
        behind = (
            match.label == "conditional"
            and chosen.mention.start < match.start
            and not _sentence_break(tokens, chosen.end, match.start)
        )
        if ahead or behind:
            return unclear("The number is wished for or depends on something.")
    if question.type == "number" and _not_so(tokens, chosen):
        return unclear("A count that was planned, avoided or lost.")
    if phrases("asks_number").first(tokens):
        return unclear("Asks about a number.")
    for match in phrases("other_subject").all(tokens):
        if match.start < chosen.mention.start:
            return unclear("The number is somebody else's or an earlier one.")
    ten_of_ten = question.max is not None and chosen.mention.value == question.max and chosen.end > chosen.mention.end
    if ten_of_ten and any(token.text in LEXICON.words("praise") for token in tokens):
        return unclear("Praise in the form of a rating.")
    labels = labels_in(question, tokens)
    if labels and labels != {chosen.mention.value}:
        return unclear("A number and an end of the scale in words disagree.")
    return None


def _not_so(tokens: Tokens, chosen: Judged) -> bool:
    """ "gonna take 2", "almost took 3", "threw up one": the count is of what did not happen."""
    start, _ = clause_at(clauses(tokens), chosen.mention.start)
    before = tokens[start : chosen.mention.start]
    lost = any(token.text in LEXICON.words("lost_verbs") for token in before)
    return lost or phrases("unreal").first(before) is not None


def _sentence_break(tokens: Tokens, start: int, end: int) -> bool:
    return any(token.gap for token in tokens[start : end + 1])


def _repeated(tokens: Tokens, fitting: list[Candidate]) -> bool:
    """ "2, yes 2" is one count; "1 this morning, 1 after supper" is two."""
    first, last = fitting[0].judged, fitting[-1].judged
    between = tokens[first.mention.end : last.mention.start]
    after = tokens[last.end :]
    known = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula")
    units = LEXICON.union("unit_")
    return all(token.text in known | units for token in (*between, *after)) and not any(each.when for each in fitting)


# -- moments ----------------------------------------------------------------------------------------------------------


def _with_moments(tokens: Tokens, free: list[Judged], judged: list[Judged]) -> list[Candidate]:
    spans = clauses(tokens)
    matches = time_phrases(tokens)
    covered = {place for match in matches for place in range(match.start, match.end)}
    owners: dict[int, list[Match]] = {}
    for match in matches:
        if match.start and tokens[match.start - 1].text in LEXICON.words("since_words"):
            continue
        owner = _owner(tokens, match, spans, covered, judged)
        if owner is not None:
            owners.setdefault(owner.mention.start, []).append(match)
    return [_candidate(tokens, each, owners.get(each.mention.start, [])) for each in free]


def _owner(
    tokens: Tokens, match: Match, spans: list[tuple[int, int]], covered: set[int], free: list[Judged]
) -> Judged | None:
    """The number that a time phrase speaks of: in its clause, or beside a clause that is nothing but time."""
    span = clause_at(spans, match.start)
    inside = [each for each in free if span[0] <= each.mention.start < span[1]]
    if inside:
        return _inside_owner(tokens, match, inside)
    if not is_only(tokens, span, covered):
        return None
    following = [each for each in free if each.mention.start >= span[1]]
    preceding = [each for each in free if each.mention.start < span[0]]
    if tokens[span[0]].gap == "," and preceding and not (following and tokens[span[1]].gap == ","):
        return preceding[-1]
    return following[0] if following else preceding[-1] if preceding else None


def _inside_owner(tokens: Tokens, match: Match, inside: list[Judged]) -> Judged:
    """With a time word before the first number, time words lead ("now 5 earlier 8"); otherwise they trail."""
    before = [each for each in inside if each.mention.start < match.start]
    after = [each for each in inside if each.mention.start >= match.end]
    if not before or not after:
        return (before or after or inside)[-1 if before else 0]
    verb = tokens[match.start].text in LEXICON.words("was_words")
    first = inside[0].mention.start
    leading = any(
        other.end <= first
        for other in time_phrases(tokens)
        if tokens[other.start].text not in LEXICON.words("was_words")
    )
    return after[0] if verb or leading else before[-1]


_ORDER = ("now", "future", "past", "usual", "part")


def _candidate(tokens: Tokens, judged: Judged, matches: list[Match]) -> Candidate:
    names = {match.label.removesuffix("_phrases") for match in matches}
    when = next((name for name in _ORDER if name in names), "")
    if when == "now" and "past" in names and _only_trails(tokens, judged, matches):
        when = "past"
    words = tuple(token.text for match in matches for token in tokens[match.start : match.end])
    return Candidate(judged, when, words)


def _only_trails(tokens: Tokens, judged: Judged, matches: list[Match]) -> bool:
    """ "was 7 now better": the now begins what follows and is not about the number."""
    was = any(tokens[match.start].text in LEXICON.words("was_words") for match in matches)
    bare = [
        match
        for match in matches
        if tokens[match.start].text in LEXICON.words("bare_now") and match.start >= judged.end
    ]
    return was and bool(bare) and all(match.end < len(tokens) and not tokens[match.end].gap for match in bare)


def _fits(candidate: Candidate, focus: Focus) -> bool:
    """Whether the moment a number is about is the moment the question asks about."""
    if candidate.when in {"", "now", "part"}:
        return not (
            candidate.when == "now"
            and focus.moment == "span"
            and focus.aspects
            and not LEXICON.words("today_words") & set(candidate.words)
        )
    asked = {word for word in candidate.words if len(word) > 2}
    if asked and asked <= focus.words:
        return True
    if (
        candidate.when == "past"
        and not focus.counts
        and set(candidate.words) <= LEXICON.words("was_words")
        and focus.measures
    ):
        return True
    if focus.moment != "span" or candidate.when == "future":
        return False
    counted = focus.counts or focus.measures
    return not asked & LEXICON.words("far_past") and not (candidate.when == "usual" and (focus.aspects or counted))


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
    if focus_of(question).counts and (_says_none(question, tokens) or (not judged and _begins_with_none(tokens))):
        return _checked(question, 0.0, Stripped("", (), echoed=False), None)
    if judged:
        return unclear("The number belongs to something else.")
    content = [token for token in tokens if token.kind == "word" and token.text not in LEXICON.words("filler")]
    if len(content) == 1:
        value = fuzzy_value(content[0].text, language)
        if value is not None:
            return _checked(question, value, Stripped("", (), echoed=False), None)
    return unclear("No value that could be recorded.", tried=bool(content) or not tokens)


def _begins_with_none(tokens: Tokens) -> bool:
    """ "none, stayed in bed": the first clause says none and the rest neither turns it nor leaves it open."""
    end = next((place for place in range(1, len(tokens)) if tokens[place].gap), len(tokens))
    if phrases("none_counted").whole(tokens[:end]) is None or phrases("dont_know").first(tokens):
        return False
    return not any(token.text in LEXICON.words("contrast") for token in tokens[end:])


def _says_none(question: Question, tokens: Tokens) -> bool:
    """ "none today", "didn't take any", "no tomé" are a count of zero, unless about another time or thing."""
    if any(match.label in {"past_phrases", "usual_phrases", "future_phrases"} for match in time_phrases(tokens)):
        past = {token.text for token in tokens} & LEXICON.words("far_past")
        if past - focus_of(question).words:
            return False
    match = phrases("none_counted").first(tokens)
    if match is None:
        return False
    rest = (*tokens[: match.start], *tokens[match.end :])
    known = LEXICON.words("filler") | LEXICON.words("none_tail") | focus_of(question).words
    return all(token.text in known or token.kind != "word" for token in rest)
