"""Whether the words right behind a number name things that it counts ("3 toes", "2 panic attacks") or only chatter.

A number above one counts things only where a name in the plural follows, at once or behind words that describe it. A
pronoun, a verb, a joining word or an interjection ends the search: what follows it is a new thought.
"""

from __future__ import annotations

from functools import cache

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.values.mentions import Mention
from surveys.core.replies.values.scene import Scene

_FURTHEST, _STEM = 3, 4
_SHORTEST_PLURAL = 4
_LEAST_STRENGTH = 25
"""From this on a number behind "of" is a strength in milligrams and no count of pills."""
_DRUG_ENDINGS = tuple(sorted(LEXICON.words("drug_endings")))
_CLOSING_ENDINGS = tuple(sorted(LEXICON.words("closing_endings")))
_PLURAL_ENDINGS = tuple(sorted(LEXICON.words("plural_endings")))
_SINGULAR_ENDINGS = tuple(sorted(LEXICON.words("singular_endings")))


def counts_things(scene: Scene, mention: Mention, end: int) -> bool:
    """Whether a counted thing stands within three words behind the number."""
    return _thing(scene, mention, end) is not None


def counts_others(scene: Scene, mention: Mention, end: int) -> bool:
    """ "2 bad days" where pills are asked for: behind words that describe it, a thing that is not the one asked for."""
    place = _thing(scene, mention, end)
    asked = scene.focus.words | LEXICON.words("ones_words")
    return place is not None and place > end and not scene.fits_unit(place) and scene.text(place) not in asked


def _thing(scene: Scene, mention: Mention, end: int) -> int | None:
    for place in range(end, end + _FURTHEST):
        token = scene.token(place)
        if token is None or token.kind != "word" or scene.in_mention(place):
            return None
        month = token.text in LEXICON.words("months") and token.text not in _closers()
        if month or _counted_part(scene, mention, place) or _plural(token.text) or _is_drug(token.text):
            return place
        if token.text in _closers() or token.text.endswith(_CLOSING_ENDINGS):
            return None
    return None


def asks_for(scene: Scene, word: str) -> bool:
    """Whether the question itself counts this ("one fall" where it asks how often one has fallen)."""
    asked = scene.focus.words - LEXICON.words("prompt_idle") - LEXICON.words("filler")
    return len(word) >= _STEM and any(each[:_STEM] == word[:_STEM] for each in asked)


def names_one(scene: Scene, end: int) -> bool:
    """Whether a word behind a one, past what describes it, may be the thing there is one of."""
    described = LEXICON.words("adjectives") | LEXICON.words("degree") | LEXICON.words("describing")
    place = end
    while scene.text(place) in described:
        place += 1
    return bool(scene.text(place)) and scene.text(place) not in _closers()


def begins_sentence(scene: Scene, mention: Mention, end: int) -> bool:
    """ "5 Maria was wonderful": a name that is no plural and no drug and has its own verb."""
    text = scene.text(end)
    if mention.value == 1 or _plural(text) or _is_drug(text) or text in LEXICON.known_words:
        return False
    return scene.text(end + 1) in LEXICON.words("finite_verbs")


def shows_fingers(scene: Scene, mention: Mention) -> bool:
    """ "he's holding up 4 fingers": the fingers are the answer."""
    shown = scene.text(mention.end) in LEXICON.words("finger_words")
    return shown and mention.start > 0 and scene.ends(mention.start, "held_up")


def is_strength(scene: Scene, mention: Mention) -> bool:
    """ "3 de 500", "de las de 10, tome 3": how strong each pill is, where pills are counted."""
    if not scene.focus.units & LEXICON.words("unit_pill") or mention.start == 0 or mention.value is None:
        return False
    led = scene.tokens[mention.start - 1].text in LEXICON.words("of_words") and not scene.tokens[mention.start].gap
    strong = mention.value >= _LEAST_STRENGTH or scene.text(mention.end) in LEXICON.words("unit_dose")
    return (led and strong) or scene.ends(mention.start, "strength_leads")


def named_by_number(scene: Scene, mention: Mention) -> bool:
    """ "the number 9 bus", "the 7 train": a name that the number is part of, where a thing follows."""
    place = mention.start - 1
    if place < 0 or scene.tokens[mention.start].gap:
        return False
    numbered = scene.tokens[place].text in LEXICON.words("number_names") and place > 0 and not scene.tokens[place].gap
    return (scene.tokens[place - 1] if numbered else scene.tokens[place]).text in LEXICON.words("definite_words")


def in_a_story(scene: Scene, mention: Mention) -> bool:
    """ "I caught a 7 train": before the number its clause tells of something that no score is told with."""
    start = mention.start
    timed = {place for match in scene.times for place in range(match.start, match.end)}
    while start > 0 and not scene.tokens[start].gap:
        start -= 1
        word = scene.tokens[start]
        if word.text in LEXICON.words("clause_openers"):
            return False
        known = word.text in _told_with() | scene.focus.words or start in timed or scene.in_mention(start)
        if word.kind == "word" and not known:
            return True
    return False


@cache
def _told_with() -> frozenset[str]:
    """Words that a score is told with."""
    names = ("left_ok", "right_ok", "filler", "hedge", "copula", "article", "body", "carers", "to_be", "describing")
    words = frozenset(word for name in names for word in LEXICON.words(name))
    return words | LEXICON.union("aspect_") | LEXICON.union("topic_") | LEXICON.words("degree")


def _counted_part(scene: Scene, mention: Mention, end: int) -> bool:
    """ "3 toes", "2 knees": no more of a part of the body than there are."""
    most = LEXICON.pairs("body_counts").get(scene.text(end))
    if any(each is not mention and scene.text(each.end) in LEXICON.words("body") for each in scene.mentions):
        return False
    return most is not None and mention.value is not None and 0 < mention.value <= int(most)


def _plural(word: str) -> bool:
    if word in LEXICON.words("plural_names") or (word in LEXICON.union("unit_") and word.endswith(_PLURAL_ENDINGS)):
        return True
    if word in _closers() | LEXICON.words("not_plural") | LEXICON.words("body"):
        return False
    if len(word) < _SHORTEST_PLURAL:
        return False
    return word.endswith(_PLURAL_ENDINGS) and not word.endswith(_SINGULAR_ENDINGS)


def _is_drug(word: str) -> bool:
    if word in LEXICON.words("unit_drug_own") | LEXICON.words("unit_drug_other") | LEXICON.words("drug_names"):
        return True
    return word not in LEXICON.known_words and word.endswith(_DRUG_ENDINGS)


@cache
def _closers() -> frozenset[str]:
    """Words that cannot stand between a number and the thing it counts."""
    plain = LEXICON.words("right_ok") | LEXICON.words("filler") | LEXICON.words("hedge")
    described = LEXICON.words("adjectives") | LEXICON.words("degree") | LEXICON.words("describing")
    return frozenset((plain - described) | LEXICON.words("plain_verbs"))
