"""Scripted patients: how they fare, whether they answer, and how they put it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from surveys.core.definition import Option, Question

WORDS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
}
PHRASES = {
    "en": ("{n}", "{n}", "{n}", "{n}/10", "about a {n}", "{w}", "maybe {n}", "its a {n} today", "{n}."),
    "es": ("{n}", "{n}", "{n}", "{n}/10", "como {n}", "{w}", "creo que {n}", "un {n} hoy", "{n}."),
}
"""How a number is put; every other way is plain, as in real replies."""
UNCLEAR = {
    "en": ("not great", "same as before", "between 5 and 6", "ok i guess", "better"),
    "es": ("más o menos", "igual que antes", "entre 5 y 6", "regular", "mejor"),
}
"""What cannot be read as a value, so that the service asks again."""
ASIDES = {
    "en": ("can i get my next appointment moved to friday?", "thank you for checking on me", "my ride was late today"),
    "es": ("¿puedo cambiar mi cita al viernes?", "gracias por preguntar", "llegué tarde hoy"),
}
ITCHY_SIDE_EFFECTS = ("1", "3", "6", "7")
DAYS_OF_RELIEF = 28


@dataclass(slots=True)
class Persona:
    """One scripted patient. Rates run from 0 to 1; `relief` is the share of pain that a session takes away at best."""

    number: str
    language: str
    baseline: float
    mood: float
    relief: float
    answering: float
    unclear: float
    hours_since_session: float = 0.0
    severe: bool = False
    last_words: str = ""
    asides: int = field(default=0)

    def pain(self, rng: Random) -> int:
        """Pain now: the relief of the last session fades over DAYS_OF_RELIEF."""
        left = max(0.0, 1 - self.hours_since_session / 24 / DAYS_OF_RELIEF)
        return _clamp(self.baseline * (1 - self.relief * left) + rng.gauss(0, 0.6), 0, 10)

    def mood_now(self, rng: Random) -> int:
        """Mood now: better while the relief lasts."""
        left = max(0.0, 1 - self.hours_since_session / 24 / DAYS_OF_RELIEF)
        return _clamp(self.mood + 2.5 * self.relief * left + rng.gauss(0, 0.7), 3, 10)

    def reply(self, question: Question, rng: Random) -> str:
        """What the patient writes to a question; sometimes something that cannot be read."""
        if question.type in {"scale", "number", "single_choice"} and rng.random() < self.unclear:
            return rng.choice(UNCLEAR[self.language])
        value = self._value(question, rng)
        if question.type in {"scale", "number"} and question.max == 10:
            phrase = rng.choice(PHRASES[self.language])
            return phrase.format(n=value, w=WORDS[self.language][int(value)])
        return str(value)

    def aside(self, rng: Random) -> str:
        """Something that is no answer, for the inbox."""
        return rng.choice(ASIDES[self.language])

    def _value(self, question: Question, rng: Random) -> Any:
        if question.key.startswith("pain") or question.key == "peg_p":
            return self.pain(rng)
        if question.key == "mood":
            return self.mood_now(rng)
        if question.key == "se_gate":
            return "3" if self.severe else self._side_effect(rng)
        if question.key == "se_which":
            return rng.choice(ITCHY_SIDE_EFFECTS)
        if question.key == "se_trend":
            return "2" if self.severe else "1"
        if question.key == "relief_pct":
            return _clamp(100 * self.relief + rng.gauss(0, 8), 0, 100)
        return self._typical(question, rng)

    def _side_effect(self, rng: Random) -> str:
        return "1" if self.hours_since_session < 30 and rng.random() < 0.35 else "0"

    def _typical(self, question: Question, rng: Random) -> Any:
        """A mild answer to any other question."""
        if question.options and question.type in {"single_choice", "multi_choice"}:
            return _mild(question.options, rng).code
        if question.type == "yes_no":
            return {"en": "no", "es": "no"}[self.language]
        if question.type in {"scale", "number"}:
            low, high = question.min or 0, question.max if question.max is not None else 10
            return _clamp(low + (high - low) * 0.3 + rng.gauss(0, 1), low, high)
        return {"time": "9:30 pm", "date": "today"}.get(question.type, self.aside(rng))


def _mild(options: tuple[Option, ...], rng: Random) -> Option:
    return options[min(len(options) - 1, int(rng.random() * 2))]


def _clamp(value: float, low: float, high: float) -> int:
    return round(min(max(value, low), high))


def make_persona(number: str, language: str, rng: Random) -> Persona:
    """A patient drawn at random: about two in three respond to treatment, and most answer most texts."""
    responds = rng.random() < 0.65
    return Persona(
        number=number,
        language=language,
        baseline=rng.uniform(5.5, 8.5),
        mood=rng.uniform(4.5, 7),
        relief=rng.uniform(0.35, 0.7) if responds else rng.uniform(0, 0.2),
        answering=rng.choice((0.9, 0.8, 0.7, 0.6, 0.4)),
        unclear=rng.choice((0.0, 0.03, 0.06)),
    )
