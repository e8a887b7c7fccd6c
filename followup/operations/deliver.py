"""Carrying events to clinics' own systems: claimed and committed, called with no transaction open, then recorded."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from followup.core.webhooks import GIVE_UP_AFTER, KEPT_FOR, OBJECTS, Event, next_try, signature
from followup.models import Webhook, WebhookDelivery
from privacy import outbound

LEASE = timedelta(minutes=2)
"""A delivery whose carrier died is tried again after this: longer than any call lasts."""

AT_ONCE = 16
"""Webhooks called at the same time; each gets its deliveries one after the other."""

ROUND_SECONDS = 2.0
"""How long one sweep goes on while more is owed."""

LONGEST_CALL = 5.0
"""Seconds that a clinic's system has to answer: a worker waits for it, and has other work."""

REST = timedelta(minutes=1)
"""A system that gave no answer is left alone for so long, whatever else is owed to it: it costs a call at most."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call came to: an HTTP status where there was an answer, and a fixed word where it failed."""

    delivery: WebhookDelivery
    status: int | None
    problem: str


def deliver(*, now: datetime) -> int:
    """Call every webhook that something is owed to, while there is time; return how many deliveries arrived."""
    arrived, begun = 0, time.monotonic()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as callers:
        while time.monotonic() - begun < ROUND_SECONDS and (claimed := _claim(now)):
            outcomes = list(callers.map(lambda delivery: _call(delivery, now), claimed))
            for outcome in outcomes:
                _record(outcome, now)
            arrived += sum(not outcome.problem for outcome in outcomes)
    return arrived


@transaction.atomic
def _claim(now: datetime) -> list[WebhookDelivery]:
    """One delivery of each webhook that is on and does not rest, leased. What is owed to one that is off waits."""
    awake = Q(webhook__is_active=True) & (Q(webhook__resting_until=None) | Q(webhook__resting_until__lte=now))
    due = WebhookDelivery.objects.filter(awake, next_try_at__lte=now)
    firsts = due.order_by("webhook", "next_try_at", "id").distinct("webhook").values_list("id", flat=True)[:AT_ONCE]
    rows = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("webhook")
    claimed = list(rows.filter(pk__in=list(firsts), next_try_at__lte=now))
    for delivery in claimed:
        delivery.attempts += 1
        delivery.last_attempt_at, delivery.next_try_at = now, now + LEASE
    WebhookDelivery.objects.bulk_update(claimed, ["attempts", "last_attempt_at", "next_try_at"])
    return claimed


def body_of(delivery: WebhookDelivery) -> bytes:
    """What is posted: what happened to which row, and where it can be read. Ids and times, nobody's data."""
    resource = OBJECTS[Event(delivery.event)]
    address = reverse(f"{resource.removesuffix('s')}-detail", args=[delivery.object_id])
    body = {
        "id": str(delivery.pk),
        "type": delivery.event,
        "occurred_at": delivery.occurred_at.isoformat().replace("+00:00", "Z"),
        "object": {"resource": resource, "id": str(delivery.object_id), "url": settings.PUBLIC_BASE_URL + address},
    }
    return json.dumps(body).encode()


def _call(delivery: WebhookDelivery, now: datetime) -> Outcome:
    webhook, body = delivery.webhook, body_of(delivery)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Followup",
        "Followup-Event": delivery.event,
        "Followup-Delivery": str(delivery.pk),
        "Followup-Signature": signature(webhook.secret.reveal(), body, now),
    }
    private = settings.ALLOW_PRIVATE_WEBHOOKS
    try:
        status = outbound.post(webhook.url.reveal(), body, headers, private=private, longest=LONGEST_CALL)
    except (outbound.NotCalled, outbound.NoAnswer) as failure:
        return Outcome(delivery, None, str(failure))
    return Outcome(delivery, status, "" if 200 <= status < 300 else f"answered_{status}")


@transaction.atomic
def _record(outcome: Outcome, now: datetime) -> None:
    """Write down what came of a call, unless somebody replayed or removed the delivery meanwhile."""
    delivery = outcome.delivery
    changes: dict[str, Any] = {"last_status": outcome.status, "problem": outcome.problem, "next_try_at": None}
    if not outcome.problem:
        changes["delivered_at"] = now
    else:
        changes["next_try_at"] = next_try(delivery.tried_since, delivery.attempts, now)
        changes["given_up_at"] = None if changes["next_try_at"] else now
        log.warning("webhook_failed", delivery=str(delivery.pk), problem=outcome.problem, attempts=delivery.attempts)
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, next_try_at__isnull=False)
    if mine.update(**changes):
        _note(delivery.webhook_id, outcome, now)


def _note(webhook_id: Any, outcome: Outcome, now: datetime) -> None:
    """Keep since when the webhook fails; one that fails for too long is switched off, which raises an alert."""
    webhook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
    if webhook is None:
        return
    webhook.failing_since = (webhook.failing_since or now) if outcome.problem else None
    webhook.resting_until = now + REST if outcome.problem and outcome.status is None else None
    if webhook.is_active and webhook.failing_since and now - webhook.failing_since >= GIVE_UP_AFTER:
        webhook.is_active, webhook.disabled_at = False, now
        log.error("webhook_disabled", webhook=str(webhook.pk))
    webhook.save(update_fields=["failing_since", "resting_until", "is_active", "disabled_at"])


def forget_deliveries(*, now: datetime) -> int:
    """Delete what happened more than KEPT_FOR ago; return how many deliveries that were."""
    deleted, _ = WebhookDelivery.objects.filter(occurred_at__lt=now - KEPT_FOR, tried_since__lt=now - KEPT_FOR).delete()
    return deleted
