"""Nudges and sweeps of the room: they carry ids only, and losing any of them costs one sweep."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clinics import heartbeat
from messaging import operations

MISSED = "messaging.tasks.fetch_missed_inbound"

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def dispatch_outbox() -> None:
    """Send what is due."""
    operations.dispatch(now_fn=timezone.now)
    heartbeat.beat("messaging.tasks.dispatch_outbox", timezone.now())


@shared_task(ignore_result=True)
def handle_inbound(inbound_id: str) -> None:
    """Handle one text, and send what that queued."""
    if operations.handle_inbound(UUID(inbound_id), now=timezone.now()):
        operations.dispatch(now_fn=timezone.now)


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
