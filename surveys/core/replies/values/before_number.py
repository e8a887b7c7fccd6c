"""Judges a number by what stands before it: a denial, a bound, a verb that counts, a label, a place."""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.values.counted import asks_for, shows_fingers
from surveys.core.replies.values.mentions import Mention, misspelt_idle
from surveys.core.replies.values.scene import DENIED, ELSE, FREE, OTHER, POISON, UNSURE, Scene, Verdict

_PLACE_WORDS = LEXICON.words("place_words")
_SINGULAR = LEXICON.words("singular_articles")
_HOURS = 24
MOVED = "where the score came from"


def moved(scene: Scene, mention: Mention) -> Verdict | None:
    """ "down from 8", "de 9 me dejo en": where a score came from; asked for relief, it was no score of that."""
    start = mention.start
    led = start > 0 and not scene.tokens[start].gap
    lead = start - 1 - (start > 1 and scene.tokens[start - 1].text in LEXICON.words("article"))
    leaves = led and scene.tokens[lead].text in LEXICON.words("score_froms")
    on = leaves and scene.starts(mention.end, "moved_on")
    opens = leaves and (lead == 0 or bool(scene.tokens[lead].gap))
    if opens and not on and scene.question.type == "scale" and _later(scene, start):
        return Verdict(POISON, "a range or where it came from")
    if not on and not (led and scene.ends(start, "moved_from")):
        return None
    return Verdict(POISON if "topic_relief" in scene.focus.topics else OTHER, MOVED)


def _later(scene: Scene, start: int) -> bool:
    return any(mention.start > start for mention in scene.mentions)


def denial_before(scene: Scene, mention: Mention) -> Verdict | None:
    """ "6 not 8" denies the 8; in "6 no 7" the no may deny either; "haven't needed one" denies a count."""
    start = mention.start
    if _begun_anew(scene, start):
        return None
    if start and not scene.tokens[start].gap and scene.ends(start, "not_before"):
        lone = scene.tokens[start - 1].text in LEXICON.words("lone_denials") and scene.mention_ends(start - 1)
        return Verdict(POISON, "a lone no between two numbers") if lone else Verdict(DENIED, "denied")
    return Verdict(DENIED, "denied") if scene.question.type == "number" and _verb_denied(scene, start) else None


def _begun_anew(scene: Scene, start: int) -> bool:
    """ "5 hang on no 4": the no belongs to a phrase that corrects, and that is no denial by itself."""
    ending = (match for match in scene.found("self_corrections") if match.end == start)
    return any(scene.tokens[match.start].text not in LEXICON.words("denial") for match in ending)


def _verb_denied(scene: Scene, start: int) -> bool:
    """A denied verb within three words before the count."""
    for place in range(start - 1, max(-1, start - 4), -1):
        if scene.tokens[place + 1].gap:
            return False
        if scene.tokens[place].text in LEXICON.words("denied_verbs"):
            return True
    return False


def judge_before(scene: Scene, mention: Mention) -> Verdict | None:
    """What stands before a number makes of it; None where nothing is against it."""
    start = mention.start
    if start == 0 or scene.tokens[start].gap or scene.ends(start, "self_corrections"):
        return None
    before = scene.tokens[start - 1]
    if before.text == "-":
        return _minus(scene, mention)
    if before.text == "#" and start > 1 and not before.gap and scene.tokens[start - 2].text in LEXICON.words("events"):
        return ELSE
    if before.text == "^":
        return Verdict(POISON, "not a plain number")
    if scene.ends(start, "reached") or scene.ends(start, "idle_leads") or shows_fingers(scene, mention):
        return None
    if scene.ends(start, "asked_for"):
        return ELSE
    if _was_after_score(scene, start):
        return Verdict(OTHER, MOVED)
    if scene.ends(start, "one_sided_before"):
        return Verdict(POISON, "only a bound")
    if before.kind == "word" and scene.tokens[start].glued and mention.form != "words":
        return _code(scene, before.text)
    return _lead(scene, mention)


def _was_after_score(scene: Scene, start: int) -> bool:
    """ "4 was 7 earlier": what the score before it was once."""
    verb = scene.tokens[start - 1].text in LEXICON.words("was_words")
    before = scene.mention_ends(start - 1) if verb and not scene.tokens[start - 1].gap else None
    return before is not None and scene.tokens[before.start].text not in LEXICON.words("article")


def _minus(scene: Scene, mention: Mention) -> Verdict | None:
    minus = scene.tokens[mention.start - 1]
    other = scene.mention_ends(mention.start - 1)
    if other and not minus.gap and other.value != mention.value:
        return Verdict(POISON, "a range or an either-or")
    negative = scene.tokens[mention.start].glued and not minus.glued
    return Verdict(POISON, "a negative number") if negative else None


def _code(scene: Scene, letters: str) -> Verdict | None:
    """ "L4" is a vertebra; "pain7" a label without its space."""
    topic = scene.topic(letters)
    if topic:
        return Verdict(FREE, "labelled", topic)
    known = letters in LEXICON.words("copula") and len(letters) > 1
    return None if known else Verdict(OTHER, "part of a code")


def _lead(scene: Scene, mention: Mention) -> Verdict | None:
    """The word before the number, articles and hedges not counted."""
    place, article = mention.start - 1, False
    if scene.question.type == "scale" and scene.tokens[place].text in LEXICON.words("group_articles"):
        return ELSE
    if scene.tokens[place].text in LEXICON.words("hour_article"):
        return None if _all_of_them(scene, mention, place) else Verdict(OTHER, "an hour")
    if _of_a_day(scene, place):
        return Verdict(OTHER, "another day's")
    skip = LEXICON.words("article") | LEXICON.words("hedge") | {"#", "=", "~", "*", "s"}
    while place >= 0 and scene.tokens[place].text in skip:
        article = article or scene.tokens[place].text in _SINGULAR
        if scene.tokens[place].gap:
            return None
        place -= 1
    if place < 0 or scene.tokens[place].kind != "word" or scene.mention_ends(place + 1):
        return None
    word = scene.tokens[place].text
    if word in LEXICON.words("body") | LEXICON.union("aspect_") or scene.in_condition(place):
        return None
    topic = scene.topic(word)
    if word in LEXICON.words("to_article") or (word in _PLACE_WORDS and not topic):
        return _place_word(scene, mention, place, article=article)
    if topic:
        return None if scene.labels_trail else Verdict(FREE, "labelled", topic)
    return _plain_word(scene, mention, place, article=article)


def _of_a_day(scene: Scene, place: int) -> bool:
    """ "Sunday's 9", "yesterday's 3": whose the number is stands before it."""
    if place == 0 or scene.tokens[place].text != "s" or not scene.tokens[place].glued:
        return False
    return scene.tokens[place - 1].text in LEXICON.words("far_past")


def _all_of_them(scene: Scene, mention: Mention, place: int) -> bool:
    """ "las 7" of seven nights: the article of the whole count, and no "a las" of an hour before it."""
    whole = scene.question.type == "number" and mention.value == scene.question.max
    return whole and (place == 0 or bool(scene.tokens[place].gap))


def _subject_fits(scene: Scene, verb: int) -> bool:
    """ "my pain is 8", "it is 8", "my hip is 8"; but "my dog is 8" and "the stone in 2009 was a 10" speak of others."""
    if verb == 0 or scene.tokens[verb].gap:
        return True
    subject = scene.tokens[verb - 1]
    if scene.in_mention(verb - 1):
        return scene.tokens[verb - 1].text in LEXICON.words("article")
    known = LEXICON.words("filler") | LEXICON.words("left_ok") | LEXICON.words("body") | LEXICON.words("hedge")
    known |= LEXICON.union("aspect_") | LEXICON.words("copula") | scene.focus.words | LEXICON.words("carers")
    timed = any(match.end == verb for name in ("past_phrases", "part_phrases") for match in scene.found(name))
    timed = timed or _this_span(scene, verb)
    return subject.kind != "word" or subject.text in known or scene.topic(subject.text) is not None or timed


def _plain_word(scene: Scene, mention: Mention, place: int, *, article: bool) -> Verdict | None:
    word = scene.tokens[place].text
    counting = LEXICON.words("count_verbs") | (scene.focus.words - LEXICON.words("prompt_idle"))
    if scene.question.type == "number" and word in counting:
        return None
    if word in LEXICON.words("times_signs") and _times_of_another(scene, place):
        return Verdict(UNSURE, "so many times something else")
    if word in LEXICON.words("to_be") and not _subject_fits(scene, place):
        return Verdict(UNSURE, "said of something else")
    if article and word not in LEXICON.words("strong_negation"):
        return None
    counted = scene.question.type == "number" or mention.value == scene.question.max
    if word in LEXICON.words("whole_words") and counted:
        return None
    if word in LEXICON.words("takers"):
        return None if _described_time(scene, place) or _this_span(scene, place + 1) else ELSE
    known = LEXICON.words("left_ok") | LEXICON.words("copula") | LEXICON.words("filler")
    asked = scene.focus.words - LEXICON.words("prompt_idle")
    known |= scene.focus.units
    if word in known | asked or misspelt_idle(word):
        return None
    return Verdict(UNSURE, "belongs to a word before it")


def _times_of_another(scene: Scene, place: int) -> bool:
    """ "dry heaves x 3": before the times stands what neither the question nor a filler names."""
    if place == 0 or scene.tokens[place].gap:
        return False
    word = scene.tokens[place - 1].text
    known = LEXICON.words("filler") | LEXICON.words("count_verbs") | LEXICON.words("left_ok") | scene.focus.words
    return word not in known and not asks_for(scene, word)


def _this_span(scene: Scene, end: int) -> bool:
    """ "this week 4", "last week 7": the words right before the number say when it was."""
    if scene.tokens[end - 1].text in LEXICON.words("time_nouns") and _several_times(scene):
        return True
    timed = (match for name in ("this_span", "past_phrases", "part_phrases") for match in scene.found(name))
    return any(match.end == end and match.end - match.start > 1 for match in timed)


def _several_times(scene: Scene) -> bool:
    """ "morning 7 night 9": times of day stand before several numbers."""
    starts = (mention.start for mention in scene.mentions if mention.start)
    return sum(scene.tokens[start - 1].text in LEXICON.words("time_nouns") for start in starts) > 1


def _described_time(scene: Scene, place: int) -> bool:
    """ "rough night 8" says how the night was; "night 8" counts it."""
    known = LEXICON.words("describing") | LEXICON.words("adjectives")
    described = place > 0 and not scene.tokens[place].gap and scene.tokens[place - 1].text in known
    return described and scene.tokens[place].text in LEXICON.words("time_nouns")


def _by_the_clock(scene: Scene, place: int) -> bool:
    """ "call me at 5", "took it at 4": a verb of something that is done at an hour, earlier in the clause."""
    while place > 0 and not scene.tokens[place].gap and scene.tokens[place].text not in LEXICON.words("clause_openers"):
        place -= 1
        if scene.tokens[place].text in LEXICON.words("hour_verbs") | LEXICON.words("events"):
            return True
    return False


def _place_word(scene: Scene, mention: Mention, place: int, *, article: bool) -> Verdict | None:
    """ "at a 7", "anda en 5", "down to 4", a "level of 6"; but not "woke at 1" or "a las 7"."""
    word = scene.tokens[place].text
    small = mention.value is not None and mention.value <= _HOURS
    hourly = (
        word in LEXICON.words("at_words")
        and small
        and (scene.question.type == "number" or (not article and _by_the_clock(scene, place)))
    )
    if (article and word in LEXICON.words("to_article")) or hourly:
        return Verdict(OTHER, "an hour")
    if place == 0 or scene.tokens[place].gap:
        return ELSE if word in LEXICON.words("place_only_words") else None
    before = scene.tokens[place - 1].text
    origin = scene.mention_ends(place)
    if origin and moved(scene, origin):
        return None
    if word in LEXICON.words("toward_words"):
        return None if before in LEXICON.words("motion") else ELSE
    if topic := scene.topic(before):
        return Verdict(FREE, "labelled", topic)
    known = LEXICON.words("copula") | LEXICON.words("left_ok") | LEXICON.words("filler") | LEXICON.words("body")
    if article and scene.question.type == "scale":
        known |= LEXICON.words("time_nouns") & scene.focus.words
    return None if before in known | LEXICON.union("aspect_") else Verdict(OTHER, "a moment or a place")
