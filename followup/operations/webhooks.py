"""Webhooks of a clinic: made with a secret that is shown once, changed, removed, tried; their deliveries replayed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core.parties import ClinicFacts
from followup.core.webhooks import SECRET_PREFIX, Event, events_problem
from followup.models import Webhook, WebhookDelivery
from followup.operations.announce import owed
from followup.operations.errors import Conflict, refuse_if_any
from privacy.outbound import address_problem
from privacy.sensitive import Sensitive
from privacy.tokens import new_token

MOST_WEBHOOKS = 20
LONGEST_URL = 1000


@transaction.atomic
def create_webhook(
    *, clinic: ClinicFacts, url: str, events: Sequence[str], by: Actor, now: datetime
) -> tuple[Webhook, str]:
    """Make a webhook; returns it and its secret, which cannot be read again. Raises Refused with every problem."""
    refuse_if_any({"url": _url_problem(url), "events": events_problem(events)})
    if Webhook.objects.filter(clinic_id=clinic.id).count() >= MOST_WEBHOOKS:
        raise Conflict({"url": f"A clinic has at most {MOST_WEBHOOKS} webhooks: remove one first."})
    secret = new_token(SECRET_PREFIX)
    webhook = Webhook.objects.create(
        clinic_id=clinic.id, url=Sensitive(url), secret=Sensitive(secret), events=sorted(events), created_at=now
    )
    _record(webhook, "webhook.create", by, now, events=webhook.events)
    return webhook, secret


@transaction.atomic
def change_webhook(*, webhook: Webhook, by: Actor, now: datetime, **changes: Any) -> Webhook:
    """Change `url`, `events` or `is_active`; switched on again it has not failed yet. Raises Refused."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    problems = {
        "url": _url_problem(changes["url"]) if "url" in changes else None,
        "events": events_problem(changes["events"]) if "events" in changes else None,
    }
    refuse_if_any(problems)
    if "url" in changes:
        webhook.url = Sensitive(changes["url"])
    if "events" in changes:
        webhook.events = sorted(changes["events"])
    webhook.is_active = changes.get("is_active", webhook.is_active)
    if webhook.is_active:
        webhook.disabled_at = None
    if changes.keys() & {"url", "is_active"}:
        webhook.failing_since = webhook.resting_until = None
    webhook.save(update_fields=["url", "events", "is_active", "disabled_at", "failing_since", "resting_until"])
    _record(webhook, "webhook.update", by, now, fields=sorted(changes))
    return webhook


@transaction.atomic
def remove_webhook(*, webhook: Webhook, by: Actor, now: datetime) -> None:
    """Remove a webhook and what is owed to it."""
    _record(webhook, "webhook.delete", by, now)
    webhook.delete()


@transaction.atomic
def try_webhook(*, webhook: Webhook, by: Actor, now: datetime) -> WebhookDelivery:
    """Owe it a test event, about itself. Raises Conflict for one that is off."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if not webhook.is_active:
        raise Conflict({"is_active": "This webhook is off: switch it on first."})
    turn = WebhookDelivery.objects.filter(webhook=webhook, event=Event.WEBHOOK_TEST).count()
    delivery = owed(webhook.pk, Event.WEBHOOK_TEST, webhook.pk, clinic_id=webhook.clinic_id, turn=turn, now=now)
    delivery.save(force_insert=True)
    _record(webhook, "webhook.test", by, now)
    return delivery


@transaction.atomic
def replay(*, delivery_id: UUID, clinic_id: UUID, by: Actor, now: datetime) -> WebhookDelivery:
    """Owe a delivery once more, with the same id. Raises Conflict while it is owed, or when its webhook is off."""
    rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook")
    delivery = rows.get(pk=delivery_id, clinic_id=clinic_id)
    if delivery.next_try_at is not None:
        raise Conflict({"status": "This delivery is still being tried."})
    if not delivery.webhook.is_active:
        raise Conflict({"is_active": "The webhook is off: switch it on first."})
    delivery.attempts, delivery.tried_since, delivery.next_try_at = 0, now, now
    delivery.delivered_at = delivery.given_up_at = None
    delivery.save(update_fields=["attempts", "tried_since", "next_try_at", "delivered_at", "given_up_at"])
    _record(delivery.webhook, "webhook.replay", by, now, delivery=str(delivery.pk))
    return delivery


def _url_problem(url: str) -> str | None:
    if len(url) > LONGEST_URL:
        return f"Use at most {LONGEST_URL} characters."
    return address_problem(url, private=settings.ALLOW_PRIVATE_WEBHOOKS)


def _record(webhook: Webhook, action: str, by: Actor, now: datetime, **detail: Any) -> None:
    audit.record(
        clinic_id=webhook.clinic_id,
        by=by,
        action=action,
        object_type="webhook",
        object_id=webhook.pk,
        detail=detail,
        now=now,
    )
