"""What can go wrong between us and a provider, in order or by chance."""

from __future__ import annotations

import random
import threading
from collections import deque

FAULTS = (
    "reset_before",  # the connection breaks and the provider never had the text
    "reset_after",  # the provider has the text, the connection breaks
    "drop_after",  # the provider has the text, the answer is never sent
    "hang_before",  # no answer for long, and the provider never had the text
    "hang_after",  # no answer for long, though the provider has the text
    "error_before",  # 503, text not taken
    "error_after",  # 500, text taken
    "bad_json",  # 201 with half an answer, text taken
    "html_after",  # 200 with a page, text taken
    "html_before",  # 502 with a page of some proxy, text not taken
    "throttle",  # 429, text not taken
    "throttle_later",  # 429 with Retry-After, text not taken
)


class Faults:
    """Faults for the next requests that create a message: those asked for first, then by chance."""

    def __init__(self, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._next: deque[str] = deque()
        self._random = random.Random(seed)
        self.rates: dict[str, float] = {}
        self.hang_seconds = 60.0
        self.released = threading.Event()  # ends every hanging at once
        self.slowness = 0.0  # seconds between taking a text and answering
        self.retry_after = "2"
        self.list_status: int | None = None
        self.seen: list[str] = []

    def ask(self, *names: str) -> None:
        """Let the next creations fail like this, one each; "" is one that goes well."""
        unknown = set(names) - {*FAULTS, ""}
        if unknown:
            raise ValueError(f"no such fault: {sorted(unknown)}")
        with self._lock:
            self._next.extend(names)

    def draw(self) -> str:
        """The fault of this request, "" being none."""
        with self._lock:
            fault = self._next.popleft() if self._next else self._by_chance()
            if fault:
                self.seen.append(fault)
            return fault

    def _by_chance(self) -> str:
        chance = self._random.random()
        for name, rate in self.rates.items():
            if chance < rate:
                return name
            chance -= rate
        return ""
