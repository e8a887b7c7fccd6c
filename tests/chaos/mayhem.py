"""What is done to the service: kills at random and just after an accept, an emptied and a stopped broker, a database
that restarts.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tests.chaos.processes import BEATS, WEB, WORKERS, Parts
from tests.standin import StandIn

ACCEPT_SECONDS = 20
"""How long to wait for a text to be accepted; when none is, the workers are killed all the same."""

JUST_AFTER = 0.03
CALM_SECONDS = (0.1, 0.9)
PACE_SECONDS = 4.0
"""How long a blow waits for texts to keep up with the kills, so that there is something to hit until the last."""

LONG_ABSENCE = 20.0
"""How long a server stays away the second time it is stopped: longer than anything waits for it."""

ROUND = ("accept", "flush", "web", "Valkey", "accept", "PostgreSQL", "beat", "accept", "worker", "child")
"""The blows of one round; every round comes in an order of its own, but for the first."""

Say = Callable[[str], None]


class Mayhem:
    """Deals blows until `kills` processes have been killed, while `planned` texts go out."""

    def __init__(self, parts: Parts, provider: StandIn, *, kills: int, planned: int, seed: int, say: Say) -> None:
        self.parts = parts
        self.provider = provider
        self.wanted = kills
        self.planned = planned
        self.killed = 0
        self.dealt: Counter[str] = Counter()
        self.in_hand = 0  # texts that were accepted and not yet answered when their worker was killed
        self._random = random.Random(seed)
        self._say = say

    def rage(self, before_each: Callable[[float], None]) -> None:
        """Deal all blows; `before_each` is told how much of the kills is over, from 0 to 1."""
        for blow in self._blows():
            before_each(self.killed / self.wanted)
            self._let_texts_keep_up()
            time.sleep(self._random.uniform(*CALM_SECONDS))
            self.parts.revive()
            self._deal(blow)
            self.dealt[blow] += 1
            self._say(f"{self.killed:4} of {self.wanted} kills, {len(self.provider.books.taken())} texts: {blow}")
            if self.killed >= self.wanted:
                return

    def _let_texts_keep_up(self) -> None:
        deadline = time.monotonic() + PACE_SECONDS
        while len(self.provider.books.taken()) < self.planned * self.killed / self.wanted:
            if time.monotonic() > deadline:
                return
            time.sleep(0.02)

    def _blows(self) -> Iterator[str]:
        blows = list(ROUND)
        while True:
            yield from (blow for blow in blows if self._possible(blow))
            self._random.shuffle(blows)

    def _possible(self, blow: str) -> bool:
        """Servers that others gave us are not ours to stop or to empty."""
        server = {"flush": "Valkey"}.get(blow, blow)
        return server not in ("Valkey", "PostgreSQL") or server in self.parts.servers

    def _deal(self, blow: str) -> None:
        if blow == "accept":
            self._just_after_an_accept()
        elif blow in ("Valkey", "PostgreSQL"):
            self.parts.restart(blow, pause=LONG_ABSENCE if self.dealt[blow] == 1 else self._random.uniform(0, 2))
        elif blow == "flush":
            self.parts.flush()
        elif blow == "child":
            self.killed += self.parts.kill_child(self._random.choice(WORKERS))
        else:
            self._kill(self._random.choice({"worker": WORKERS, "beat": BEATS, "web": (WEB,)}[blow]))

    def _just_after_an_accept(self) -> None:
        """Kill whoever may have sent the text before the answer can have been written down."""
        taken, deadline = len(self.provider.books.taken()), time.monotonic() + ACCEPT_SECONDS
        while len(self.provider.books.taken()) == taken and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(self._random.uniform(0, JUST_AFTER))
        unanswered_since = datetime.now(UTC) - timedelta(seconds=self.provider.faults.slowness)
        self.in_hand += sum(text.created_at > unanswered_since for text in self.provider.books.taken())
        self._kill(*WORKERS)

    def _kill(self, *names: str) -> None:
        self.parts.kill(*names)
        self.killed += len(names)
