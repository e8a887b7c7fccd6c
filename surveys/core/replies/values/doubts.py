"""What speaks against a number that stands well: wishes, other people, the ends of the scale in words."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.end_labels import labels_in
from surveys.core.replies.values.focus import Focus, focus_of
from surveys.core.replies.values.outcome import Outcome, unclear
from surveys.core.replies.values.roles import Judged
from surveys.core.replies.values.segments import clause_at, clauses
from surveys.core.replies.values.signs import against_sign, below_zero

_PAST_ENDINGS = tuple(sorted(LEXICON.words("past_endings")))


def doubt(question: Question, tokens: Tokens, chosen: Judged, focus: Focus) -> Outcome | None:
    """Reasons not to trust a single fitting number, or None where there are none."""
    if _unreal(question, tokens, chosen):
        return unclear("The number is wished for or depends on something.")
    if question.type == "number" and _not_so(tokens, chosen, focus.words):
        return unclear("A count that was planned, avoided or lost.")
    if phrases("asks_number").first(tokens):
        return unclear("Asks about a number.")
    start = next((place for place in range(chosen.mention.start, 0, -1) if tokens[place].gap == "."), 0)
    relayed = phrases("relayed").first(tokens)
    others = (match for match in phrases("other_subject").all(tokens) if relayed is None or match.end <= relayed.start)
    if any(start <= match.start < chosen.mention.start for match in others):
        return unclear("The number is somebody else's or an earlier one.")
    if _two_persons(tokens, chosen):
        return unclear("One's own number beside somebody else's; the patient may be either.")
    top = question.max is not None and chosen.mention.value == question.max and chosen.end > chosen.mention.end
    if top and focus.topics and (_praised(tokens) or _somebody_follows(question, tokens, chosen)):
        return unclear("Praise in the form of a rating.")
    return _against_words(question, tokens, chosen)


def _two_persons(tokens: Tokens, chosen: Judged) -> bool:
    """ "she drank 4, I had 2": whoever writes may answer for the other."""
    spans = clauses(tokens)
    start, _ = clause_at(spans, chosen.mention.start)
    lead = tokens[start : chosen.mention.start]
    if not any(token.text in LEXICON.words("first_person") for token in lead):
        return False
    numbered = [(first, last) for first, last in spans if not first <= start < last]
    return any(
        tokens[first].text in LEXICON.words("third_person")
        and any(token.kind == "number" or token.text in LEXICON.union("number_words") for token in tokens[first:last])
        for first, last in numbered
    )


def _praised(tokens: Tokens) -> bool:
    return any(token.text in LEXICON.words("praise") for token in tokens)


def _somebody_follows(question: Question, tokens: Tokens, chosen: Judged) -> bool:
    """ "10 puntos la enfermera": right behind the highest score of the scale stands what it is given to."""
    named = tokens[chosen.end : chosen.end + 2]
    leads = LEXICON.words("naming") | LEXICON.words("article")
    if len(named) < 2 or named[0].gap or named[1].gap or named[0].text not in leads or named[1].kind != "word":
        return False
    own = LEXICON.words("body") | LEXICON.union("topic_") | LEXICON.union("aspect_") | LEXICON.words("time_nouns")
    return (
        named[1].text not in own | (LEXICON.words("right_ok") - LEXICON.words("vocatives")) | focus_of(question).words
    )


def _unreal(question: Question, tokens: Tokens, chosen: Judged) -> bool:
    """A wish or a condition before the number in its clause, or a condition behind it in its sentence."""
    company = LEXICON.words("with_words") if question.type == "number" else frozenset()
    if "aspect_worst" in focus_of(question).aspects:
        company |= LEXICON.words("moment_openers")
    if question.type == "scale" and focus_of(question).moment != "span" and _whenever(tokens, chosen):
        return True
    start, _ = clause_at(clauses(tokens), chosen.mention.start)
    for match in phrases("wished", "conditional").all(tokens):
        if tokens[match.start].text in company:
            continue
        ahead = start <= match.start < chosen.mention.start or _leads_in(tokens, match, start)
        behind = match.label == "conditional" and chosen.mention.start < match.start
        if ahead or (behind and not _sentence_break(tokens, chosen.end, match.start)):
            return True
    return False


def _whenever(tokens: Tokens, chosen: Judged) -> bool:
    """ "3 when the sun's out": right behind a score a time that comes again, told without a verb of the past."""
    place = chosen.end
    if place >= len(tokens) or tokens[place].gap or tokens[place].text not in LEXICON.words("whenever_words"):
        return False
    stop = next((at for at in range(place + 1, len(tokens)) if tokens[at].gap), len(tokens))
    told = tokens[place + 1 : stop]
    past = LEXICON.words("past_verbs") | LEXICON.words("was_words")
    return not any(token.text in past or token.text.endswith(_PAST_ENDINGS) for token in told)


def _leads_in(tokens: Tokens, match: Match, start: int) -> bool:
    """ "only when I eat, then 6": a condition that is the whole clause before that of the number."""
    first = next((first for first, end in clauses(tokens) if end == start), None)
    if first is None or not first <= match.start < start or tokens[start].gap != ",":
        return False
    lead = tokens[first : match.start]
    headed = tokens[match.start].text in LEXICON.words("condition_heads")
    return headed and all(token.text in LEXICON.words("only_words") for token in lead)


def _against_words(question: Question, tokens: Tokens, chosen: Judged) -> Outcome | None:
    """The words name another end of the scale than the number."""
    value = chosen.mention.value or 0.0
    outside = (*tokens[: chosen.mention.start], *tokens[chosen.mention.end :])
    felt = focus_of(question).topics & LEXICON.words("pain_topics") and not below_zero(question)
    if felt and value > 0 and phrases("felt_none").first(tokens):
        return unclear("A number and words for none disagree.")
    labels = labels_in(question, tokens)
    if below_zero(question):
        if against_sign(question, outside, value):
            return unclear("The sign of the number and the words disagree.")
        labels = {each for each in labels if (each or 0.0) * value <= 0}
    if labels and labels != {value}:
        return unclear("A number and an end of the scale in words disagree.")
    return None


def _not_so(tokens: Tokens, chosen: Judged, asked: frozenset[str]) -> bool:
    """ "gonna take 2", "almost took 3", "threw up one": the count is of what did not happen."""
    start, _ = clause_at(clauses(tokens), chosen.mention.start)
    before = tokens[start : chosen.mention.start]
    lost_verbs = frozenset[str]() if asked & LEXICON.words("ask_vomit") else LEXICON.words("lost_verbs")
    lost = any(token.text in lost_verbs for token in before)
    undone = any(match.start >= chosen.end for match in phrases("undone_after").all(tokens))
    return lost or undone or only_planned(tokens, chosen)


def only_planned(tokens: Tokens, chosen: Judged) -> bool:
    """ "gonna take 2", "almost took 3": the count is of what did not happen."""
    start, _ = clause_at(clauses(tokens), chosen.mention.start)
    return phrases("unreal").first(tokens[start : chosen.mention.start]) is not None


def _sentence_break(tokens: Tokens, start: int, end: int) -> bool:
    return any(token.gap for token in tokens[start : end + 1])
