"""Those outside: the desk that enrols patients through the API, and the phones that answer by signed webhooks."""

from __future__ import annotations

import heapq
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Any

import urllib3

from tests.chaos.processes import OURS
from tests.chaos.stories import Story, Town
from tests.standin import StandIn
from tests.standin.server import ACCOUNT

DOUBLED = 0.1
"""Share of replies whose webhook comes twice, as the provider's do."""

LOST = 0.1
"""Share of replies whose webhook nobody gets: only the provider's list knows them."""

SLOWEST_REPLY = 0.6
LOOK_SECONDS = 0.05
BUSY = (409, 429)
"""Answers of the API after which the same request is made again: another still runs, or too many did."""


class Desk:
    """Enrols patients and ends their care sessions, each request repeated until it is answered."""

    def __init__(self, address: str, token: str, town: Town) -> None:
        self.address = address
        self.town = town
        self.waiting: SimpleQueue[Story | None] = SimpleQueue()
        self.admitted = 0
        self.repeated = 0
        self._closed = threading.Event()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._http = urllib3.PoolManager(retries=False, timeout=15)

    def work(self) -> None:
        """Serve whoever waits until it is closed."""
        while (story := self.waiting.get()) is not None and not self._closed.is_set():
            self._serve(story)

    def close(self, *, at_once: bool = False) -> None:
        """Serve those who wait and then nobody; `at_once` not even them."""
        if at_once:
            self._closed.set()
        self.waiting.put(None)

    def admit(self, story: Story) -> None:
        """Let a patient wait to be served."""
        self.waiting.put(story)
        self.admitted += 1

    def _serve(self, story: Story) -> None:
        now = datetime.now(UTC)
        signed = {"method": "written", "wording_version": "2026-01", "given_at": str(now - timedelta(days=1))}
        patient = {"reference": story.reference, "name": "Ada Example", "phone": story.phone, "language": "en"}
        patient |= {"time_zone": self.town.zone, "consent": signed}
        made = self._post("patients", f"patient-{story.reference}", patient)
        visit = {"patient": made["id"], "external_reference": f"INF-{story.reference}", "kind": "ketamine-iv"}
        self._post("care-sessions", f"visit-{story.reference}", visit | {"ended_at": str(now - timedelta(seconds=5))})

    def _post(self, resource: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post until it is answered, with the same key, so that whatever got lost on the way counts once."""
        url, headers = f"{self.address}/api/v1/{resource}/", self._headers | {"Idempotency-Key": key}
        while not self._closed.is_set():
            try:
                answer = self._http.request("POST", url, body=json.dumps(body), headers=headers)
            except urllib3.exceptions.HTTPError:
                answer = None
            if answer is not None and answer.status < 300:
                return dict(answer.json())
            if answer is not None and 400 <= answer.status < 500 and answer.status not in BUSY:
                raise RuntimeError(f"{resource} refused: {answer.status} {answer.data.decode()}")
            self.repeated += 1
            time.sleep(0.3)
        raise RuntimeError("the desk was closed while it waited for an answer")


class Phones:
    """Reads what the provider took, and replies to each prompt once, when both welcome texts are there."""

    def __init__(self, provider: StandIn, address: str, stories: Sequence[Story], seed: int) -> None:
        self.provider = provider
        self.url = f"{address}/webhooks/twilio/inbound/"
        self.stories = {story.phone: story for story in stories}
        self.unheard = 0
        self._random = random.Random(seed)
        self._due: list[tuple[float, str]] = []
        self._meant: Counter[str] = Counter()
        self._read = 0
        self._over = threading.Event()

    def run(self) -> None:
        """Answer until told to stop."""
        while not self._over.wait(LOOK_SECONDS):
            self._look()
            while self._due and self._due[0][0] <= time.monotonic():
                self._reply(self.stories[self._due[0][1]])
                heapq.heappop(self._due)

    def stop(self) -> None:
        """End `run` after the reply in hand."""
        self._over.set()

    def idle(self) -> bool:
        """Whether nobody has a text to read or a reply to write."""
        return not self._due and self._read == len(self.provider.books.taken())

    def _look(self) -> None:
        texts = self.provider.books.taken()
        for phone in {text.to for text in texts[self._read :]} & self.stories.keys():
            self._think(self.stories[phone])
        self._read = len(texts)

    def _think(self, story: Story) -> None:
        """Plan the reply to the newest prompt, if it has come."""
        got = Counter(text.body for text in self.provider.books.taken(story.phone))
        place = self._meant[story.phone]
        if place == len(story.replies) or Counter([*story.texts[:2], *story.prompts[: place + 1]]) - got:
            return
        self._meant[story.phone] += 1
        heapq.heappush(self._due, (time.monotonic() + self._random.uniform(0, SLOWEST_REPLY), story.phone))

    def _reply(self, story: Story) -> None:
        """Text it; a webhook that nobody takes is not tried again, as the provider does not."""
        body = story.replies[len(story.sids)]
        message = self.provider.inbound(to=OURS, from_=story.phone, body=body)
        story.sids.append(message.sid)
        form = self.provider.callbacks.inbound_form(message)
        chance = self._random.random()
        tries = 0 if chance < LOST else 2 if chance < LOST + DOUBLED else 1
        answers = [self.provider.callbacks.post(self.url, form, ACCOUNT) for _ in range(tries)]
        self.unheard += 200 not in answers
