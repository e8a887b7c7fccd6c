"""Judges each number of a reply: can it be the answer, does it belong to something else, or does it only bound or deny one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.focus import Focus, focus_of
from surveys.core.replies.values.mentions import Mention

FREE, OTHER, POISON, DENIED, UNSURE = "free", "other", "poison", "denied", "unsure"
_JOINERS = frozenset({"/", "and", "or", "y", "o", "u", "to", "-", "n", "then"})
_OF_WORDS = frozenset({"of", "out", "de", "sobre", "over", "in", "on", "/", "from"})
_RANGE_WORDS = frozenset({"-", "to", "a", "al", "or", "o", "u", "~", "/", "thru", "through", "and/or", "hasta", "vs"})
_PLACE_WORDS = frozenset({"at", "en", "of", "de", "to", "a", "in", "on", "for"})
_MINUS = "-"
_NO_COUNT_NOUN = ("ing", "ly", "ed", "ful", "ado", "ido", "oso", "osa", "mente", "ando", "iendo")
"""Endings of words that cannot be counted: "5 hanging in there" is a 5, "5 hangers" are hangers."""


@dataclass(frozen=True)
class Judged:
    """A number, its role, the place behind everything that belongs to it, and the topic it is labelled with."""

    mention: Mention
    role: str
    end: int
    why: str
    topic: str | None = None


@dataclass(frozen=True)
class Judge:
    """Judges the numbers of one reply to one question."""

    tokens: Tokens
    mentions: tuple[Mention, ...]
    question: Question
    denominators: set[int] = field(default_factory=set)
    found: dict[str, list[Match]] = field(default_factory=dict)

    @cached_property
    def focus(self) -> Focus:
        """What the question is about."""
        return focus_of(self.question)

    def judge_all(self) -> list[Judged]:
        """All numbers but those that only say how long the scale is."""
        judged = [self._judge(mention) for mention in self.mentions]
        return self._joined([each for each in judged if each.mention.start not in self.denominators])

    def _joined(self, judged: list[Judged]) -> list[Judged]:
        """ "woke at 1 and 5", "2 and 3 pills": numbers joined by a bare "and" count the same thing."""
        for first, second in ((judged, judged[1:]), (judged[::-1], judged[-2::-1])):
            for place, (source, target) in enumerate(zip(first, second, strict=False)):
                low, high = sorted((source, target), key=lambda each: each.mention.start)
                between = [token.text for token in self.tokens[low.end : high.mention.start]]
                if source.role in {OTHER, POISON} and target.role == FREE and target.topic is None and len(between) == 1:
                    if between[0] in _JOINERS and not self.tokens[high.mention.start].gap:
                        at = judged.index(target)
                        judged[at] = replace(target, role=source.role, why=source.why)
                        second = judged[1:] if place >= 0 and first is judged else second
        return judged

    # -- one number ---------------------------------------------------------------------------------------------------

    def _judge(self, mention: Mention) -> Judged:
        if mention.value is None:
            return Judged(mention, OTHER, mention.end, "a clock time or date")
        if mention.form == "counting" and self.question.type == "scale" and mention.value < 3:
            return Judged(mention, OTHER, mention.end, "once or twice counts something else")
        if mention.start and not self.tokens[mention.start].gap and self._ends(mention.start, "not_before"):
            return Judged(mention, *self._not(mention))
        end, verdict = self._right(mention)
        if verdict is None:
            verdict = self._left(mention)
        role, why, topic = verdict or (FREE, "stands for itself", None)
        if role == FREE and topic is None:
            topic = self._label(mention, end)
        if role == POISON and topic is None:
            topic = self._label(mention, end)
        if topic is not None and topic not in self.focus.topics:
            role, why = OTHER, "labelled for something else"
        if self.question.type == "number" and role == FREE and self._verb_denied(mention):
            role, why = DENIED, "denied"
        if topic in LEXICON.words("score_topics") and self.question.type == "number" and not self._has_unit(mention, end):
            role, why = OTHER, "a score beside a count"
        aspect = self._aspect(mention)
        if aspect and self.question.type == "scale" and aspect not in self.focus.aspects:
            role, why = OTHER, "the worst, the best or the average, which was not asked"
        return Judged(mention, role, end, why, topic)

    def _token(self, place: int) -> Token | None:
        """The token there if it follows without a break."""
        if place >= len(self.tokens) or self.tokens[place].gap:
            return None
        return self.tokens[place]

    def _mention_at(self, place: int) -> Mention | None:
        return next((each for each in self.mentions if each.start == place), None)

    # -- to the right -------------------------------------------------------------------------------------------------

    def _right(self, mention: Mention) -> tuple[int, tuple[str, str, str | None] | None]:
        end, verdict = self._out_of(mention)
        if verdict:
            return end, verdict
        for step in (self._glued_letters, self._unit):
            end, verdict = step(mention, end)
            if verdict:
                return end, verdict
        if end > mention.end and end - mention.end >= 2 and self.denominators & {end - 1} and mention.value != self.question.max:
            return end, None
        if self._rate(end):
            return end, (POISON, "a rate, not a count", None)
        hedged = self._skip(end, "hedge_after")
        if hedged == end and self._starts(end, "one_sided_after"):
            return end, (POISON, "only a bound", None)
        verdict = self._range(mention, hedged) or self._neighbour(mention, hedged)
        return hedged, verdict

    def _skip(self, place: int, name: str) -> int:
        """Behind a phrase of the list that begins here, or the same place."""
        if self._token(place) is None:
            return place
        match = next((each for each in self._found(name) if each.start == place), None)
        return match.end if match else place

    def _starts(self, place: int, name: str) -> bool:
        return self._skip(place, name) > place

    def _found(self, name: str) -> list[Match]:
        if name not in self.found:
            self.found[name] = phrases(name).all(self.tokens)
        return self.found[name]

    def _out_of(self, mention: Mention) -> tuple[int, tuple[str, str, str | None] | None]:
        """N/10, "N out of 10": the second number is the length of the scale."""
        place = mention.end
        token = self._token(place)
        if token is None or token.text not in _OF_WORDS:
            return mention.end, None
        while (following := self._token(place)) and following.text in _OF_WORDS:
            place += 1
        second = self._mention_at(place)
        if second is None or self._token(place) is None:
            return mention.end, None
        if second.value == self.question.max and mention.value is not None:
            self.denominators.add(second.start)
            return second.end, None
        if self.tokens[mention.end].text in {"in", "on", "over", "from"}:
            return mention.end, None
        return mention.end, (POISON, "a different scale or a fraction", None)

    def _glued_letters(self, mention: Mention, end: int) -> tuple[int, tuple[str, str, str | None] | None]:
        token = self._token(end)
        if token is None or not token.glued:
            return end, None
        if token.kind == "number" and mention.form in {"words", "letters"}:
            return end, (OTHER, "part of a code", None)
        if token.kind != "word" or mention.form not in {"figures", "decimal"}:
            return end, None
        if token.text in LEXICON.words("hedge_suffix"):
            return end + 1, None
        if token.text in self.focus.units or self._is_unit(token.text) or len(token.text) > 3:
            return end, None
        return end, (OTHER, "part of a code or a unit", None)

    def _unit(self, mention: Mention, end: int) -> tuple[int, tuple[str, str, str | None] | None]:
        token = self._token(end)
        if token is None:
            return end, None
        if token.text == "-" and (behind := self._token(end + 1)) and self._is_unit(behind.text):
            return end, (OTHER, "counts something else", None)
        if token.text in self.focus.units and token.text not in LEXICON.words("right_ok"):
            return self._fitting_unit(mention, end)
        if token.text in LEXICON.words("unit_percent") and (self.question.min, self.question.max) == (0, 100):
            return end + 1, None
        if token.text == "x" and token.glued and self.focus.counts:
            return end + 1, None
        if token.text in LEXICON.words("unit_degree_c") and self._fahrenheit() or token.text in LEXICON.words("unit_percent"):
            return end, (POISON, "a different unit", None)
        if token.text in LEXICON.words("unit_points"):
            behind = self._token(end + 1)
            differs = behind is not None and behind.text in LEXICON.words("comparative")
            return end + 1, (POISON, "a difference, not a score", None) if differs else None
        if token.text in LEXICON.words("comparative") and not self._starts(end, "hedge_after"):
            return end, (POISON, "a difference, not a score", None)
        if self._is_unit(token.text) and not (token.text in {"x", "h"} and not token.glued):
            return end, (OTHER, "counts something else", None)
        return end, None

    def _fahrenheit(self) -> bool:
        return "f" in self.focus.units

    def _fitting_unit(self, mention: Mention, end: int) -> tuple[int, tuple[str, str, str | None] | None]:
        """"5.5 hrs", "2 times"; "6 hours 30 minutes" would need arithmetic, "3 hours ago" is a moment."""
        place = end
        while (token := self._token(place)) and token.text in self.focus.units:
            place += 1
        token = self._token(place)
        if token and token.text in {"ago", "atras", "before", "later", "antes"}:
            return place, (OTHER, "a moment", None)
        if token and token.text in LEXICON.words("unit_degree_c"):
            return place, (POISON, "a different unit", None)
        following = self._token(place + 1) if token and token.text in {"and", "y"} else token
        at = place + 1 if token and token.text in {"and", "y"} else place
        second = self._mention_at(at)
        if following and second and self._is_unit(self.tokens[second.end].text if second.end < len(self.tokens) else ""):
            return place, (POISON, "two quantities that would have to be added", None)
        half = following is not None and any(
            each.text in {"half", "media", "medio"} for each in self.tokens[at : at + 2] if token and token.text in {"and", "y"}
        )
        return place, (POISON, "a half after its unit", None) if half else None

    def _has_unit(self, mention: Mention, end: int) -> bool:
        return any(each.text in self.focus.units for each in self.tokens[mention.end : max(end, mention.end + 1)])

    def _is_unit(self, word: str) -> bool:
        return word in LEXICON.union("unit_")

    def _rate(self, end: int) -> bool:
        """ "2 every 6 hours", "3 a day"."""
        token, behind = self._token(end), self._token(end + 1)
        if token is None:
            return False
        if token.text in {"every", "per", "each", "cada"}:
            return True
        periods = LEXICON.words("unit_time")
        return token.text in {"a", "an", "al", "por"} and behind is not None and behind.text in periods

    def _range(self, mention: Mention, end: int) -> tuple[str, str, str | None] | None:
        token = self._token(end)
        if token is None or token.text not in _RANGE_WORDS or self._token(end + 1) is None:
            return None
        place = end + 1
        while (following := self._token(place)) and following.text in LEXICON.words("article") | LEXICON.words("hedge"):
            place += 1
        second = self._mention_at(place) if self._token(place) else None
        if second is None or second.value == mention.value:
            return None
        behind = self.tokens[second.end] if second.end < len(self.tokens) else None
        if behind and not behind.gap and self._is_unit(behind.text) and behind.text not in self.focus.units | {"points"}:
            return OTHER, "a span of something else", None
        return POISON, "a range or an either-or", None

    def _neighbour(self, mention: Mention, end: int) -> tuple[str, str, str | None] | None:
        token = self._token(end)
        if token is None or token.kind != "word" or self._mention_at(end):
            return (POISON, "only a bound", None) if token and token.text == "+" else None
        topic = self._topic(token.text)
        if topic and self.tokens[mention.start].text in {"one", "una", "uno"}:
            return OTHER, "counts something else", None
        if topic and self._labels_trail:
            return (FREE, "labelled", topic) if self._left_free(mention) else None
        if topic:
            return None
        if token.text in {"of", "de"} and self.question.type == "scale":
            behind = self._token(end + 1)
            return None if behind and self._topic(behind.text) else (OTHER, "a count of something", None)
        known = LEXICON.words("right_ok") | LEXICON.words("hedge") | LEXICON.words("body") | LEXICON.words("filler")
        if end > mention.end and any(each.text in self.focus.units for each in self.tokens[mention.end : end]):
            return None
        if token.text in known or token.text in self.focus.words or self._starts(end, "self_corrections"):
            return None
        if token.text.endswith(_NO_COUNT_NOUN) and len(token.text) > 4:
            return None
        return OTHER, "counts something else", None

    # -- to the left --------------------------------------------------------------------------------------------------

    def _left_free(self, mention: Mention) -> bool:
        return self._left(mention) is None

    def _left(self, mention: Mention) -> tuple[str, str, str | None] | None:
        start = mention.start
        if start == 0:
            return None
        if self.tokens[start].gap:
            return None
        before = self.tokens[start - 1]
        if self._ends(start, "self_corrections"):
            return None
        if before.text == _MINUS:
            return self._minus(mention)
        if before.text == "^":
            return POISON, "not a plain number", None
        if self._ends(start, "one_sided_before"):
            return POISON, "only a bound", None
        if before.kind == "word" and self.tokens[start].glued and mention.form != "words":
            return self._code(before)
        return self._word_before(start)

    def _not(self, mention: Mention) -> tuple[str, int, str]:
        """ "6 not 8" denies the 8; in "6 no 7" the no may deny either."""
        start = mention.start
        lone = self.tokens[start - 1].text in {"no", "nor", "ni"} and any(each.end == start - 1 for each in self.mentions)
        return (POISON, mention.end, "a lone no between two numbers") if lone else (DENIED, mention.end, "denied")

    def _ends(self, place: int, name: str) -> bool:
        bare = place - 1 if self.tokens[place - 1].text in LEXICON.words("article") and not self.tokens[place - 1].gap else place
        return any(match.end in {place, bare} for match in self._found(name))

    def _minus(self, mention: Mention) -> tuple[str, str, str | None] | None:
        start = mention.start
        minus = self.tokens[start - 1]
        value = next(each.value for each in self.mentions if each.start == start)
        if start >= 2 and not minus.gap and any(each.end == start - 1 and each.value != value for each in self.mentions):
            return POISON, "a range or an either-or", None
        negative = self.tokens[start].glued and not minus.glued
        return (POISON, "a negative number", None) if negative else None

    def _code(self, before: Token) -> tuple[str, str, str | None] | None:
        """"L4" is a vertebra; "pain7" a label without its space."""
        topic = self._topic(before.text)
        if topic:
            return FREE, "labelled", topic
        known = before.text in LEXICON.words("copula") and len(before.text) > 1
        return None if known else (OTHER, "part of a code", None)

    def _word_before(self, start: int) -> tuple[str, str, str | None] | None:
        place, article = start - 1, False
        if self.tokens[start - 1].text == "las":
            return OTHER, "an hour", None
        skip = LEXICON.words("article") | LEXICON.words("hedge") | {"#", "=", "~", "*", "s"}
        while place >= 0 and self.tokens[place].text in skip:
            article = article or self.tokens[place].text in {"a", "an", "un", "una", "como"}
            if self.tokens[place].gap:
                return None
            place -= 1
        if place < 0:
            return None
        word = self.tokens[place].text
        if self.tokens[place].kind != "word" or word in LEXICON.words("body") or self._is_aspect(word):
            return None
        if any(each.end == place + 1 for each in self.mentions):
            return None
        if self._in_condition(place):
            return None
        if word == "a" or (word in _PLACE_WORDS and not self._topic(word)):
            return self._place_word(place, article=article)
        if topic := self._topic(word):
            return None if self._labels_trail else (FREE, "labelled", topic)
        value = next(each.value for each in self.mentions if each.start == start)
        return self._judge_word(word, value, article=article)

    def _is_aspect(self, word: str) -> bool:
        return word in LEXICON.union("aspect_")

    def _in_condition(self, place: int) -> bool:
        """ "before meds 4 now": the word before the number ends a phrase about another thing."""
        if self._topic(self.tokens[place].text) != "topic_pills":
            return False
        lead = [token.text for token in self.tokens[max(0, place - 2) : place]]
        return bool({"before", "after", "without", "with", "off", "antes", "despues", "sin", "con"} & set(lead))

    def _judge_word(self, word: str, mention_value: float | None, *, article: bool) -> tuple[str, str, str | None] | None:
        if self.focus.counts or self.question.type == "number":
            if word in LEXICON.words("count_verbs") or word in self.focus.words:
                return None
        if article and word not in LEXICON.words("strong_negation"):
            return None
        if word in {"all", "full", "todos", "los"} and mention_value == self.question.max:
            return None
        if word in LEXICON.words("takers"):
            return OTHER, "counts something else", None
        known = LEXICON.words("left_ok") | LEXICON.words("copula") | LEXICON.words("filler")
        return None if word in known else (UNSURE, "belongs to a word before it", None)

    def _place_word(self, place: int, *, article: bool) -> tuple[str, str, str | None] | None:
        """"at a 7", "anda en 5", "down to 4", a "level of 6"; but not "woke at 1" or "a las 7"."""
        word, before = self.tokens[place].text, self.tokens[place - 1] if place else None
        if word in {"at", "around"} and self.question.type == "number" and self._may_be_hour(place):
            return OTHER, "an hour", None
        if article and word in {"a"}:
            return OTHER, "an hour", None
        if before is None or self.tokens[place].gap:
            return (OTHER, "belongs to something else", None) if word in {"in", "to", "for", "on"} else None
        if word in {"to", "a"}:
            return None if before.text in LEXICON.words("motion") else (OTHER, "belongs to something else", None)
        topic = self._topic(before.text)
        if topic:
            return FREE, "labelled", topic
        known = LEXICON.words("copula") | LEXICON.words("left_ok") | LEXICON.words("filler") | LEXICON.words("body")
        if self._is_aspect(before.text):
            return None
        return None if before.text in known else (OTHER, "a moment or a place", None)

    def _may_be_hour(self, place: int) -> bool:
        following = next((each for each in self.mentions if each.start > place), None)
        return following is not None and following.value is not None and following.value <= 24

    # -- labels -------------------------------------------------------------------------------------------------------

    def _topic(self, word: str) -> str | None:
        """The topic a word names; a word that names several is taken for the one asked about."""
        if word not in LEXICON.union("topic_"):
            return None
        named = [topic for topic in LEXICON.names("topic_") if word in LEXICON.words(topic)]
        fitting = [topic for topic in named if topic in self.focus.topics]
        return (fitting or named or [None])[0]

    def _aspect(self, mention: Mention) -> str | None:
        """worst, average or best said of this number, before it in its clause or right after it."""
        for place in range(mention.start - 1, -1, -1):
            if any(each.start <= place < each.end for each in self.mentions):
                break
            for name in LEXICON.names("aspect_"):
                if self.tokens[place].text in LEXICON.words(name):
                    return name
            if self.tokens[place].gap or self.tokens[place + 1].gap:
                break
        following = self._token(mention.end)
        behind = self._token(mention.end + 1) if following and following.text in {"on", "at", "en"} else following
        return next((name for name in LEXICON.names("aspect_") if behind and behind.text in LEXICON.words(name)), None)

    def _label(self, mention: Mention, end: int) -> str | None:
        """The nearest topic word before the number in its clause, or just after it ("8 for mood")."""
        if self._labels_trail and (trailing := self._trailing_label(mention, end)):
            return trailing
        for place in range(mention.start - 1, -1, -1):
            if any(each.start <= place < each.end for each in self.mentions):
                break
            topic = self._topic(self.tokens[place].text)
            if topic and not self._in_condition(place):
                return topic
            if self.tokens[place].gap == "." or self.tokens[place].text in LEXICON.words("clause_openers"):
                break
            if self.tokens[place].gap:
                break
            if self.tokens[place + 1].gap and not self._only_a_label(place):
                break
        return self._trailing_label(mention, end)

    def _only_a_label(self, last: int) -> bool:
        """Whether the clause that ends here is nothing but a label, as in "Pain: 7"."""
        start = next((place for place in range(last, -1, -1) if self.tokens[place].gap), 0)
        idle = LEXICON.words("filler") | LEXICON.union("topic_") | LEXICON.words("copula")
        return all(token.text in idle for token in self.tokens[start : last + 1])

    def _verb_denied(self, mention: Mention) -> bool:
        """ "haven't needed one": a denied verb within three words before the count."""
        for place in range(mention.start - 1, max(-1, mention.start - 4), -1):
            if self.tokens[place + 1].gap:
                return False
            if self.tokens[place].text in LEXICON.words("denied_verbs"):
                return True
        return False

    @cached_property
    def _labels_trail(self) -> bool:
        """Whether labels stand behind their numbers here ("5/10 pain 8/10 anxiety")."""
        return not any(self._topic(token.text) for token in self.tokens[: self.mentions[0].start])

    def _trailing_label(self, mention: Mention, end: int) -> str | None:
        following = self._token(end)
        if following and (end > mention.end or self._labels_trail) and (direct := self._topic(following.text)):
            return direct
        if following and following.text in {"for", "on", "en", "de", "para"} and (behind := self._token(end + 1)):
            return self._topic(behind.text)
        return None
