"""Telling that the database is away, when there are no rows to keep a notice in: each channel is tried once."""

from __future__ import annotations

import json
import smtplib
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from privacy import outbound

log = structlog.get_logger(__name__)


def tell_without_rows(text: str, *, since: datetime) -> None:
    """Send `text` by every channel; what does not get through is only logged."""
    log.error("alert_without_database", text=text)
    if settings.ALERT_EMAILS:
        _mail(text, since)
    if settings.ALERT_WEBHOOK_URL:
        _call(text, since)


def _mail(text: str, since: datetime) -> None:
    body = f"{text}.\n\nSince {since:%Y-%m-%d %H:%M} UTC.\n\nStart PostgreSQL, or mend DATABASE_URL."
    try:
        EmailMessage(subject=f"[Followup] {text}", body=body, to=settings.ALERT_EMAILS).send()
    except (smtplib.SMTPException, OSError) as error:
        log.warning("alert_not_mailed", error=type(error).__name__)


def _call(text: str, since: datetime) -> None:
    body = json.dumps({"type": "alert.database", "text": text, "since": since.isoformat()}).encode()
    try:
        outbound.post(
            settings.ALERT_WEBHOOK_URL,
            body,
            {"Content-Type": "application/json", "User-Agent": "Followup"},
            private=settings.ALLOW_PRIVATE_WEBHOOKS,
        )
    except (outbound.NotCalled, outbound.NoAnswer) as failure:
        log.warning("alert_not_called", problem=str(failure))
