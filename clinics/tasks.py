"""Sweeps of the room."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from clinics import heartbeat, operations

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def seal_audit() -> None:
    """Chain the audit rows of the last round."""
    now = timezone.now()
    sealed = operations.seal_audit(now=now)
    if sealed:
        log.info("audit_sealed", rows=sealed)
    heartbeat.beat("clinics.tasks.seal_audit", now)


@shared_task(ignore_result=True)
def forget_answers() -> None:
    """Delete what idempotency keys no longer need."""
    now = timezone.now()
    operations.forget_answers(now=now)
    heartbeat.beat("clinics.tasks.forget_answers", now)
