"""Once a day: what the provider knows of opt-outs, laid beside our ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from messaging import events
from messaging.events import OptedOut
from messaging.gateways import gateway
from messaging.gateways.base import ProviderSilent
from messaging.models import OutgoingText
from messaging.operations.missed import accounts_in_use, fetch_missed_inbound
from messaging.operations.opt_outs import opt_out
from messaging.queries import opted_out
from privacy.phones import phone_hash
from privacy.sensitive import Sensitive

LOOK_BACK = timedelta(hours=49)
"""Two nights, so that one that fails is made up for by the next."""

log = structlog.get_logger(__name__)


def compare_opt_outs(*, now: datetime) -> int:
    """Take over opt-outs that only the provider knows; return how many.

    It has two traces of them: texts with STOP that never reached us, which are fetched and handled like any other, and
    texts that it would not send because the number had opted out. Raises ProviderSilent after all accounts were tried.
    """
    since, found, silent = now - LOOK_BACK, 0, None
    fetch_missed_inbound(since=since, now=now)
    by_account = {account.sid: account for account, _ in accounts_in_use()}
    for account in by_account.values():
        try:
            refused = gateway().opted_out(account, since)
        except ProviderSilent as error:
            silent = error
            continue
        found += sum(_take_over(Sensitive(number), sender, now) for number, sender in refused)
    if silent is not None:
        raise silent
    return found


def _take_over(number: Sensitive, sender: str, now: datetime) -> int:
    """Opt the number out of the clinics that texted it by this sender and do not know yet; how many those were."""
    number_hash = phone_hash(number)
    clinics = list(Clinic.objects.values_list("pk", flat=True))
    sent = OutgoingText.objects.filter(clinic__in=clinics, number_hash=number_hash, sender=sender)
    texted = set(sent.values_list("clinic_id", flat=True))
    known = opted_out({(clinic_id, number_hash) for clinic_id in texted})
    unaware = [clinic_id for clinic_id in texted if (clinic_id, number_hash) not in known]
    for clinic_id in unaware:
        log.warning("opt_out_known_to_provider_only", clinic=str(clinic_id))
        _opt_out(clinic_id, number, number_hash, now)
    return len(unaware)


@transaction.atomic
def _opt_out(clinic_id: UUID, number: Sensitive, number_hash: str, now: datetime) -> None:
    opt_out(clinic_id=clinic_id, number=number, source="carrier", by=SYSTEM, now=now, confirm=False)
    events.tell(OptedOut(clinic_id=clinic_id, number_hash=number_hash, source="carrier"), now=now)
