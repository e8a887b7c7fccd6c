"""Nudges and sweeps of the room: they carry ids only, and losing any of them costs one sweep."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from functools import lru_cache
from queue import SimpleQueue
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clinics import heartbeat
from messaging import operations, queries

MISSED = "messaging.tasks.fetch_missed_inbound"
COMPARED = "messaging.compare_opt_outs"
COMPARE_EVERY = timedelta(hours=23)
ROUND_SECONDS = 2.0
PATIENCE_SECONDS = 1.0
"""How long a worker waits for calls that hang: it has other texts to handle."""

PACED_SECONDS = 1
"""How often texts that wait for their sender's pace are looked for between two sweeps."""

ANSWERS_EACH = 4
"""Texts sent right after a text was handled, for each: it rarely queues more than an answer and a safety text."""

MOST_IDS = 100
GATHER_SECONDS = 0.02
"""How long ids gather for one task: nobody who texts notices, and a burst costs a tenth of the publishing."""

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def dispatch_outbox() -> None:
    """Send what is due; a long backlog is sent in rounds, so that replies are handled in between."""
    begun = time.monotonic()
    operations.dispatch(now_fn=timezone.now, seconds=ROUND_SECONDS, patience=PATIENCE_SECONDS)
    heartbeat.beat("messaging.tasks.dispatch_outbox", timezone.now())
    if time.monotonic() - begun >= ROUND_SECONDS:
        dispatch_outbox.delay()
    elif queries.waits_for_pace(now=timezone.now()):
        for second in range(PACED_SECONDS, int(settings.SWEEP_SECONDS), PACED_SECONDS):
            dispatch_paced.apply_async(countdown=second, expires=second + settings.SWEEP_SECONDS)


@shared_task(ignore_result=True)
def dispatch_paced() -> None:
    """Send what the pace of its sender lets go now; a lost one costs the seconds to the next sweep."""
    operations.dispatch(now_fn=timezone.now, seconds=ROUND_SECONDS, patience=PATIENCE_SECONDS)


@shared_task(ignore_result=True)
def handle_inbound(*inbound_ids: str) -> None:
    """Handle these texts, and send what that queued: answers go before any backlog."""
    handled = [operations.handle_inbound(UUID(inbound_id), now=timezone.now()) for inbound_id in inbound_ids]
    if any(handled):
        operations.dispatch(now_fn=timezone.now, limit=ANSWERS_EACH * len(handled), patience=PATIENCE_SECONDS)


@shared_task(ignore_result=True)
def handle_pending_inbound() -> None:
    """Handle every text whose nudge was lost or whose last try failed."""
    for inbound_id in operations.due_inbound(now=timezone.now()):
        operations.handle_inbound(inbound_id, now=timezone.now())
    heartbeat.beat("messaging.tasks.handle_pending_inbound", timezone.now())


@shared_task(ignore_result=True)
def reconcile() -> None:
    """Ask the provider about texts whose outcome nobody told."""
    operations.reconcile(now=timezone.now())
    heartbeat.beat("messaging.tasks.reconcile", timezone.now())


@shared_task(ignore_result=True)
def fetch_missed_inbound() -> None:
    """Fetch texts that reached the provider and not us. A look that fails leaves the next to reach as far back."""
    now = timezone.now()
    operations.fetch_missed_inbound(since=heartbeat.last(MISSED), now=now)
    heartbeat.beat(MISSED, now)


@shared_task(ignore_result=True)
def simulate_receipts() -> None:
    """Let the simulated provider tell what became of its texts."""
    if settings.GATEWAY == "simulated":
        operations.send_due_receipts(now=timezone.now())
    heartbeat.beat("messaging.tasks.simulate_receipts", timezone.now())


@shared_task(ignore_result=True)
def tidy_provider() -> None:
    """Take the price of finished texts, leave no words of theirs at the provider, and once a day compare opt-outs."""
    now = timezone.now()
    operations.tidy_provider(now=now)
    heartbeat.beat("messaging.tasks.tidy_provider", timezone.now())
    compared = heartbeat.last(COMPARED)
    if compared is None or now - compared > COMPARE_EVERY:
        operations.compare_opt_outs(now=now)
        heartbeat.beat(COMPARED, now)


@shared_task(ignore_result=True)
def keep_history() -> None:
    """Move what has been done with into the history, and delete what need not be kept any longer."""
    operations.move_to_history(now=timezone.now())
    operations.delete_expired(now=timezone.now())
    heartbeat.beat("messaging.tasks.keep_history", timezone.now())


def nudge_inbound(inbound_id: UUID) -> None:
    """Let a worker handle a text soon, without waiting for the broker: publishing takes longer than all else that a
    webhook does, and a broker that hangs must not keep the provider waiting. An id that gets lost waits for the sweep.
    """
    _waiting(os.getpid()).put(str(inbound_id))


@lru_cache(maxsize=1)
def _waiting(process: int) -> SimpleQueue[str]:
    """The ids that wait to be published by this process, whose publisher starts with the first."""
    ids: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_publish, args=(ids,), name="nudges", daemon=True).start()
    return ids


def _publish(ids: SimpleQueue[str]) -> None:
    while True:
        gathered = [ids.get()]
        time.sleep(GATHER_SECONDS)
        gathered += [ids.get() for _ in range(min(ids.qsize(), MOST_IDS - 1))]
        try:
            handle_inbound.delay(*gathered)
        except Exception as error:  # the thread must outlive whatever a broker can do
            log.exception("nudges_lost", count=len(gathered), error=type(error).__name__)
