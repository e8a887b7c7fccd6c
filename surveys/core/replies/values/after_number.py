"""Judges a number by what follows it: the scale it is out of, a unit, a range, a bound, the word behind it."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.values.before_number import judge_before
from surveys.core.replies.values.counted import (
    asks_for,
    begins_sentence,
    counts_others,
    counts_things,
    in_a_story,
    is_strength,
    named_by_number,
    names_one,
    shows_fingers,
)
from surveys.core.replies.values.mentions import Mention
from surveys.core.replies.values.scene import ELSE, FREE, OTHER, POISON, UNSURE, Scene, Verdict
from surveys.core.replies.values.signs import below_zero, end_words

_OF_WORDS = LEXICON.words("scale_joins")
_WEAK_OF_WORDS = LEXICON.words("weak_scale_joins")
_RANGE_WORDS = LEXICON.words("range_joins")
_NO_COUNT_NOUN = tuple(sorted(LEXICON.words("uncountable_endings")))
"""Endings of words that cannot be counted: "5 hanging in there" is a 5, "5 hangers" are hangers."""
_UNDONE = tuple(sorted(LEXICON.words("undone_endings")))
_SHORTEST_INFLECTED = 5
_RATE_REACH = 2
_LEAST_PRESSURE = 30
"""Below this a number behind a stroke is no blood pressure, in mmHg."""

Step = tuple[int, Verdict | None]


def judge_after(scene: Scene, mention: Mention) -> Step:
    """The place behind everything that belongs to the number, and what that makes of it (None: nothing against it)."""
    end, verdict = _out_of(scene, mention)
    if verdict or (end > mention.end and mention.value != scene.question.max):
        return end, verdict
    if scene.question.type == "number" and "topic_sleep" in scene.focus.topics and _in_bed(scene, end):
        return end, Verdict(POISON, "hours in several places") if _elsewhere(scene) else ELSE
    if scene.question.type == "scale" and _next_part(scene, end):
        return end, None
    for step in (_glued, _fitting, _misfitting):
        end, verdict = step(scene, mention, end)
        if verdict:
            return end, verdict
    if _rate(scene, end) or (scene.question.type == "number" and _repeats(scene, end)):
        return end, Verdict(POISON, "a rate, not a count")
    hedged = scene.skip(end, "hedge_after")
    if hedged == end and not scene.starts(end, "plus_clause") and _bounded(scene, end):
        return end, Verdict(POISON, "only a bound")
    return hedged, _range(scene, mention, hedged) or _neighbour(scene, mention, hedged)


def _bounded(scene: Scene, end: int) -> bool:
    return scene.starts(end, "one_sided_after") or scene.text(end) == "+"


def _in_bed(scene: Scene, end: int) -> bool:
    """ "8 hours in bed" is not sleep."""
    while scene.fits_unit(end):
        end += 1
    return scene.starts(end, "in_bed")


def _elsewhere(scene: Scene) -> bool:
    """ "4 hrs in bed, 3 in the recliner": beside the hours in bed, others in another place."""
    return any(
        match.start in {mention.end, mention.end + 1}
        for match in scene.found("other_beds")
        for mention in scene.mentions
    )


def _out_of(scene: Scene, mention: Mention) -> Step:
    """N/10, "N out of 10": the second number is the length of the scale."""
    place = mention.end + (scene.text(mention.end) in LEXICON.words("hedge_suffix"))
    first = place
    while scene.text(place) in _OF_WORDS:
        place += 1
    second = scene.mention_at(place) if place > first and scene.token(place) else None
    if second is None:
        return mention.end, None
    if mention.start and scene.tokens[mention.start - 1].text in LEXICON.words("events"):
        return second.end, ELSE
    if second.value == scene.question.max:
        return second.end, None
    if "topic_pressure" in scene.focus.topics and scene.focus.words & LEXICON.words("upper_words"):
        return second.end, None
    if _pressure(scene, mention, second):
        return second.end, Verdict(OTHER, "a blood pressure")
    if scene.text(first) in _WEAK_OF_WORDS or is_strength(scene, second):
        return mention.end, None
    return mention.end, Verdict(POISON, "a different scale or a fraction")


def _pressure(scene: Scene, upper: Mention, lower: Mention) -> bool:
    """ "130/85" where something else is measured or rated."""
    if scene.focus.counts or upper.value is None or lower.value is None or lower.value == scene.question.max:
        return False
    return "topic_pressure" not in scene.focus.topics and upper.value > lower.value >= _LEAST_PRESSURE


def _glued(scene: Scene, mention: Mention, end: int) -> Step:
    """ "7ish" is a 7; "ten4", "50s" and "3rd" are something else; units that touch their number come later."""
    token = scene.token(end)
    if token is None or not token.glued:
        return end, None
    if token.kind == "number" and mention.form in {"words", "letters"}:
        return end, Verdict(OTHER, "part of a code")
    if token.kind != "word" or mention.form not in {"figures", "decimal"}:
        return end, None
    if token.text in LEXICON.words("hedge_suffix"):
        return end + 1, None
    known = scene.fits_unit(end) or scene.is_unit(end) or len(token.text) > 3
    return end, None if known else Verdict(OTHER, "part of a code or a unit")


# -- units ------------------------------------------------------------------------------------------------------------


def _fitting(scene: Scene, _mention: Mention, end: int) -> Step:
    """ "5.5 hrs", "2 times", "60%" of 0 to 100, "2x"; but "3 hours ago" is a moment."""
    text = scene.text(end)
    whole = scene.question.max == 100 and (scene.question.min == 0 or scene.question.type == "number")
    if text in LEXICON.words("unit_percent") and whole:
        worse = scene.text(end + 1) in LEXICON.words("worsening") - scene.focus.words
        return end + 1, Verdict(POISON, "the other direction") if worse else None
    if text == "x" and scene.tokens[end].glued and scene.focus.counts:
        return end + 1, None
    if not scene.fits_unit(end) or text in LEXICON.words("right_ok"):
        return end, None
    while scene.fits_unit(end):
        end += 1
    if scene.text(end) in LEXICON.words("moment_after_unit"):
        return end, Verdict(OTHER, "a moment")
    if scene.text(end) in LEXICON.words("unit_degree_c"):
        return end, Verdict(POISON, "a different unit")
    return end, _more_units(scene, end)


def _more_units(scene: Scene, end: int) -> Verdict | None:
    """ "6 hours 30 minutes", "4 hrs, 45 min" and "6 hours and a half" would need arithmetic."""
    smaller = scene.mention_at(end)
    if smaller and scene.text(end - 1) in LEXICON.words("unit_hour"):
        minutes = scene.text(smaller.end) in LEXICON.words("unit_minute")
        if minutes and smaller.value:
            return Verdict(POISON, "two quantities that would have to be added")
    joined = scene.text(end) in LEXICON.words("and_words")
    place = end + joined
    second = scene.mention_at(place) if scene.token(place) else None
    timed = scene.text(end - 1) in LEXICON.words("unit_hour")
    if second and second.value == 0:
        return None
    if second and (scene.is_unit(second.end) or (timed and not joined)):
        return Verdict(POISON, "two quantities that would have to be added")
    halves = {scene.text(place), scene.text(place + 1)} & LEXICON.words("halves")
    return Verdict(POISON, "a half after its unit") if joined and halves else None


def _misfitting(scene: Scene, mention: Mention, end: int) -> Step:
    """A unit of something else, another scale, or a difference ("2 better", "2 points lower")."""
    text = scene.text(end)
    if not text or (end > mention.end and scene.fits_unit(end - 1)):
        return end, None
    if text == "-" and scene.is_unit(end + 1):
        return end, ELSE
    celsius = text in LEXICON.words("unit_degree_c") and "f" in scene.focus.units
    if celsius or text in LEXICON.words("unit_percent"):
        return end, Verdict(POISON, "a different unit")
    points = text in LEXICON.words("unit_points")
    if scene.starts(end, "moved_from"):
        return end, None
    agrees = scene.text(end + points) in _own_words(scene, mention)
    if not agrees and scene.text(end + points) in LEXICON.words("comparative") and not scene.starts(end, "hedge_after"):
        return end, Verdict(POISON, "a difference, not a score")
    if points:
        return end + 1, None
    loose_letter = (text in {"x", "h"} and not scene.tokens[end].glued) or scene.starts(end, "hedge_after")
    return end, ELSE if scene.is_unit(end) and not loose_letter else None


def _next_part(scene: Scene, place: int) -> bool:
    """ "hands 7 feet 3": a part of the body with a score of its own, and no measure of length."""
    return scene.text(place) in LEXICON.words("body") and scene.mention_at(place + 1) is not None


def _own_words(scene: Scene, mention: Mention) -> frozenset[str]:
    """On a scale with a negative half, the words of the end that the number lies towards ("4 better")."""
    if not below_zero(scene.question) or not mention.value:
        return frozenset()
    return end_words(scene.question, negative=mention.value < 0)


def _rate(scene: Scene, end: int) -> bool:
    """ "2 every 6 hours", "3 a day"."""
    timed = scene.text(end + 1) in LEXICON.union("unit_") or scene.text(end + 1) in LEXICON.words("time_nouns")
    if scene.starts(end, "rate_sources"):
        return False
    if scene.text(end) in LEXICON.words("rate_words"):
        return timed or scene.question.type == "number" or scene.mention_at(end + 1) is not None
    if scene.text(end + 2) in LEXICON.words("moment_after_unit"):
        return False
    return scene.text(end) in LEXICON.words("rate_articles") and scene.text(end + 1) in LEXICON.words("unit_time")


def _repeats(scene: Scene, end: int) -> bool:
    """ "2 at a time", "2 twice": how much each time, and not how much in all."""
    often = scene.mention_at(end) if scene.token(end) else None
    if scene.focus.counts and any(scene.starts(place, "rate_further") for place in range(end, end + _RATE_REACH)):
        return True
    return scene.starts(end, "rate_after") or (often is not None and often.form == "counting")


# -- ranges and neighbours --------------------------------------------------------------------------------------------


def _range(scene: Scene, mention: Mention, end: int) -> Verdict | None:
    """ "5-6", "2 or a 3"; "2-3 hours ago" is a span of hours."""
    if scene.text(end) not in _RANGE_WORDS:
        return None
    place = end + 1
    if scene.text(place) in LEXICON.words("hour_article"):
        return None
    while scene.text(place) in LEXICON.words("article") | LEXICON.words("hedge"):
        place += 1
    second = scene.mention_at(place) if scene.token(place) else None
    if second is None or second.value == mention.value:
        return None
    if (
        scene.is_unit(second.end)
        and not scene.fits_unit(second.end)
        and scene.text(second.end) not in LEXICON.words("unit_points")
    ):
        return Verdict(OTHER, "a span of something else")
    return Verdict(POISON, "a range or an either-or")


def _neighbour(scene: Scene, mention: Mention, end: int) -> Verdict | None:
    """The word right behind: a label, a word that says nothing, or a thing that is counted."""
    token = scene.token(end)
    if token is None or token.kind != "word" or scene.mention_at(end):
        return None
    if scene.question.type == "scale" and scene.starts(end, "how_often"):
        return None
    if scene.question.type == "scale" and counts_things(scene, mention, end) and not shows_fingers(scene, mention):
        return ELSE
    if (mention.value or 0) > 1 and token.text in LEXICON.words("counted_troubles"):
        return ELSE
    topic = scene.topic(token.text)
    verbs = LEXICON.words("finite_verbs") | LEXICON.words("plain_verbs")
    if topic and scene.question.type == "number" and scene.text(end + 1) in verbs:
        return None
    if topic:
        return _labelled(scene, mention, topic)
    if token.text in LEXICON.words("of_words") and scene.question.type == "scale":
        return None if scene.topic(scene.text(end + 1)) else Verdict(OTHER, "a count of something")
    if end > mention.end and any(scene.fits_unit(place) for place in range(mention.end, end)):
        return None
    if scene.question.type == "scale":
        return _behind_score(scene, mention, end)
    return _behind_count(scene, mention, end)


def _is_idle(scene: Scene, end: int) -> bool:
    """Whether the word behind the number is one that nothing is counted in."""
    text = scene.text(end)
    known = LEXICON.words("right_ok") | LEXICON.words("hedge") | LEXICON.words("body") | LEXICON.words("filler")
    if text in known or text in scene.focus.words or scene.starts(end, "self_corrections"):
        return True
    return text.endswith(_NO_COUNT_NOUN) and len(text) >= _SHORTEST_INFLECTED


def _behind_score(scene: Scene, mention: Mention, end: int) -> Verdict | None:
    """Behind a score stands chatter, unless the number is a one and may be "one thing"."""
    article = scene.tokens[mention.start].text in LEXICON.words("article")
    if article and scene.text(end) in LEXICON.words("vocatives"):
        return ELSE
    single = mention.value == 1 and names_one(scene, end)
    described = scene.text(end) in LEXICON.words("describing")
    if single and (described or not _is_idle(scene, end)):
        return ELSE
    named = not _is_idle(scene, end) and (named_by_number(scene, mention) or in_a_story(scene, mention))
    return Verdict(UNSURE, "the number of a thing") if named else None


def _behind_count(scene: Scene, mention: Mention, end: int) -> Verdict | None:
    """A count may be of things not asked for: only idle words, "2 long ones" and a new sentence are safe behind it."""
    text = scene.text(end)
    if counts_others(scene, mention, end):
        return ELSE
    good = text in LEXICON.words("welcome_words") - scene.focus.words
    if good and scene.focus.counts and scene.focus.topics and scene.fits_unit(end + 1):
        return Verdict(UNSURE, "counts the good ones")
    ones = scene.topic(text) is None and scene.text(end + 1) in LEXICON.words("ones_words")
    if scene.fits_unit(end + 1) and text not in LEXICON.words("lost_verbs") and not text.endswith(_UNDONE):
        return None
    if ones or _is_idle(scene, end) or asks_for(scene, text) or _time_follows(scene, end):
        return None
    if (scene.focus.measures or mention.value == 0) and not counts_things(scene, mention, end):
        return None
    judged = text in LEXICON.words("judging") and not counts_things(scene, mention, end)
    if judged or begins_sentence(scene, mention, end):
        return None
    return Verdict(UNSURE, "an unknown word behind it") if text not in LEXICON.known_words else ELSE


def _time_follows(scene: Scene, end: int) -> bool:
    """ "one early, two late": what stands behind the count says when it was."""
    weekday = scene.text(end) in LEXICON.pairs("weekdays")
    return weekday or any(match.start == end for match in scene.times)


def _labelled(scene: Scene, mention: Mention, topic: str) -> Verdict | None:
    """ "8 pain" is labelled where labels trail; "una molestia" is a trouble, not a 1."""
    if scene.tokens[mention.start].text in LEXICON.words("one_forms"):
        return ELSE
    if scene.labels_trail and judge_before(scene, mention) is None:
        return Verdict(FREE, "labelled", topic)
    return None
