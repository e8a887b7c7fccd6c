"""The label of a number: the topic it is said of ("pain 3, mood 8") and whether it is a worst, best or average."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.values.mentions import Mention
from surveys.core.replies.values.scene import Scene
from surveys.core.replies.values.segments import time_phrases


def label_of(scene: Scene, mention: Mention, end: int) -> str | None:
    """The topic behind the number where labels trail, else the nearest before it in its clause, else "8 for mood"."""
    if scene.labels_trail and (trailing := _trailing(scene, mention, end)):
        return trailing
    scores = LEXICON.words("score_topics")
    carried = False
    for place in range(mention.start - 1, -1, -1):
        token = scene.tokens[place]
        if scene.in_mention(place) and _goes_on(scene, place + 1, mention.start):
            carried = True
            continue
        if scene.in_mention(place) or (scene.tokens[place + 1].gap and not _is_label(scene, place)):
            break
        topic = scene.topic(token.text)
        if topic and not scene.in_condition(place) and (topic in scores or not carried):
            return topic
        if token.gap or token.text in LEXICON.words("clause_openers"):
            break
    return _trailing(scene, mention, end)


def _goes_on(scene: Scene, start: int, end: int) -> bool:
    """ "pain was 8 now 3": between the numbers stand only words of time, so that both are of one thing."""
    timed = {place for match in time_phrases(scene.tokens) for place in range(match.start, match.end)}
    between = range(start, end)
    idle = LEXICON.words("copula") | LEXICON.words("article") | LEXICON.words("clause_openers")
    if scene.labels_trail or not timed & set(between) or any(scene.tokens[place].gap for place in (*between, end)):
        return False
    return all(place in timed or scene.tokens[place].text in idle for place in between)


def _is_label(scene: Scene, last: int) -> bool:
    """Whether the clause that ends here is nothing but a label, as in "Pain: 7"."""
    start = next((place for place in range(last, -1, -1) if scene.tokens[place].gap or scene.in_mention(place)), 0)
    start += scene.in_mention(start)
    idle = LEXICON.words("filler") | LEXICON.union("topic_") | LEXICON.words("copula")
    return all(token.text in idle for token in scene.tokens[start : last + 1])


def _trailing(scene: Scene, mention: Mention, end: int) -> str | None:
    """ "8/10 pain", "8 for mood"."""
    leads_next = scene.mention_at(end + 1) is not None and not scene.labels_trail
    if (end > mention.end and not leads_next) or scene.labels_trail:
        direct = scene.topic(scene.text(end))
        follows = {scene.text(end) if end > mention.start else "", scene.text(end + 1)}
        new = follows & (LEXICON.words("plain_verbs") | LEXICON.words("finite_verbs"))
        verb = scene.question.type == "number" and bool(new)
        if direct and not verb:
            return direct
    return scene.topic(scene.text(end + 1)) if scene.text(end) in LEXICON.words("label_joins") else None


def aspect_of(scene: Scene, mention: Mention) -> str | None:
    """worst, average or best said of this number, before it in its clause or right after it."""
    for place in range(mention.start - 1, -1, -1):
        if scene.in_mention(place) or scene.tokens[place + 1].gap or scene.ends(place + 1, "self_corrections"):
            break
        if named := _aspect(scene.tokens[place].text, LEXICON.words("reaching")):
            return named
    behind = mention.end
    while scene.text(behind) in LEXICON.words("joins_of_aspects"):
        behind += 1
    if scene.text(behind + 1) in LEXICON.words("superlative_goes_on"):
        return None
    return _aspect(scene.text(behind))


def _aspect(word: str, reaching: frozenset[str] = frozenset()) -> str | None:
    """The aspect that a word names; what a score reached is the worst, where that is said before it."""
    names = LEXICON.names("aspect_")
    named = next((name for name in names if word in LEXICON.words(name)), None)
    return next(iter(LEXICON.words("worst_aspects"))) if named is None and word in reaching else named
