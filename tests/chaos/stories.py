"""Patients with a script: what each will be asked, what each answers, and what must be in the books at the end."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime

from messaging.operations.texts import control_text
from surveys import library
from surveys.core import conversation
from surveys.core.definition import restore
from surveys.core.effects import KeepAnswer, Say
from surveys.core.wording import Voice
from tests.factories.clinics import make_clinic
from tests.factories.patients import number
from tests.factories.plans import make_plan

SURVEY = "pulse"
AREAS = ("618", "314", "217", "636", "312", "773", "212", "415", "206", "503")
MOST_STORIES = 100 * len(AREAS)
DANGER = "I want to kill myself"
ANSWERS = (("6", "7"), ("about a 4", "8"), ("7/10", "five"), ("no idea what you mean", "3", "6"), ("2", "banana", "9"))
ENDINGS = (("STOP",), (DANGER,))


@dataclass(slots=True)
class Story:
    """One patient. `texts` is every text that must reach the phone, once each; `prompts` those that ask for a reply."""

    reference: str
    phone: str
    replies: tuple[str, ...]
    texts: list[str]
    prompts: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # how many answers each reply gives
    completes: bool = False
    sids: list[str] = field(default_factory=list)  # what the provider called each reply, once it was sent


@dataclass(frozen=True, slots=True)
class Town:
    """The clinic as far as the script needs it."""

    clinic_id: str
    voice: Voice
    stop: str
    zone: str


def found(now: datetime) -> Town:
    """Make the clinic: open at any hour, its plan asks as soon as a care session ends."""
    clinic = make_clinic("chaos", now=now, time_zone="UTC", send_window=[["00:00", "24:00"]] * 7)
    make_plan(clinic, now=now)
    voice = Voice(clinic_name=clinic.short_name, clinic_phone=clinic.phone, language="en")
    stop = control_text("SVC-STOP", clinic=clinic, language="en")
    return Town(str(clinic.pk), voice, stop, clinic.time_zone)


def stories(count: int, town: Town, seed: int) -> list[Story]:
    """`count` patients; of each ten one says STOP, one is in danger, the others answer, some at the second try."""
    chance = random.Random(seed)
    scripts = [ENDINGS[place % 10] if place % 10 < len(ENDINGS) else chance.choice(ANSWERS) for place in range(count)]
    return [_story(place, replies, town) for place, replies in enumerate(scripts)]


def _story(place: int, replies: tuple[str, ...], town: Town) -> Story:
    """What the engine, which is pure, makes of the script when nothing at all goes wrong."""
    survey, say = restore(library.document(SURVEY)), town.voice.say
    phone = number(place, area=AREAS[place // 100])
    story = Story(f"P-{place:04}", phone, replies, [say("SVC-OPTIN"), say("SVC-NOTMON")])
    turn = conversation.begin(survey, voice=town.voice)
    _hear(story, turn)
    if replies in ENDINGS:
        story.texts.append(town.stop if replies == ("STOP",) else say("SAFE-CRISIS"))
        story.answers = [0]
        return story
    for text in replies:
        turn = conversation.reply(survey, turn.state, text, voice=town.voice, now=None)
        story.answers.append(sum(isinstance(effect, KeepAnswer) for effect in turn.effects))
        _hear(story, turn)
    story.completes = turn.state.ended
    return story


def _hear(story: Story, turn: conversation.Turn) -> None:
    says = [effect for effect in turn.effects if isinstance(effect, Say)]
    story.texts += [say.text for say in says]
    story.prompts += [say.text for say in says if say.kind in ("question", "reask", "confirm")]
