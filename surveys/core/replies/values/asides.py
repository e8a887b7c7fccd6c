"""Numbers beside the answer that are plainly of something else: an age, a height, somebody else's score, a strength."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.counted import asks_for, counts_things
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.roles import Judged
from surveys.core.replies.values.scene import FREE, POISON, UNSURE, Scene
from surveys.core.replies.values.segments import clause_at, clauses

_HOURS_OF_A_DIAL = 12
_FAR, _YEARS = 10, 1_000
"""How far above the scale a number must lie to be no slip of the score itself, and from where it may be a year."""


def without_asides(question: Question, tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """The numbers without those that cannot be the answer beside one that can."""
    judged = _without_far_ones(question, tokens, _without_scale_ends(question, tokens, judged))
    judged = _without_small_ones(question, tokens, _without_other_peoples(tokens, judged))
    judged = _without_quoted_ones(tokens, judged)
    scene = Scene(tokens, tuple(each.mention for each in judged), question)
    for without in (
        _without_other_bounds,
        _without_wished_ones,
        _without_past_ones,
        _without_other_things,
        _without_bare_heads,
    ):
        judged = without(scene, judged)
    return judged


def _beside(kept: list[Judged], judged: list[Judged]) -> list[Judged]:
    """The numbers that are kept, where one of them can be the answer."""
    return kept if any(each.role == FREE for each in kept) else judged


def _without_quoted_ones(tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "took 3, bottle says max 6": what a label or somebody else says, in a clause of its own."""
    spans = clauses(tokens)
    said = {clause_at(spans, match.start) for match in phrases("other_subject").all(tokens)}
    said |= {span for span in spans if _somebody_does(tokens[span[0] : span[1]])}
    return _beside([each for each in judged if clause_at(spans, each.mention.start) not in said], judged)


def _without_wished_ones(scene: Scene, judged: list[Judged]) -> list[Judged]:
    """ "Seven. I wish it were two.": beside a score in a clause of its own, one that is only wished for."""
    spans = clauses(scene.tokens)
    wished = {clause_at(spans, match.start) for match in scene.found("wished")}
    return _beside([each for each in judged if clause_at(spans, each.mention.start) not in wished], judged)


def _without_other_bounds(scene: Scene, judged: list[Judged]) -> list[Judged]:
    """ "130 la alta y 85 la baja": asked for the upper pressure, the one that is called the lower."""
    if "topic_pressure" not in scene.focus.topics or not scene.focus.words & LEXICON.words("upper_words"):
        return judged
    lower = [each for each in judged if _called(scene, each, "lower_words")]
    return _beside([each for each in judged if each not in lower], judged)


def _called(scene: Scene, judged: Judged, name: str) -> bool:
    """Whether a word of the list stands behind the number or, where none does, before it; an article may be between."""
    place = judged.end + (scene.text(judged.end) in LEXICON.words("article"))
    return scene.text(place) in LEXICON.words(name) or _whose(scene.tokens, judged) in LEXICON.words(name)


def _somebody_does(clause: Tokens) -> bool:
    """ "my wife smoked 10": somebody named does something, other than to say or rate."""
    subject = [token.text for token in clause[:3]]
    told = any(token.text in LEXICON.words("saying_verbs") for token in clause)
    return len(subject) == 3 and subject[0] in LEXICON.words("naming") and not told and _names_person(clause[1:2])


def _without_past_ones(scene: Scene, judged: list[Judged]) -> list[Judged]:
    """ "yesterday was chill like 2 but rn its a 9": beside a number of now, an unsure one of a time that has passed."""
    if scene.focus.moment == "span":
        return judged
    spans = clauses(scene.tokens)
    told: dict[tuple[int, int], set[str]] = {}
    for match in scene.times:
        told.setdefault(clause_at(spans, match.start), set()).add(match.label)
    labels = {each: told.get(clause_at(spans, each.mention.start), set()) for each in judged}
    ahead = [each for each in judged if each.role == UNSURE and labels[each] == {"future_phrases"}]
    judged = _beside([each for each in judged if each not in ahead], judged)
    if not any(each.role == FREE and "now_phrases" in labels[each] for each in judged):
        return judged
    past = [each for each in judged if each.role == UNSURE and labels[each] == {"past_phrases"}]
    return [each for each in judged if each not in past]


def _without_other_things(scene: Scene, judged: list[Judged]) -> list[Judged]:
    """ "3 glasses and 2 coffees", "102.8 and under 3 blankets": beside the thing that is asked for, other things."""
    asked = [each for each in judged if each.role == FREE and (scene.focus.measures or _has_unit(scene, each))]
    others = [each for each in judged if each.role == UNSURE and counts_things(scene, each.mention, each.end)]
    return [each for each in judged if each not in others] if len(asked) == 1 else judged


def _has_unit(scene: Scene, judged: Judged) -> bool:
    unit = scene.text(judged.mention.end)
    asked = scene.fits_unit(judged.mention.end) or asks_for(scene, unit)
    return asked and unit not in LEXICON.words("unit_times")


def _without_bare_heads(scene: Scene, judged: list[Judged]) -> list[Judged]:
    """ "3 airport runs and my hip is at 7": beside a score that is said of the body, a number that heads a name."""
    if scene.question.type != "scale":
        return judged
    said = [each for each in judged if each.role == FREE and _said_of_body(scene, each)]
    heads = [each for each in judged if each.role == FREE and each.topic is None and _heads_a_name(scene, each)]
    return [each for each in judged if each not in heads] if said and not set(said) & set(heads) else judged


def _said_of_body(scene: Scene, judged: Judged) -> bool:
    """ "my hip is sitting at 7": a part of the body, a verb of being and the number."""
    start, _ = clause_at(clauses(scene.tokens), judged.mention.start)
    lead = scene.tokens[start : judged.mention.start]
    body = any(token.text in LEXICON.words("body") or scene.topic(token.text) in scene.focus.topics for token in lead)
    return body and any(token.text in LEXICON.words("to_be") for token in lead)


def _heads_a_name(scene: Scene, judged: Judged) -> bool:
    """Whether the number begins its clause and a word that is not known follows at once."""
    start, _ = clause_at(clauses(scene.tokens), judged.mention.start)
    token = scene.token(judged.end)
    unknown = token is not None and token.kind == "word" and token.text not in LEXICON.known_words
    return start == judged.mention.start and unknown


def _without_scale_ends(question: Question, tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "0-10? 5", "de 10, 7": beside a number, the ends of the scale in a clause of their own."""
    if question.type != "scale":
        return judged
    spans, ends = clauses(tokens), {question.min, question.max}
    by_clause: dict[tuple[int, int], list[Judged]] = {}
    for each in judged:
        by_clause.setdefault(clause_at(spans, each.mention.start), []).append(each)
    joins = LEXICON.words("range_joins") | LEXICON.words("scale_joins") | LEXICON.words("article")
    kept: list[Judged] = []
    for (start, end), inside in by_clause.items():
        places = {place for each in inside for place in range(each.mention.start, each.mention.end)}
        rest = [tokens[place].text for place in range(start, end) if place not in places]
        scale = {each.mention.value for each in inside} <= ends and bool(rest) and set(rest) <= joins
        kept += [] if scale and question.max in {each.mention.value for each in inside} else inside
    return _beside(kept, judged)


def _without_far_ones(question: Question, tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "Four. I'm 81": beside a score that stands alone, a number far above the scale is an age or an address."""
    counts = focus_of(question).counts and len(judged) > 1
    if question.max is None or not (counts or any(_alone(tokens, each) for each in judged)):
        return judged
    far = question.max + _FAR
    near = [each for each in judged if (each.mention.value or 0.0) <= far or _may_answer(tokens, each)]
    if not focus_of(question).counts:
        return near
    return _beside([each for each in near if not _aged(tokens, each)], near)


def _aged(tokens: Tokens, judged: Judged) -> bool:
    """ "0 im 19 lol": asked for a count, a number said of oneself that is no hour either."""
    return (judged.mention.value or 0.0) > _HOURS_OF_A_DIAL and _whose(tokens, judged) in LEXICON.words("age_leads")


def _may_answer(tokens: Tokens, judged: Judged) -> bool:
    """Whether a number far above the scale may still be meant as the score; a year never is."""
    return (judged.mention.value or 0) < _YEARS and _alone(tokens, judged)


def _alone(tokens: Tokens, judged: Judged) -> bool:
    """Whether the number is all that its clause says."""
    start, end = clause_at(clauses(tokens), judged.mention.start)
    idle = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("copula") | LEXICON.words("article")
    rest = (*tokens[start : judged.mention.start], *tokens[judged.end : end])
    stands = judged.role == FREE and all(token.text in idle for token in rest)
    lead = tokens[max(0, min(start, judged.mention.start - 1)) : judged.mention.start]
    return stands and not any(token.text in LEXICON.words("age_leads") for token in lead)


def _without_small_ones(question: Question, tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "212, I'm 5'10": below the least that can be measured, beside one number that fits, is another measure."""
    if not focus_of(question).measures or question.min is None or any(each.role == POISON for each in judged):
        return judged
    fitting = [each for each in judged if each.role == FREE and (each.mention.value or 0) >= question.min]
    small = [each for each in judged if each not in fitting]
    own = bool(small) and _whose(tokens, small[0]) in LEXICON.words("age_leads")
    return fitting if own and len(fitting) == 1 and question.min > _FAR else judged


def _without_other_peoples(tokens: Tokens, judged: list[Judged]) -> list[Judged]:
    """ "hubby 5 me 2": beside a number that is said to be one's own, those of other people."""
    own = [each for each in judged if each.role == FREE and _whose(tokens, each) in LEXICON.words("own_words")]
    if len(own) != 1:
        return judged
    starts = [0, *(each.end for each in judged)]
    pairs = zip(starts, judged, strict=False)
    others = [each for start, each in pairs if _names_person(tokens[start : each.mention.start])]
    return [each for each in judged if each not in others or each in own]


def _whose(tokens: Tokens, judged: Judged) -> str:
    """The word before the number, small words between them not counted."""
    idle = LEXICON.words("article") | LEXICON.words("to_be") | LEXICON.words("hedge") | LEXICON.words("at_words")
    place = judged.mention.start - 1
    while place >= 0 and tokens[place].text in idle:
        place -= 1
    return tokens[place].text if place >= 0 else ""


def _names_person(tokens: Tokens) -> bool:
    return any(token.text in LEXICON.words("person_words") for token in tokens)
