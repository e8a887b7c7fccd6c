"""The one place where events for clinics' own systems are written: in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from followup.core.webhooks import Event
from followup.models import Webhook, WebhookDelivery


def announce(event: Event, object_ids: Iterable[UUID], *, clinic_id: UUID, now: datetime, turn: int = 0) -> None:
    """Owe `event` about these rows to each webhook that wants it; what was told before is not told again.

    `turn` tells apart what can happen to one row more than once, like a review that is closed, opened and closed.
    """
    wanting = Webhook.objects.filter(clinic_id=clinic_id, is_active=True, events__contains=[event.value])
    webhooks = list(wanting.values_list("id", flat=True))
    if not webhooks:
        return
    WebhookDelivery.objects.bulk_create(
        [
            owed(webhook_id, event, object_id, clinic_id=clinic_id, turn=turn, now=now)
            for object_id in object_ids
            for webhook_id in webhooks
        ],
        ignore_conflicts=True,
    )


def owed(
    webhook_id: UUID, event: Event, object_id: UUID, *, clinic_id: UUID, turn: int, now: datetime
) -> WebhookDelivery:
    """A delivery that is due at once."""
    return WebhookDelivery(
        clinic_id=clinic_id,
        webhook_id=webhook_id,
        event=event.value,
        object_id=object_id,
        key=f"{event.value}:{object_id}:{turn}",
        occurred_at=now,
        tried_since=now,
        next_try_at=now,
    )
