"""The moment each number of a reply is said of, and whether that is the moment the question asks about."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.before_number import MOVED
from surveys.core.replies.values.focus import Focus, focus_of
from surveys.core.replies.values.roles import Judged
from surveys.core.replies.values.scene import FREE
from surveys.core.replies.values.segments import clause_at, clauses, is_only, time_phrases


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may be the answer, and the moment it is said to be about ("" where nothing is said)."""

    judged: Judged
    when: str
    words: tuple[str, ...]


def with_moments(question: Question, tokens: Tokens, free: list[Judged], judged: list[Judged]) -> list[Candidate]:
    """The numbers that may be the answer, each with the moment it is said of."""
    spans = clauses(tokens)
    matches = time_phrases(tokens)
    covered = {place for match in matches for place in range(match.start, match.end)}
    owners: dict[int, list[Match]] = {}
    corrected = {place for match in phrases("self_corrections").all(tokens) for place in range(match.start, match.end)}
    for match in matches:
        if (
            match.start in corrected
            or _leads_to_origin(tokens, match, judged)
            or (match.start and tokens[match.start - 1].text in LEXICON.words("since_words"))
        ):
            continue
        owner = _owner(tokens, match, spans, covered, judged)
        if owner is not None and not _of_another(question, tokens, owner, match):
            owners.setdefault(owner.mention.start, []).append(match)
    return [_candidate(tokens, each, owners.get(each.mention.start, [])) for each in free]


def _leads_to_origin(tokens: Tokens, match: Match, judged: list[Judged]) -> bool:
    """ "143 down from 149": the from belongs to where the value came from."""
    froms = all(token.text in LEXICON.words("score_froms") for token in tokens[match.start : match.end])
    return froms and any(each.why == MOVED and each.mention.start == match.end for each in judged)


def _of_another(question: Question, tokens: Tokens, owner: Judged, match: Match) -> bool:
    """ "5 Maria was wonderful", "0 it was my anniversary": a bare "was" with a subject of its own behind the number."""
    verb = tokens[match.start : match.end]
    if owner.end == match.start and verb[0].text in LEXICON.words("waking_verbs"):
        return True
    if owner.end < match.start and _compared(tokens, owner.end, match.start):
        return True
    if match.label == "past_phrases" and owner.end < match.start and _new_subject(tokens, owner.end, match.start):
        return True
    if any(token.text not in LEXICON.words("was_words") for token in verb):
        return False
    if owner.mention.start >= match.end:
        asked = LEXICON.words("events") & focus_of(question).words
        placed = owner.mention.start > match.end and tokens[match.end].text in LEXICON.words("at_words")
        return match.start > 0 and tokens[match.start - 1].text in asked and not placed
    subject = tokens[owner.end : match.start]
    follows = tokens[match.end].text if match.end < len(tokens) and not tokens[match.end].gap else ""
    own = (
        LEXICON.words("self_subjects") | LEXICON.union("topic_") | LEXICON.words("body") | LEXICON.union("number_words")
    )
    named = follows in LEXICON.words("naming") or not any(token.text in own for token in subject)
    return bool(subject) and named and not any(token.gap for token in (*subject, *verb))


def _compared(tokens: Tokens, start: int, end: int) -> bool:
    """ "8 same as yesterday": the time behind the score is that of what it is compared with."""
    between = tokens[start:end]
    return any(token.text in LEXICON.words("alike_words") for token in between) and not any(
        token.gap for token in between
    )


def _new_subject(tokens: Tokens, start: int, end: int) -> bool:
    """ "3 my dog died last week": behind the number somebody or something else is named before its time."""
    words = tokens[start:end]
    own = LEXICON.words("self_subjects") | LEXICON.union("topic_") | LEXICON.words("body") | LEXICON.union("aspect_")
    own |= LEXICON.words("unit_time")
    named = words[0].text in LEXICON.words("naming") | LEXICON.words("carers")
    return named and len(words) > 1 and not any(token.gap or token.text in own for token in words)


def _owner(
    tokens: Tokens, match: Match, spans: list[tuple[int, int]], covered: set[int], free: list[Judged]
) -> Judged | None:
    """The number that a time phrase speaks of: in its clause, or beside a clause that is nothing but time."""
    span = clause_at(spans, match.start)
    inside = [each for each in free if span[0] <= each.mention.start < span[1] and not _counts_to(tokens, each, match)]
    if inside:
        return _inside_owner(tokens, match, inside)
    if not is_only(tokens, span, covered) or _of_the_writer(tokens[span[0] : span[1]]):
        return None
    following = [each for each in free if each.mention.start >= span[1]]
    preceding = [each for each in free if each.mention.start < span[0]]
    if tokens[span[0]].gap == "," and preceding and not (following and tokens[span[1]].gap == ","):
        return preceding[-1]
    return following[0] if following else preceding[-1] if preceding else None


def _of_the_writer(clause: Tokens) -> bool:
    """ "sorry I was at dinner. 7": what the writer did in another sentence is no time of the number."""
    pairs = pairwise(token.text for token in clause)
    first, was = LEXICON.words("first_person"), LEXICON.words("was_words")
    return any(subject in first and verb in was for subject, verb in pairs)


def _counts_to(tokens: Tokens, judged: Judged, match: Match) -> bool:
    """ "two nights ago", "hace dos dias": the number is part of the time phrase."""
    behind = tokens[judged.mention.end : max(match.start, judged.mention.end + 1)]
    inside = match.start <= judged.mention.start < match.end
    units = LEXICON.words("unit_time") | LEXICON.words("time_nouns")
    return inside or (bool(behind) and all(token.text in units for token in behind) and judged.role != FREE)


def _inside_owner(tokens: Tokens, match: Match, inside: list[Judged]) -> Judged:
    """With a time word before the first number, time words lead ("now 5 earlier 8"); otherwise they trail."""
    before = [each for each in inside if each.mention.start < match.start]
    after = [each for each in inside if each.mention.start >= match.end]
    if not before or not after:
        return (before or after or inside)[-1 if before else 0]
    next_word = tokens[match.end].text if match.end < len(tokens) and not tokens[match.end].gap else ""
    verb = bool({tokens[match.start].text, next_word} & LEXICON.words("was_words"))
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


def _of_an_event(focus: Focus) -> bool:
    """Asked how a visit was, "it was a 5" is said of that visit."""
    return not focus.counts and not focus.topics and bool(focus.words & LEXICON.words("events"))


def _asks_the_past(focus: Focus) -> bool:
    """Asked how something was, "it was a 5" is said of that time."""
    return bool(focus.words & LEXICON.words("past_prompt")) and not focus.words & LEXICON.words("bare_now")


def _longer(candidate: Candidate, focus: Focus) -> bool:
    """ "twice this month" where a week is asked for; only counts grow with the time they are of."""
    sizes = LEXICON.pairs("span_sizes")
    asked = [int(sizes[word]) for word in focus.words if word in sizes]
    said = [int(sizes[word]) for word in candidate.words if word in sizes]
    return bool(focus.counts and candidate.when == "part" and asked and said) and max(said) > max(asked)


def fits(candidate: Candidate, focus: Focus) -> bool:
    """Whether the moment a number is about is the moment the question asks about."""
    if _longer(candidate, focus):
        return False
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
    was_alone = candidate.when == "past" and set(candidate.words) <= LEXICON.words("was_words")
    if was_alone and (focus.measures or _of_an_event(focus) or _asks_the_past(focus)):
        return True
    aspects = {word for name in focus.aspects for word in LEXICON.words(name)}
    if candidate.when == "usual" and aspects & set(candidate.words):
        return True
    if focus.moment != "span" or candidate.when == "future":
        return False
    counted = focus.counts or focus.measures
    near = LEXICON.words("within_week") if focus.words & LEXICON.words("long_spans") else frozenset()
    far = asked & (LEXICON.words("far_past") - near) and not asked & LEXICON.words("near_past")
    return not far and not (candidate.when == "usual" and (focus.aspects or counted))
