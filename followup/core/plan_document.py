"""Plans as documents: read and checked as a whole, every problem with its place and remedy at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar

from followup.core.periods import NotAPeriod, Period, parse_period
from followup.core.plan import Anchor, OutsideWindow, StepRule

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
MOST_STEPS = 60
MOST_REMINDERS = 5
PLAN_FIELDS = frozenset({"key", "name", "session_kind", "steps", "publish"})
STEP_FIELDS = frozenset(
    {
        "key",
        "survey",
        "anchor",
        "offset",
        "local_time",
        "outside_window",
        "shift_limit",
        "weekdays_only",
        "reminders",
        "closes_after",
        "durable",
    }
)
_ZERO = Period()
Choice = TypeVar("Choice", bound=StrEnum)


class InvalidPlan(ValueError):
    """The plan cannot be used; `problems` maps places like `steps[0].offset` to what is wrong there."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{place}: {problem}" for place, problem in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan as it is written in a file or posted."""

    key: str
    name: str
    session_kind: str
    steps: tuple[StepRule, ...]
    publish: bool


def parse_plan(document: object) -> PlanDocument:
    """Read a plan. Raises InvalidPlan with every problem found."""
    if not isinstance(document, Mapping):
        raise InvalidPlan({"": "A plan is an object with key, name, session_kind and steps."})
    reader = _Reader(document, "")
    reader.refuse_unknown(PLAN_FIELDS)
    plan = PlanDocument(
        key=reader.slug("key"),
        name=reader.text("name", 120),
        session_kind=reader.slug("session_kind"),
        steps=_steps(document.get("steps"), reader.problems),
        publish=reader.flag("publish"),
    )
    if reader.problems:
        raise InvalidPlan(reader.problems)
    return plan


def _steps(written: object, problems: dict[str, str]) -> tuple[StepRule, ...]:
    if not isinstance(written, list) or not written:
        problems["steps"] = "A plan needs a list of at least one step."
        return ()
    if len(written) > MOST_STEPS:
        problems["steps"] = f"A plan may have {MOST_STEPS} steps at most."
        return ()
    steps = tuple(_step(step, f"steps[{number}]", problems) for number, step in enumerate(written))
    seen: set[str] = set()
    for number, step in enumerate(steps):
        if step.key in seen:
            problems.setdefault(f"steps[{number}].key", "Another step has this key; keys are unique in a plan.")
        seen.add(step.key)
    return steps


def _step(written: object, place: str, problems: dict[str, str]) -> StepRule:
    if not isinstance(written, Mapping):
        problems[place] = "A step is an object with key, survey, offset and closes_after."
        written = {}
    reader = _Reader(written, place + ".", problems)
    if written:
        reader.refuse_unknown(STEP_FIELDS)
    step = StepRule(
        key=reader.slug("key"),
        survey=reader.slug("survey"),
        anchor=reader.choice("anchor", Anchor, Anchor.ENDED),
        offset=reader.period("offset", required=True) or _ZERO,
        local_time=reader.wall_time("local_time"),
        outside_window=reader.choice("outside_window", OutsideWindow, OutsideWindow.SHIFT),
        shift_limit=reader.period("shift_limit"),
        weekdays_only=reader.flag("weekdays_only"),
        reminders=reader.periods("reminders"),
        closes_after=reader.period("closes_after", required=True) or _ZERO,
        durable=reader.flag("durable"),
    )
    _check_times(step, place, problems)
    return step


def _check_times(step: StepRule, place: str, problems: dict[str, str]) -> None:
    closing = step.closes_after.approximate()
    if closing <= _ZERO.approximate():
        problems.setdefault(f"{place}.closes_after", "Must be longer than nothing: it is the time left for answering.")
    if step.anchor is Anchor.ENDED and step.offset.approximate() < _ZERO.approximate():
        problems.setdefault(f"{place}.offset", "Nothing can be due before a session has ended; use the anchor booked.")
    before = _ZERO.approximate()
    for number, reminder in enumerate(step.reminders):
        at = reminder.approximate()
        where = f"{place}.reminders[{number}]"
        if at >= closing:
            problems.setdefault(where, "Falls after closing; make it shorter than closes_after, or leave it out.")
        elif at <= before:
            problems.setdefault(where, "Must be longer than nothing and than the reminder before it.")
        before = at


@dataclass(slots=True)
class _Reader:
    """Reads typed fields of one object and notes what is wrong with them."""

    written: Mapping[str, Any]
    prefix: str
    problems: dict[str, str] = field(default_factory=dict)

    def _note(self, name: str, problem: str) -> None:
        self.problems.setdefault(self.prefix + name, problem)

    def refuse_unknown(self, known: frozenset[str]) -> None:
        for name in sorted(map(str, self.written.keys() - known)):
            self._note(name, f"Unknown field; there are {', '.join(sorted(known))}.")

    def slug(self, name: str) -> str:
        value = self.written.get(name)
        if not isinstance(value, str) or not SLUG.fullmatch(value):
            self._note(name, "Needed: 1 to 50 small letters, digits, - or _, beginning with a letter or digit.")
            return ""
        return value

    def text(self, name: str, longest: int) -> str:
        value = self.written.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest or "\x00" in value:
            self._note(name, f"Needed: a text of 1 to {longest} characters.")
            return ""
        return value.strip()

    def flag(self, name: str) -> bool:
        value = self.written.get(name)
        if value is not None and not isinstance(value, bool):
            self._note(name, "Write true or false.")
        return value is True

    def choice(self, name: str, choices: type[Choice], default: Choice) -> Choice:
        value = self.written.get(name)
        if value is None:
            return default
        try:
            return choices(value)
        except ValueError:
            self._note(name, f"Choose one of {', '.join(choices)}.")
            return default

    def period(self, name: str, *, required: bool = False) -> Period | None:
        value = self.written.get(name)
        if value in (None, ""):
            if required:
                self._note(name, "Needed: a period as ISO 8601, like PT24H.")
            return None
        return self._period(name, value)

    def _period(self, name: str, value: object) -> Period | None:
        try:
            return parse_period(value)
        except NotAPeriod as error:
            self._note(name, str(error))
            return None

    def periods(self, name: str) -> tuple[Period, ...]:
        value = self.written.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MOST_REMINDERS:
            self._note(name, f'Write a list of at most {MOST_REMINDERS} periods, like ["PT4H"].')
            return ()
        read = [self._period(f"{name}[{number}]", item) for number, item in enumerate(value)]
        return tuple(period for period in read if period is not None)

    def wall_time(self, name: str) -> time | None:
        value = self.written.get(name)
        if value in (None, ""):
            return None
        try:
            at = time.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is not None:
            self._note(name, "Write a local time of day like 10:00, without a zone.")
            return None
        return at.replace(microsecond=0)
