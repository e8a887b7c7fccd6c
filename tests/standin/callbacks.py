"""The stand-in's webhooks: status callbacks and inbound texts, signed with Twilio's algorithm."""

from __future__ import annotations

import contextlib
import heapq
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import urllib3
from twilio.request_validator import RequestValidator

from tests.standin.books import Books, Message


@dataclass
class Manner:
    """How callbacks behave; shares are probabilities. `after` is in seconds. Off: a test posts them itself."""

    on: bool = False
    after: float = 0.05
    doubled: float = 0.0
    reordered: float = 0.0
    late: float = 0.0
    late_after: float = 2.0
    missing: float = 0.0
    final: str = "delivered"
    sequence: tuple[str, ...] = ("sent",)
    random: random.Random = field(default_factory=lambda: random.Random(2))


class Callbacks:
    """Tells the service what became of its texts; runs a thread of its own."""

    def __init__(self, books: Books, accounts: dict[str, str]) -> None:
        self.manner = Manner()
        self._books = books
        self._accounts = accounts
        self._due: list[tuple[float, int, Message, str]] = []
        self._count = 0
        self._wake = threading.Condition()
        self._running = False
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=10)
        self.answers: list[tuple[str, str, int]] = []

    def start(self) -> None:
        self._running = True
        threading.Thread(target=self._run, name="callbacks", daemon=True).start()

    def stop(self) -> None:
        with self._wake:
            self._running = False
            self._wake.notify_all()

    def take(self, message: Message) -> None:
        """Plan the callbacks of a message that was just accepted; in the books it arrives whatever we hear of it."""
        manner = self.manner
        if not manner.on:
            return
        statuses = [*manner.sequence, manner.final]
        for status in statuses:
            self._books.move(message.sid, status)
        if not message.callback or manner.random.random() < manner.missing:
            return
        if manner.random.random() < manner.reordered:
            statuses.reverse()
        if manner.random.random() < manner.doubled:
            statuses = [status for status in statuses for _ in range(2)]
        delay = manner.late_after if manner.random.random() < manner.late else manner.after
        self._plan(message, statuses, delay)

    def status_form(self, message: Message, status: str, error_code: int | None = None) -> dict[str, str]:
        """The fields of a status callback."""
        form = {
            "AccountSid": message.account,
            "ApiVersion": "2010-04-01",
            "From": message.from_ or "+15550009999",
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "To": message.to,
        }
        if message.service:
            form["MessagingServiceSid"] = message.service
        return form | ({"ErrorCode": str(error_code)} if error_code else {})

    def inbound_form(self, message: Message, **more: str) -> dict[str, str]:
        """The fields of an inbound text, blank ones included, as Twilio sends them."""
        form = {
            "AccountSid": message.account,
            "ApiVersion": "2010-04-01",
            "Body": message.body,
            "From": message.from_,
            "FromCity": "",
            "FromCountry": "US",
            "FromState": "IL",
            "FromZip": "",
            "MessageSid": message.sid,
            "NumMedia": str(message.media),
            "NumSegments": "1",
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.to,
        }
        return form | more

    def signature(self, url: str, form: dict[str, str], account: str) -> str:
        """Twilio's signature with the account's token."""
        return str(RequestValidator(self._accounts[account]).compute_signature(url, form))

    def post(self, url: str, form: dict[str, str], account: str) -> int:
        """Post a signed form; the HTTP status, or 0 when nobody answered."""
        headers = {"X-Twilio-Signature": self.signature(url, form, account)}
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            answer = self._http.request("POST", url, fields=form, encode_multipart=False, headers=headers)
            return int(answer.status)
        return 0

    def _plan(self, message: Message, statuses: list[str], delay: float) -> None:
        with self._wake:
            for place, status in enumerate(statuses):
                self._count += 1
                due = time.monotonic() + delay + place * 0.01
                heapq.heappush(self._due, (due, self._count, message, status))
            self._wake.notify_all()

    def _run(self) -> None:
        while True:
            job = self._next()
            if job is None:
                return
            message, status = job
            code = self.post(message.callback, self.status_form(message, status, message.error_code), message.account)
            self.answers.append((message.sid, status, code))

    def _next(self) -> tuple[Message, str] | None:
        with self._wake:
            while self._running:
                wait: Any = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, _, message, status = heapq.heappop(self._due)
                    return message, status
                self._wake.wait(wait)
        return None
