"""Looking: what holds becomes an alert, what holds no longer ends one, and each change becomes a notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from clinics import heartbeat
from clinics.core.figures import Figure
from watch import queries
from watch.core.conditions import Finding, findings
from watch.core.silence import Answers, cause, is_still
from watch.core.telling import CALM, REMIND_EVERY
from watch.models import Alert, Channel, Notice, Occasion

LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('watch', 0))"

Ask = Callable[[], Answers]

log = structlog.get_logger(__name__)


def look(*, ask: Ask, now: datetime, unless_within: timedelta = timedelta(0)) -> bool:
    """Look at every figure once and write down what changed; False when another process has just done so.

    `ask` asks broker and workers, outside any transaction, and only when nothing runs.
    """
    begun = heartbeat.last(queries.BEGUN)
    if begun is None:
        heartbeat.beat(queries.BEGUN, now)
    figures = _figures(ask, now)
    with transaction.atomic():
        if not _mine(now, unless_within):
            return False
        _write(findings(figures, now=now), now)
        heartbeat.beat(queries.LOOKED, now)
    return True


def _figures(ask: Ask, now: datetime) -> list[Figure]:
    pulse = queries.pulse(now=now)
    known = queries.figures(now=now)
    return [*known, cause(pulse, ask())] if is_still(pulse, now) else known


def _mine(now: datetime, unless_within: timedelta) -> bool:
    """Whether this process is the one that looks: of several at once one, and none right after another."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        row = cursor.fetchone()
    last = heartbeat.last(queries.LOOKED)
    return bool(row and row[0]) and (last is None or now - last >= unless_within)


def _write(found: Iterable[Finding], now: datetime) -> None:
    open_rows = {(row.condition, row.subject, row.clinic_id): row for row in queries.open_alerts()}
    for finding in found:
        alert = open_rows.pop(finding.key, None)
        if alert is None:
            _raise(finding, now)
        else:
            _see_again(alert, finding, now)
    for alert in open_rows.values():
        if now - alert.last_seen_at >= CALM:
            _end(alert, now)


def _raise(finding: Finding, now: datetime) -> None:
    alert = Alert.objects.create(
        condition=finding.condition,
        subject=finding.subject,
        clinic_id=finding.clinic_id,
        count=finding.count,
        of=finding.of,
        since=finding.since or now,
        last_seen_at=now,
        remind_at=now + REMIND_EVERY,
    )
    log.error("alert_raised", condition=alert.condition, subject=alert.subject, clinic=str(alert.clinic_id or ""))
    _notify(alert, Occasion.RAISED, now)


def _see_again(alert: Alert, finding: Finding, now: datetime) -> None:
    alert.count, alert.of, alert.last_seen_at = finding.count, finding.of, now
    is_due = alert.remind_at is not None and alert.remind_at <= now
    if is_due:
        alert.remind_at = now + REMIND_EVERY
    alert.save(update_fields=["count", "of", "last_seen_at", "remind_at"])
    if is_due:
        _notify(alert, Occasion.REMINDER, now)


def _end(alert: Alert, now: datetime) -> None:
    alert.ended_at, alert.remind_at = now, None
    alert.save(update_fields=["ended_at", "remind_at"])
    log.info("alert_ended", condition=alert.condition, subject=alert.subject, clinic=str(alert.clinic_id or ""))
    _notify(alert, Occasion.ENDED, now)


def channels() -> list[Channel]:
    """How somebody is told in this installation."""
    asked = {Channel.EMAIL: settings.ALERT_EMAILS, Channel.WEBHOOK: settings.ALERT_WEBHOOK_URL}
    return [channel for channel, target in asked.items() if target]


def _notify(alert: Alert, occasion: Occasion, now: datetime) -> None:
    """One notice a channel; a reminder that still waits is replaced by what is newer."""
    waiting = Q(alert=alert, occasion=Occasion.REMINDER, next_try_at__isnull=False)
    Notice.objects.filter(waiting).delete()
    Notice.objects.bulk_create(
        Notice(alert=alert, occasion=occasion, channel=channel, made_at=now, next_try_at=now) for channel in channels()
    )
