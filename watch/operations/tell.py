"""Telling: notices are claimed and committed, sent with no transaction open, and their outcome is written down."""

from __future__ import annotations

import json
import smtplib
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from privacy import outbound
from watch.core.telling import next_try
from watch.models import Alert, Channel, Notice, Occasion

LEASE = timedelta(minutes=2)
"""A notice whose sender died is tried again after this: longer than any try lasts."""

MOST_AT_ONCE = 50

HEADS = {Occasion.RAISED: "", Occasion.REMINDER: "Still: ", Occasion.ENDED: "Over: "}

log = structlog.get_logger(__name__)


class NotTold(Exception):
    """A try failed. The argument is a fixed word."""


def tell(*, now: datetime) -> int:
    """Send the notices whose time has come, oldest first; return how many got through."""
    return sum(_send_one(notice, now) for notice in _claim(now))


@transaction.atomic
def _claim(now: datetime) -> list[Notice]:
    due = Notice.objects.filter(next_try_at__lte=now).order_by("made_at", "id")
    notices = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("alert__clinic")[:MOST_AT_ONCE])
    for notice in notices:
        notice.attempts += 1
        notice.next_try_at = now + LEASE
    Notice.objects.bulk_update(notices, ["attempts", "next_try_at"])
    return notices


def _send_one(notice: Notice, now: datetime) -> bool:
    """Try once, and write down how it went, unless another process has tried meanwhile."""
    problem = ""
    try:
        SEND[Channel(notice.channel)](notice)
    except NotTold as failure:
        problem = str(failure)
        log.warning("notice_not_sent", notice=str(notice.pk), channel=notice.channel, problem=problem)
    outcome: dict[str, Any] = {"problem": problem, "next_try_at": None}
    if not problem:
        outcome["delivered_at"] = now
    else:
        outcome["next_try_at"] = next_try(notice.made_at, notice.attempts, now)
        outcome["given_up_at"] = None if outcome["next_try_at"] else now
    mine = Notice.objects.filter(pk=notice.pk, attempts=notice.attempts, next_try_at__isnull=False)
    mine.update(**outcome)
    return not problem


def line(alert: Alert, occasion: str) -> str:
    """The alert in one line, as every channel begins; it names a clinic at most."""
    place = f" ({alert.clinic.key})" if alert.clinic else ""
    return f"{HEADS[Occasion(occasion)]}{alert.title}{place}"


def _page() -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('operations')}"


def _mail(notice: Notice) -> None:
    """Send an e-mail. Raises NotTold."""
    alert = notice.alert
    lines = [
        line(alert, notice.occasion) + ".",
        f"Since {alert.since:%Y-%m-%d %H:%M} UTC" + (f", {_amount(alert)}." if alert.count > 1 or alert.of else "."),
        "" if alert.ended_at else alert.remedy,
        _page(),
    ]
    message = EmailMessage(
        subject=f"[Followup] {line(alert, notice.occasion)}",
        body="\n\n".join(part for part in lines if part),
        to=settings.ALERT_EMAILS,
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        raise NotTold(f"mail_{type(error).__name__}"[:60]) from None


def _amount(alert: Alert) -> str:
    return f"{alert.count} of {alert.of}" if alert.of else f"{alert.count} in all"


def _call(notice: Notice) -> None:
    """Post to the installation's webhook. Raises NotTold."""
    alert = notice.alert
    body = {
        "type": f"alert.{notice.occasion}",
        "id": str(alert.pk),
        "condition": alert.condition,
        "subject": alert.subject,
        "clinic": alert.clinic.key if alert.clinic else None,
        "count": alert.count,
        "of": alert.of,
        "since": alert.since.isoformat(),
        "ended_at": alert.ended_at.isoformat() if alert.ended_at else None,
        "text": line(alert, notice.occasion),
        "remedy": alert.remedy,
        "page": _page(),
    }
    headers = {"Content-Type": "application/json", "User-Agent": "Followup"}
    try:
        status = outbound.post(
            settings.ALERT_WEBHOOK_URL, json.dumps(body).encode(), headers, private=settings.ALLOW_PRIVATE_WEBHOOKS
        )
    except (outbound.NotCalled, outbound.NoAnswer) as failure:
        raise NotTold(str(failure)) from None
    if not 200 <= status < 300:
        raise NotTold(f"answered_{status}")


SEND = {Channel.EMAIL: _mail, Channel.WEBHOOK: _call}
