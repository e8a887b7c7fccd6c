"""After the last kill: what is still open, and the minutes in which the sweeps close it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.db import connection

from followup.operations.open_due import open_due
from messaging import operations
from messaging.gateways.base import ProviderSilent
from messaging.models import InboundMessage, OutboundMessage
from tests.chaos.audit import late_confirmations
from tests.chaos.people import Phones
from tests.chaos.processes import BEATS, WORKERS, Parts
from tests.chaos.stories import Story
from tests.chaos.watching import Watching
from tests.standin import StandIn

STEP = timedelta(seconds=30)
LONGEST = timedelta(minutes=75)
"""Virtual time enough for the longest pause between two tries, half an hour, and the minutes before it."""

SILENT_LIST, SILENCE = 503, timedelta(minutes=17)
"""From the last kill on, and for so long of the minutes that pass at once, the provider answers no question: what is
unknown then has to be told to a person."""

SAY_EVERY = 15
IDLE_SECONDS = 20
Say = Callable[[str], None]


class Settling:
    """Waits until nothing is open any more: first in real time, then the rest of the minutes at once."""

    def __init__(self, parts: Parts, provider: StandIn, phones: Phones, stories: Sequence[Story], say: Say) -> None:
        self.parts = parts
        self.provider = provider
        self.phones = phones
        self.stories = stories
        self.say = say
        self.watching = Watching()
        self._ahead = timedelta(0)

    def open_ends(self) -> dict[str, int]:
        """What is not over yet, by kind."""
        taken: dict[str, Counter[str]] = {story.phone: Counter() for story in self.stories}
        for text in self.provider.books.taken():
            taken[text.to][text.body] += 1
        replies = {sid for story in self.stories for sid in story.sids}
        kept = InboundMessage.objects.filter(provider_id__in=replies).count()
        late = late_confirmations().total()
        found = {
            "texts still owed": sum((Counter(s.texts) - taken[s.phone]).total() for s in self.stories) - late,
            "texts in the outbox": OutboundMessage.objects.filter(finished_at__isnull=True).count(),
            "replies not written": sum(len(story.replies) - len(story.sids) for story in self.stories),
            "replies not fetched": len(replies) - kept,
            "replies not handled": InboundMessage.objects.filter(pending_since__isnull=False).count(),
        }
        return {name: count for name, count in found.items() if count}

    def wait(self, seconds: float) -> None:
        """Let the service clear up by itself for so long, or until nothing is open; the provider stays silent."""
        self.provider.faults.list_status = SILENT_LIST
        deadline, next_word = time.monotonic() + seconds, time.monotonic()
        while (found := self.open_ends()) and time.monotonic() < deadline:
            self.parts.revive()
            if time.monotonic() >= next_word:
                self.say(f"waiting: {_words(found)}")
                next_word += SAY_EVERY
            time.sleep(0.5)

    def pass_minutes(self) -> None:
        """Stop workers and schedulers, and do in this process what they would do in the minutes to come."""
        self.parts.stop(*WORKERS, *BEATS)
        self._wait_for(self.provider.is_quiet)
        connection.close()
        self.provider.books.clock = self._now
        while (found := self.open_ends()) and self._ahead < LONGEST:
            self._ahead += STEP
            if self._ahead >= SILENCE:
                self.provider.faults.list_status = None
            self._sweep(self._now())
            self.watching.look(self._now())
            self._wait_for(self.phones.idle)
        self.say(f"after {self._ahead} of virtual time: {_words(found) or 'nothing is open'}")

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def _sweep(self, now: datetime) -> None:
        operations.reconcile(now=now)
        with suppress(ProviderSilent):
            operations.fetch_missed_inbound(since=None, now=now)
        for inbound_id in operations.due_inbound(now=now):
            operations.handle_inbound(inbound_id, now=now)
        open_due(now=now)
        operations.dispatch(now_fn=lambda: now)

    def _wait_for(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + IDLE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{holds.__qualname__} never came about")
            time.sleep(0.01)


def _words(found: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in found.items())
