"""Judges each number of a reply: can it be the answer, does it count something else, does it only bound or deny one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.after_number import judge_after
from surveys.core.replies.values.before_number import MOVED, denial_before, judge_before, moved
from surveys.core.replies.values.counted import is_strength
from surveys.core.replies.values.mentions import Mention
from surveys.core.replies.values.number_labels import aspect_of, label_of
from surveys.core.replies.values.scene import ELSE, FREE, OTHER, POISON, UNSURE, Scene, Verdict
from surveys.core.replies.values.signs import below_zero

_JOINERS = LEXICON.words("number_joiners")
_TWICE = 2
_LISTED = frozenset({ELSE.why, "an hour", "a moment or a place"})
"""Why the first of a list is not the answer, where the same holds of what follows its comma."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A number, its role, the place behind everything that belongs to it, and the topic it is labelled with."""

    mention: Mention
    role: str
    end: int
    why: str
    topic: str | None = None


def judge_numbers(tokens: Tokens, mentions: tuple[Mention, ...], question: Question) -> list[Judged]:
    """The roles of all numbers but those that only say how long the scale is."""
    scene = Scene(tokens, mentions, question)
    judged: list[Judged] = []
    for mention in mentions:
        if not judged or mention.start >= judged[-1].end:
            judged.append(_judge(scene, mention))
    forwards = _joined(scene, judged)
    return _joined(scene, forwards[::-1])[::-1]


def _joined(scene: Scene, judged: list[Judged]) -> list[Judged]:
    """ "woke at 1 and 5", "2 and 3 pills": a number joined to one that counts something else counts it too."""
    spread: list[Judged] = []
    for each in judged:
        source = spread[-1] if spread else None
        taken = source is not None and each.role == FREE and each.topic is None and _counts_with(scene, source, each)
        spread.append(replace(each, role=source.role, why=source.why) if source and taken else each)
    return spread


def _counts_with(scene: Scene, source: Judged, each: Judged) -> bool:
    """A list goes on behind a joining word, and behind a comma after its first member ("woke at 2, 4 and 5:15")."""
    low, high = sorted((source, each), key=lambda one: one.mention.start)
    between = [token.text for token in scene.tokens[low.end : high.mention.start]]
    gap = scene.tokens[high.mention.start].gap
    joined = len(between) == 1 and between[0] in _JOINERS and not gap
    listed = not between and gap == "," and source is low and source.why in _LISTED
    alike = source.mention.form == each.mention.form or source.mention.form == "clock"
    left = source.why == MOVED or scene.text(each.end) in LEXICON.words("at_words")
    return (joined or listed) and source.role in {OTHER, POISON} and alike and not left


def _judge(scene: Scene, mention: Mention) -> Judged:
    if mention.value is None:
        return Judged(mention, OTHER, mention.end, "a clock time or date")
    if mention.form == "counting" and scene.question.type == "scale" and mention.value <= _TWICE:
        return Judged(mention, OTHER, mention.end, "once or twice counts something else")
    if mention.form == "counting" and mention.value <= _TWICE and scene.focus.units & LEXICON.words("unit_hour"):
        return Judged(mention, OTHER, mention.end, "once or twice counts something else")
    if mention.form == "counting" and scene.focus.measures and mention.value <= _TWICE:
        return Judged(mention, OTHER, mention.end, "once or twice counts something else")
    if is_strength(scene, mention):
        return Judged(mention, OTHER, mention.end, "a strength")
    denial = denial_before(scene, mention) or moved(scene, mention)
    if denial:
        return Judged(mention, denial.role, mention.end, denial.why)
    end, behind = judge_after(scene, mention)
    verdict = _placed(scene, mention, behind)
    topic = verdict.topic
    if topic is None and verdict.role in {FREE, POISON}:
        topic = label_of(scene, mention, end)
    misplaced = _misplaced(scene, mention, end, topic)
    if misplaced:
        return Judged(mention, OTHER, end, misplaced, topic)
    return Judged(mention, verdict.role, end, verdict.why, topic)


def _placed(scene: Scene, mention: Mention, behind: Verdict | None) -> Verdict:
    """What stands behind a number decides, unless it leaves open what the words before it settle."""
    if behind is not None and behind.role != UNSURE:
        return behind
    before = judge_before(scene, mention)
    if behind is not None and (before is None or before.role != OTHER):
        return behind
    return before or Verdict(FREE, "stands for itself")


def _misplaced(scene: Scene, mention: Mention, end: int, topic: str | None) -> str | None:
    """Why a label puts the number beside the question, or None."""
    if topic is not None and topic not in scene.focus.topics:
        return "labelled for something else"
    if scene.question.type == "number" and topic in LEXICON.words("score_topics"):
        if any(scene.topic(scene.text(place)) == topic for place in (end, end + 1)):
            return None
        counted = any(scene.fits_unit(place) for place in range(mention.end, max(end, mention.end + 1)))
        return None if counted else "a score beside a count"
    aspect = aspect_of(scene, mention) if scene.question.type == "scale" and not below_zero(scene.question) else None
    if aspect and aspect not in scene.focus.aspects:
        return "the worst, the best or the average, which was not asked"
    return None
