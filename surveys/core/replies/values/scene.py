"""A reply with its numbers and its question: the look-ups that judging a number needs on both sides of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Token, Tokens
from surveys.core.replies.values.focus import Focus, focus_of
from surveys.core.replies.values.mentions import Mention
from surveys.core.replies.values.segments import time_phrases

FREE, OTHER, POISON, DENIED, UNSURE = "free", "other", "poison", "denied", "unsure"
"""What a number can be: the answer; a count of something else; only near a value; denied; not to be placed."""


class Verdict(NamedTuple):
    """A role with its reason, and the topic the number is labelled with."""

    role: str
    why: str
    topic: str | None = None


ELSE = Verdict(OTHER, "counts something else")


@dataclass(frozen=True)
class Scene:
    """One reply to one question; a cache of the phrases that were looked for."""

    tokens: Tokens
    mentions: tuple[Mention, ...]
    question: Question
    _found: dict[str, list[Match]] = field(default_factory=dict)

    @cached_property
    def focus(self) -> Focus:
        """What the question is about."""
        return focus_of(self.question)

    @cached_property
    def labels_trail(self) -> bool:
        """Whether labels stand behind their numbers here ("5/10 pain 8/10 anxiety")."""
        ahead, behind = self.tokens[: self.mentions[0].start], self.tokens[self.mentions[-1].end :]
        ends = len(self.mentions) == 1 or any(self.topic(token.text) for token in behind)
        return ends and not any(self.topic(token.text) for token in ahead)

    @cached_property
    def times(self) -> list[Match]:
        """The time words of the reply."""
        return time_phrases(self.tokens)

    def token(self, place: int) -> Token | None:
        """The token there if it follows without a break."""
        if place >= len(self.tokens) or self.tokens[place].gap:
            return None
        return self.tokens[place]

    def text(self, place: int) -> str:
        """The word there if it follows without a break, else nothing."""
        token = self.token(place)
        return token.text if token else ""

    def mention_at(self, place: int) -> Mention | None:
        """The number that begins there."""
        return next((each for each in self.mentions if each.start == place), None)

    def mention_ends(self, place: int) -> Mention | None:
        """The number that ends there."""
        return next((each for each in self.mentions if each.end == place), None)

    def in_mention(self, place: int) -> bool:
        """Whether a token is part of a number."""
        return any(each.start <= place < each.end for each in self.mentions)

    def found(self, name: str) -> list[Match]:
        """The matches of a list of phrases."""
        if name not in self._found:
            self._found[name] = phrases(name).all(self.tokens)
        return self._found[name]

    def skip(self, place: int, name: str) -> int:
        """Behind a phrase of the list that begins here, or the same place."""
        if self.token(place) is None:
            return place
        return next((each.end for each in self.found(name) if each.start == place), place)

    def starts(self, place: int, name: str) -> bool:
        """Whether a phrase of the list begins here."""
        return self.skip(place, name) > place

    def ends(self, place: int, name: str) -> bool:
        """Whether a phrase of the list ends here, an article between them not counted ("almost a 5")."""
        last = self.tokens[place - 1]
        bare = place - 1 if last.text in LEXICON.words("article") and not last.gap else place
        return any(match.end in {place, bare} for match in self.found(name))

    def topic(self, word: str) -> str | None:
        """The topic a word names; a word that names several is taken for the one asked about."""
        if word not in LEXICON.union("topic_"):
            return None
        named = [topic for topic in LEXICON.names("topic_") if word in LEXICON.words(topic)]
        return next((topic for topic in named if topic in self.focus.topics), named[0])

    def in_condition(self, place: int) -> bool:
        """ "before meds 4 now": the word before the number ends a phrase about another thing."""
        if self.topic(self.tokens[place].text) != "topic_pills":
            return False
        lead = {token.text for token in self.tokens[max(0, place - 2) : place]}
        return bool(lead & LEXICON.words("condition_leads"))

    def is_unit(self, place: int) -> bool:
        """Whether a unit of anything stands there."""
        return self.text(place) in LEXICON.union("unit_")

    def fits_unit(self, place: int) -> bool:
        """Whether the unit asked for stands there."""
        return self.text(place) in self.focus.units
