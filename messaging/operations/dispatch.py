"""Sending what is due: claim, call the provider with no transaction open, record. Every step may be killed."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connections
from django.urls import reverse

from messaging.core.attempts import Attempt, token_of
from messaging.gateways import gateway
from messaging.gateways.base import Account, Outgoing, Sent, Unclear, Unsent
from messaging.operations.claim import Claimed, claim
from messaging.operations.outcomes import Outcome, record
from messaging.operations.senders import accounts, by_sender, register_senders
from messaging.operations.unsendable import clear_unsendable

THREADS = 96
"""Calls under way in one process; with a provider that takes 100 ms these are some 700 texts a second."""

LANE = 72
"""Calls under way for one clinic, so that a provider that hangs for one leaves room for the others."""

START_SECONDS = 5
"""A claimed text whose call has not begun by then is not sent at all: the reconciler must be able to rely on it."""

GATHER_SECONDS = 0.02
"""How long outcomes are gathered, so that they are recorded and replaced in batches."""

PATIENCE_SECONDS = 5.0
"""How long a round waits for calls that hang; they are recorded when they end, and the worker turns to other work."""

LONGEST_VALIDITY = 36000
"""Seconds a provider may keep a text in its own queue (clinical content, section 6.2)."""

Clock = Callable[[], datetime]
Group = Sequence[Claimed]

log = structlog.get_logger(__name__)


def dispatch(
    *, now_fn: Clock, limit: int | None = None, seconds: float | None = None, patience: float = PATIENCE_SECONDS
) -> int:
    """Send what is due, most urgent first, until nothing more is; return how many texts were claimed.

    `limit` texts or `seconds` on the clock end it sooner, so that a backlog does not keep a worker from other work.
    Calls that hang longer than `patience` seconds are left to end by themselves: nothing waits for them any more but
    their own rows.
    """
    clear_unsendable(now=now_fn())
    register_senders()
    carrier, claimed, begun = _carrier(os.getpid()), 0, time.monotonic()
    pending: dict[Future[list[Outcome]], float] = {}
    while True:
        ended = seconds is not None and time.monotonic() - begun >= seconds
        room = 0 if ended else min(carrier.room(), limit - claimed if limit is not None else THREADS)
        claimed_from = time.monotonic()
        texts = claim(now=now_fn(), limit=room, lane=LANE, under_way=carrier.under_way()) if room > 0 else []
        claimed += len(texts)
        pending |= dict.fromkeys(carrier.start(texts, claimed_from), time.monotonic())
        before, pending = len(pending), _gather(pending, now_fn)
        if texts or len(pending) < before:
            continue  # an outcome frees its number: the next text to it can leave now
        if not pending or time.monotonic() - max(pending.values()) > patience:
            carrier.leave(pending, now_fn)
            return claimed


def _gather(pending: dict[Future[list[Outcome]], float], now_fn: Clock) -> dict[Future[list[Outcome]], float]:
    """Record what has ended within the gathering time; return what has not."""
    wait(pending, timeout=GATHER_SECONDS)
    ended = [future for future in pending if future.done()]
    if ended:
        record([outcome for future in ended for outcome in future.result()], now=now_fn())
    return {future: since for future, since in pending.items() if future not in ended}


class Carrier:
    """The threads of one process that call the provider; they hold no database connection."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="carrier")
        self._late = ThreadPoolExecutor(1, thread_name_prefix="late-outcome")
        self._lock = threading.Lock()
        self._under_way: Counter[UUID] = Counter()

    def room(self) -> int:
        """How many more calls can begin at once."""
        with self._lock:
            return THREADS - self._under_way.total()

    def under_way(self) -> dict[UUID, int]:
        """Calls under way by clinic."""
        with self._lock:
            return dict(self._under_way)

    def start(self, texts: Sequence[Claimed], begun: float) -> list[Future[list[Outcome]]]:
        """Begin to send what was claimed from `begun` on, by the monotonic clock; texts to one number go in order."""
        if not texts:
            return []
        by_clinic = accounts(text.clinic_id for text in texts)
        return [self._start(group, by_clinic[group[0].clinic_id], begun) for group in _by_number(texts)]

    def leave(self, pending: Iterable[Future[list[Outcome]]], now_fn: Clock) -> None:
        """Record these outcomes whenever they come."""
        for future in pending:
            future.add_done_callback(lambda ended: self._late.submit(_record_late, ended, now_fn))

    def _start(self, group: Group, account: Account, begun: float) -> Future[list[Outcome]]:
        clinic_id = group[0].clinic_id
        with self._lock:
            self._under_way[clinic_id] += len(group)
        future = self._threads.submit(_send_in_order, group, account, begun)
        future.add_done_callback(lambda _: self._ended(clinic_id, len(group)))
        return future

    def _ended(self, clinic_id: UUID, count: int) -> None:
        with self._lock:
            self._under_way[clinic_id] -= count
            if not self._under_way[clinic_id]:
                del self._under_way[clinic_id]


@lru_cache(maxsize=1)
def _carrier(process: int) -> Carrier:
    """The carrier of this process; a fork makes its own, because threads do not survive it."""
    return Carrier()


def _by_number(texts: Sequence[Claimed]) -> list[list[Claimed]]:
    ordered = sorted(texts, key=lambda text: (text.clinic_id, text.number_hash))
    return [list(group) for _, group in groupby(ordered, key=lambda text: (text.clinic_id, text.number_hash))]


def _send_in_order(group: Group, account: Account, begun: float) -> list[Outcome]:
    return [Outcome(text, _send(text, account, begun)) for text in group]


def _send(text: Claimed, account: Account, begun: float) -> Sent:
    waited = time.monotonic() - begun
    if waited > START_SECONDS:
        return Unsent()
    try:
        return gateway().send(_outgoing(text, account))
    except Exception as error:  # the text may have left: only the reconciler can tell
        log.exception("send_broke", message=str(text.message_id), error=type(error).__name__)
        return Unclear("broke")
    finally:
        connections.close_all()  # only the simulated gateway keeps its books in our database


def _outgoing(text: Claimed, account: Account) -> Outgoing:
    token = token_of(Attempt(text.message_id, text.attempt), settings.SECRET_KEY.encode())
    useful = int((text.useful_until - text.claimed_at).total_seconds())
    return Outgoing(
        message_id=text.message_id,
        account=by_sender(account, text.sender),
        number=text.number,
        body=text.body,
        callback_url=settings.PUBLIC_BASE_URL + reverse("webhooks-twilio-status", args=[token]),
        validity=max(1, min(useful, LONGEST_VALIDITY)),
        at=text.claimed_at,
    )


def _record_late(ended: Future[list[Outcome]], now_fn: Clock) -> None:
    try:
        record(ended.result(), now=now_fn())
    finally:
        connections.close_all()
