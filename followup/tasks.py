"""Nudges of this room: look at what is due. They carry nothing and may be lost; the rows decide."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from clinics.heartbeat import beat
from followup.operations import call_outs, deliver
from followup.operations import open_due as due
from followup.operations import run_timers as timers
from messaging.tasks import dispatch_outbox

BATCH = 200
MOST_BATCHES = 25
"""A run ends after this many full batches; the next sweep goes on, and other workers get their turn."""


@shared_task(name="followup.tasks.open_due", ignore_result=True)
def open_due() -> None:
    """Ask what has fallen due."""
    dealt_with = 0
    for _ in range(MOST_BATCHES):
        done = due.open_due(now=timezone.now(), limit=BATCH)
        dealt_with += done
        if done < BATCH:
            break
    beat("followup.tasks.open_due", timezone.now())
    if dealt_with:
        dispatch_outbox.delay()


@shared_task(name="followup.tasks.run_timers", ignore_result=True)
def run_timers() -> None:
    """Remind and close in time."""
    done = timers.run_timers(now=timezone.now(), limit=BATCH * MOST_BATCHES)
    beat("followup.tasks.run_timers", timezone.now())
    if done:
        dispatch_outbox.delay()


@shared_task(name="followup.tasks.call_out", ignore_result=True)
def call_out() -> None:
    """Call staff out to serious items that nobody has claimed, and look after safety texts."""
    done = call_outs.call_out_due(now=timezone.now(), limit=BATCH)
    call_outs.look_after_safety_texts(now=timezone.now(), limit=BATCH)
    beat("followup.tasks.call_out", timezone.now())
    if done:
        dispatch_outbox.delay()


@shared_task(name="followup.tasks.deliver_webhooks", ignore_result=True)
def deliver_webhooks() -> None:
    """Tell clinics' own systems what happened."""
    deliver.deliver(now=timezone.now())
    beat("followup.tasks.deliver_webhooks", timezone.now())


@shared_task(name="followup.tasks.forget_deliveries", ignore_result=True)
def forget_deliveries() -> None:
    """Delete deliveries that are long over."""
    deliver.forget_deliveries(now=timezone.now())
    beat("followup.tasks.forget_deliveries", timezone.now())
