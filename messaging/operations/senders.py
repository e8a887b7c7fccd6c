"""Whose account and numbers a clinic's texts go out by, and the stops that hold when the provider refuses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from clinics import audit
from clinics.core.actor import Actor
from clinics.models import Clinic
from messaging.core.senders import address_problem
from messaging.gateways import gateway
from messaging.gateways.base import Account
from messaging.models import Sender, SenderStop
from messaging.operations.inserting import insert_new
from privacy.ids import new_id

# The senders that clinics name, and the installation's own, that have no row yet. There is hardly ever one.
MISSING = """
SELECT DISTINCT ON (address) address, clinic_id
FROM (SELECT sender AS address, id AS clinic_id FROM clinics_clinic WHERE sender <> ''
      UNION ALL SELECT %s, NULL) AS named
WHERE address <> '' AND NOT EXISTS (SELECT 1 FROM messaging_sender known WHERE known.address = named.address)
"""


class InvalidSender(ValueError):
    """The number cannot be kept as a sender; the message says why."""


def shared_address() -> str:
    """The sender of clinics that name none."""
    return gateway().account({"sid": "", "token": "", "sender": ""}).sender


def register_senders() -> None:
    """Give every sender that is named somewhere the row that its pace is kept in; without a pace none is needed."""
    if not settings.SENDER_RATE:
        return
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [shared_address()])
        missing = cursor.fetchall()
    insert_new([Sender(pk=new_id(), address=address, clinic_id=clinic_id) for address, clinic_id in missing])


@transaction.atomic
def keep_sender(
    *,
    clinic_id: UUID,
    address: str,
    pace: float | None,
    stop_confirmed_by_provider: bool | None = None,
    by: Actor,
    now: datetime,
) -> Sender:
    """Keep a sender of the clinic at `pace` segments a second, 0 being no limit and None what SENDER_RATE says.

    `stop_confirmed_by_provider`: whether the provider answers STOP for it; None what STOP_CONFIRMED_BY says. One that
    the clinic does not name as its own becomes its next, for what those before it cannot send. Raises InvalidSender.
    """
    problem = address_problem(address)
    clinic = Clinic.objects.select_for_update().get(pk=clinic_id)
    if not problem and _is_of_another(address, clinic):
        problem = "Another clinic sends from this number already."
    if problem:
        raise InvalidSender(problem)
    kept = Sender.objects.filter(address=address).first() or Sender(
        clinic_id=clinic_id, address=address, rank=_next_rank(address, clinic)
    )
    kept.segments_per_second = pace
    kept.stop_confirmed_by_provider = stop_confirmed_by_provider
    kept.save()
    audit.record(
        clinic_id=clinic_id,
        by=by,
        action="sender.update",
        object_type="sender",
        object_id=kept.pk,
        detail={"rank": kept.rank, "pace": pace},
        now=now,
    )
    return kept


def account_of(clinic: Clinic, sender: str = "") -> Account:
    """The clinic's account with the provider, its own or the installation's, with its first sender or the one named."""
    token, *_ = own_tokens(clinic) or ("",)
    return gateway().account({"sid": clinic.provider_account, "token": token, "sender": sender or clinic.sender})


def own_tokens(clinic: Clinic) -> tuple[str, ...]:
    """The tokens of a clinic's own account, newest first; while it changes them both are there, parted by a comma."""
    secret = clinic.provider_secret.reveal() if clinic.provider_secret else ""
    return tuple(token.strip() for token in secret.split(",") if token.strip())


def accounts(clinic_ids: Iterable[UUID]) -> dict[UUID, Account]:
    """The accounts of these clinics."""
    return {clinic.pk: account_of(clinic) for clinic in Clinic.objects.filter(pk__in=set(clinic_ids))}


def by_sender(account: Account, sender: str) -> Account:
    """The same account with the sender that a text leaves by."""
    return replace(account, sender=sender or account.sender)


def another_sender(clinic_id: UUID, sender: str, *, now: datetime) -> str:
    """The clinic's first sender besides this one that is not stopped, "" when there is none."""
    stops = SenderStop.objects.filter(clinic_id=clinic_id, ended_at=None, until__gt=now)
    stopped = set(stops.values_list("sender", flat=True))
    further = Sender.objects.filter(clinic_id=clinic_id, rank__gt=0).order_by("rank")
    named = [Clinic.objects.get(pk=clinic_id).sender or shared_address(), *further.values_list("address", flat=True)]
    return next((address for address in named if address != sender and address not in stopped), "")


def stop_sender(
    *, clinic_id: UUID, sender: str = "", code: str, until: datetime, waits: bool = False, now: datetime
) -> bool:
    """Let nothing leave from the clinic by `sender`, or by none of its senders, before `until`.

    With `waits` it is a limit that ends by itself: what is routine waits, safety texts leave by another sender. True
    when it was not stopped already.
    """
    standing = SenderStop.objects.filter(clinic_id=clinic_id, sender=sender, ended_at=None)
    standing.filter(until__lte=now).update(ended_at=now)
    made = SenderStop(clinic_id=clinic_id, sender=sender, code=code, since=now, until=until, waits=waits)
    return bool(insert_new([made]))


def lift_stop(*, clinic_id: UUID, now: datetime) -> bool:
    """Let texts leave again before the clinic's stops end by themselves; False when there was none."""
    return bool(SenderStop.objects.filter(clinic_id=clinic_id, ended_at=None).update(ended_at=now))


def _is_of_another(address: str, clinic: Clinic) -> bool:
    named = Clinic.objects.filter(sender=address).exclude(pk=clinic.pk)
    return (
        named.exists()
        or Sender.objects.filter(address=address).exclude(clinic_id=clinic.pk).exists()
        or (address == shared_address() and bool(clinic.sender))
    )


def _next_rank(address: str, clinic: Clinic) -> int:
    """0 for the sender that the clinic itself names, else the place after the last."""
    if address == clinic.sender:
        return 0
    last: int | None = Sender.objects.filter(clinic=clinic).aggregate(last=Max("rank"))["last"]
    return (last or 0) + 1
