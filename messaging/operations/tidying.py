"""Finished texts: their price is taken from the provider's books, and their words are taken out of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.db import connections, transaction

from messaging.gateways import gateway
from messaging.gateways.base import Account, ProviderSilent, Report
from messaging.models import OutboundMessage
from messaging.operations.senders import accounts

TRY_AGAIN = timedelta(hours=1)
GIVE_UP = timedelta(days=7)
"""After this a text that the provider does not know, or will not empty, is left alone."""

TIDIERS = 8

log = structlog.get_logger(__name__)


def tidy_provider(*, now: datetime, limit: int = 500) -> int:
    """Tidy up to `limit` texts that were finished a day ago; return how many the provider emptied."""
    rows = _lease(now, limit)
    by_clinic = accounts(row.clinic_id for row in rows)
    with ThreadPoolExecutor(TIDIERS, thread_name_prefix="tidier") as tidiers:
        reports = list(tidiers.map(lambda row: _empty(row, by_clinic[row.clinic_id]), rows))
    emptied = [(row, report) for row, report in zip(rows, reports, strict=True) if report]
    for row, report in emptied:
        OutboundMessage.objects.filter(pk=row.pk).update(tidy_at=None, price=report.price or row.price)
    return len(emptied)


@transaction.atomic
def _lease(now: datetime, limit: int) -> list[OutboundMessage]:
    """Take rows whose time has come; they come again in an hour, unless they were tried for long enough."""
    due = OutboundMessage.objects.filter(tidy_at__lte=now).order_by("tidy_at")
    rows = list(due.select_for_update(skip_locked=True)[:limit])
    taken = OutboundMessage.objects.filter(pk__in=[row.pk for row in rows])
    taken.filter(finished_at__gt=now - GIVE_UP).update(tidy_at=now + TRY_AGAIN)
    taken.filter(finished_at__lte=now - GIVE_UP).update(tidy_at=None)
    return rows


def _empty(row: OutboundMessage, account: Account) -> Report | None:
    """What the provider had, once it has it no more."""
    try:
        report = gateway().report(account, row.provider_id or "")
        gateway().redact(account, row.provider_id or "")
    except ProviderSilent as error:
        log.warning("not_tidied", message=str(row.pk), error=str(error))
        return None
    finally:
        connections.close_all()  # only the simulated gateway keeps its books in our database
    return report
