"""What patients send through the web form, kept in the inbox beside their texts, so that an alarm is one like any."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from messaging.events import InboundText
from messaging.models import InboundMessage
from messaging.queries import FORM
from privacy.ids import new_id
from privacy.sensitive import Sensitive


def keep_form_reply(
    *, clinic_id: UUID, number: Sensitive, number_hash: str, body: Sensitive, screening: dict[str, Any], now: datetime
) -> InboundText:
    """Keep what was sent, as handled, in the caller's transaction; `screening` is the safety screen's verdict on it."""
    pk = new_id()
    InboundMessage.objects.create(
        id=pk,
        clinic_id=clinic_id,
        provider_id=f"{FORM}{pk}",
        number=number,
        number_hash=number_hash,
        sender="",
        body=body,
        received_at=now,
        handled_at=now,
        screening=screening,
    )
    return InboundText(
        message_id=pk,
        clinic_id=clinic_id,
        number_hash=number_hash,
        number=number,
        body=body,
        control="",
        media=0,
        received_at=now,
    )
