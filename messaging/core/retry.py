"""What follows from each error of the provider: a table with a default, not hope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Act(StrEnum):
    """What is done about a text that was refused or not delivered."""

    RETRY = "retry"
    CONTACT = "contact"  # the number cannot be texted: staff are told
    OPTED_OUT = "opted_out"
    SENDER = "sender"  # our sender is refused: nothing leaves from it, operations are told
    BUG = "bug"  # we built a wrong request: no retry
    WAIT = "wait"  # a limit of the sender that ends by itself: what is routine waits for that
    FILTERED = "filtered"  # the carrier took it for spam: the sender's fault when it happens often, else the number's
    BLOCKED = "blocked"  # by the recipient or the carrier: an opt-out where we know of one, else the number's fault
    GIVE_UP = "give_up"  # tried often enough


@dataclass(frozen=True, slots=True)
class Rule:
    """`delays` are the pauses before the second, third ... try; after them comes `then`.

    `endless`: the last delay repeats until the text has expired. `elsewhere`: the next try goes by another sender.
    `rest`: how long a sender's limit lasts, None being until the clinic's next day.
    """

    then: Act
    delays: tuple[timedelta, ...] = ()
    endless: bool = False
    elsewhere: bool = False
    rest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do now; `delay` is there exactly when the text is tried again by itself."""

    act: Act
    delay: timedelta | None = None
    elsewhere: bool = False
    rest: timedelta | None = None


def _minutes(*figures: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=figure) for figure in figures)


UNREACHABLE = "unreachable"
"""Our word: no connection to the provider came about, so the text certainly did not leave."""

ABSENT = "absent"
"""Our word: the outcome was unknown and the provider's list shows that it never had the text."""

STOP_MINUTES = 15
"""How long a refused sender rests before one more try shows whether it was mended."""

BACK_OFF = Rule(Act.GIVE_UP, _minutes(1, 5, 30))
CONTACT = Rule(Act.CONTACT)
SENDER = Rule(Act.SENDER)
BUG = Rule(Act.BUG)
WAIT_AN_HOUR = Rule(Act.WAIT, rest=timedelta(hours=1))
WAIT_FOR_TOMORROW = Rule(Act.WAIT)
UNKNOWN = Rule(Act.CONTACT, _minutes(5))

# Clinical content, section 6.6. Bare HTTP statuses stand for answers that carried no code of the provider's.
RULES: dict[str, Rule] = {
    UNREACHABLE: Rule(Act.GIVE_UP, _minutes(0.25, 0.5, 1, 2, 5), endless=True),
    ABSENT: Rule(Act.GIVE_UP, _minutes(0, 1, 5, 30)),  # it has waited for the proof already
    **dict.fromkeys(("429", "20429", "30001", "30500", "63017"), BACK_OFF),
    **dict.fromkeys(("401", "403", "404", "407", "20003", "20404"), SENDER),
    **dict.fromkeys(("21408", "21603", "21606", "21608", "21703", "30002", "30024", "30032", "30034"), SENDER),
    **dict.fromkeys(("21211", "21614", "21635", "30005"), CONTACT),
    **dict.fromkeys(("21602", "21617", "11200", "12300", "90007"), BUG),
    **{str(code): BUG for code in range(35111, 35119)},
    **dict.fromkeys(("21611", "30035", "63038"), WAIT_AN_HOUR),
    **dict.fromkeys(("30022", "30023", "30027"), WAIT_FOR_TOMORROW),
    "21610": Rule(Act.OPTED_OUT),
    "21612": Rule(Act.CONTACT, _minutes(1), elsewhere=True),
    "30004": Rule(Act.BLOCKED),
    "30007": Rule(Act.FILTERED),
    "30003": Rule(Act.CONTACT, _minutes(120, 720)),
    "30006": Rule(Act.CONTACT, _minutes(30)),
    "30008": Rule(Act.CONTACT, _minutes(5)),
    "30036": BACK_OFF,
    "30450": Rule(Act.CONTACT, _minutes(30)),
}


def is_known(code: str) -> bool:
    """Whether the table has a line for `code`; what follows from any other is a guess that operations should see."""
    return code in RULES


def decide(code: str, tried: int, *, retry_after: float | None = None) -> Verdict:
    """What to do after `code` ended try number `tried` (from 1); `retry_after`: seconds the provider asked for."""
    rule = RULES.get(code, UNKNOWN)
    if tried > len(rule.delays) and not rule.endless:
        return Verdict(rule.then, rest=rule.rest)
    delay = rule.delays[min(tried, len(rule.delays)) - 1]
    if retry_after is not None:
        # The provider's word counts; asked again and again it must not use up all tries within seconds.
        asked = timedelta(seconds=retry_after)
        delay = asked if tried == 1 else max(asked, delay)
    return Verdict(Act.RETRY, delay, elsewhere=rule.elsewhere)


MOST_FILTERED = 0.02
"""Share of an hour's texts of one sender beyond which filtering is the sender's fault (clinical content, 30007)."""

LEAST_FILTERED = 2
"""A single filtered text blames nobody: a quiet clinic would lose its only sender to it (house choice)."""


def is_sender_filtered(filtered: int, sent: int) -> bool:
    """Whether `filtered` of the `sent` texts of the last hour blame the sender rather than single numbers."""
    return filtered >= LEAST_FILTERED and filtered > MOST_FILTERED * sent
