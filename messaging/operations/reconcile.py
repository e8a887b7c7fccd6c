"""Asking the provider about texts whose outcome nobody told: never a blind repetition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connections, transaction

from messaging.core.lifecycle import Outbound
from messaging.core.retry import ABSENT
from messaging.gateways import gateway
from messaging.gateways.base import Account, ProviderSilent, Report
from messaging.models import OutboundMessage
from messaging.operations.evidence import SLACK, attempted_at, entry_of, is_absent, list_complete_until
from messaging.operations.moves import move, refuse, tell_failure
from messaging.operations.receipts import apply_report
from messaging.operations.senders import accounts
from messaging.operations.verdicts import verdict_on

LEASE = timedelta(seconds=60)
"""A row that is being asked about is looked at again after this, should the asking die."""

ASKERS = 8
"""Questions under way at once."""

LOOK_AGAIN = timedelta(seconds=20)

PERSON_AFTER = timedelta(minutes=15)
"""After this a person is told that nobody knows whether a text left (G2)."""

LOOK_AGAIN_LATER = timedelta(minutes=5)

HOPELESS_AFTER = timedelta(hours=24)
"""After this nothing more will be learned of a text of unknown outcome."""

SHORTEST_CHECK, LONGEST_CHECK = timedelta(minutes=2), timedelta(minutes=10)
NO_RECEIPT_AFTER = timedelta(hours=12)
"""The provider keeps a text for ten hours at most; some carriers never say that it arrived."""

TOLD = "person_told"

OPEN = (Outbound.ACCEPTED, Outbound.SENT)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What the provider answered about one row: its texts to the number, or None when it could not be asked.

    `complete_until`: every text that was handed over until then stood in the list before it was asked.
    """

    row: OutboundMessage
    reports: Sequence[Report] | None
    complete_until: datetime | None = None


def reconcile(*, now: datetime, limit: int = 200) -> int:
    """Look up to `limit` texts up at the provider and write down what is found; return how many were looked at."""
    rows = _lease(now, limit)
    by_clinic = accounts(row.clinic_id for row in rows)
    unclear = {by_clinic[row.clinic_id] for row in rows if row.status == Outbound.UNCERTAIN}
    complete = {account: _complete_until(account) for account in unclear}
    with ThreadPoolExecutor(ASKERS, thread_name_prefix="asker") as askers:
        for found in askers.map(lambda row: _ask(row, by_clinic[row.clinic_id], complete, now), rows):
            _settle_apart(found, now)
    return len(rows)


@transaction.atomic
def _lease(now: datetime, limit: int) -> list[OutboundMessage]:
    """Take rows whose time has come; one that is still SENDING lost its worker, and its outcome is unknown."""
    due = OutboundMessage.objects.filter(check_at__lte=now).order_by("check_at")
    rows = list(due.select_for_update(skip_locked=True)[:limit])
    for row in rows:
        if row.status == Outbound.SENDING:
            move(row, Outbound.UNCERTAIN, before=[Outbound.SENDING], now=now, reason="worker_lost")
    OutboundMessage.objects.filter(pk__in=[row.pk for row in rows]).update(check_at=now + LEASE)
    return rows


def _complete_until(account: Account) -> datetime | None:
    """How far the account's list has come; asked before any number's texts, so that it holds for those too."""
    try:
        return list_complete_until(gateway().newest(account))
    except ProviderSilent as error:
        log.warning("provider_silent", error=str(error))
        return None


def _ask(row: OutboundMessage, account: Account, complete: Mapping[Account, datetime | None], now: datetime) -> Found:
    try:
        return Found(row, _question(row, account, now)(), complete.get(account))
    except ProviderSilent as error:
        log.warning("provider_silent", message=str(row.pk), error=str(error))
        return Found(row, None)
    finally:
        connections.close_all()  # only the simulated gateway keeps its books in our database


def _question(row: OutboundMessage, account: Account, now: datetime) -> Callable[[], Sequence[Report]]:
    if row.status == Outbound.UNCERTAIN:
        first = row.queued_at if row.attempts > 1 else attempted_at(row)  # an earlier try may have left after all
        within = now - first + SLACK
        return lambda: gateway().sent_to(account, row.number, within)
    return lambda: [gateway().report(account, row.provider_id or "")]


def _settle_apart(found: Found, now: datetime) -> None:
    try:
        _settle(found, now)
    except Exception as error:  # one bad row must not keep the others unexplained
        log.exception("not_reconciled", message=str(found.row.pk), error=type(error).__name__)


@transaction.atomic
def _settle(found: Found, now: datetime) -> None:
    """Write down what was found, unless a callback or another worker moved the row while we asked."""
    row = OutboundMessage.objects.select_for_update().get(pk=found.row.pk)
    if (row.status, row.attempts) != (found.row.status, found.row.attempts):
        return
    if row.status == Outbound.UNCERTAIN:
        _explain(row, found, now)
    elif row.status in OPEN:
        _follow(row, found.reports, now)


def _explain(row: OutboundMessage, found: Found, now: datetime) -> None:
    """Find the text in the provider's list, or the proof that it never left."""
    age = now - attempted_at(row)
    match = entry_of(row, found.reports or (), now=now)
    if match is not None:
        log.info("uncertain_found", message=str(row.pk), provider_id=match.provider_id)
        apply_report(row, provider_id=match.provider_id, status="accepted", error_code="", now=now)
        apply_report(row, provider_id=match.provider_id, status=match.status, error_code=match.error_code, now=now)
    elif found.reports is not None and is_absent(row, complete_until=found.complete_until, now=now):
        log.info("uncertain_absent", message=str(row.pk))
        refuse(row, code=ABSENT, verdict=verdict_on(row, ABSENT, now=now), before=[Outbound.UNCERTAIN], now=now)
    else:
        _keep_looking(row, age, now)


def _keep_looking(row: OutboundMessage, age: timedelta, now: datetime) -> None:
    uncertain = [Outbound.UNCERTAIN]
    if age >= PERSON_AFTER and row.reason != TOLD:
        tell_failure(row, "uncertain", row.reason, now=now)
    if age >= HOPELESS_AFTER:
        move(row, Outbound.FAILED, before=uncertain, now=now, reason="never_explained", error_kind="uncertain")
    elif age < PERSON_AFTER:
        move(row, Outbound.UNCERTAIN, before=uncertain, now=now, check_at=now + LOOK_AGAIN)
    else:
        move(row, Outbound.UNCERTAIN, before=uncertain, now=now, check_at=now + LOOK_AGAIN_LATER, reason=TOLD)


def _follow(row: OutboundMessage, reports: Sequence[Report] | None, now: datetime) -> None:
    """Apply what the provider says of a text it took; the older the text, the more seldom it is looked up."""
    for report in reports or ():
        if report.price is not None:
            OutboundMessage.objects.filter(pk=row.pk).update(price=report.price)
        apply_report(row, provider_id=report.provider_id, status=report.status, error_code=report.error_code, now=now)
    if row.status not in OPEN:
        return
    age = now - (row.sent_at or now)
    if age >= NO_RECEIPT_AFTER:
        move(row, Outbound(row.status), before=[Outbound(row.status)], now=now, reason="no_receipt")
    else:
        check_at = now + min(max(age, SHORTEST_CHECK), LONGEST_CHECK)
        move(row, Outbound(row.status), before=[Outbound(row.status)], now=now, check_at=check_at)
