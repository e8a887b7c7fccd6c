"""Whose account and number a clinic's texts go out by, and the stop that holds when the provider refuses them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from clinics.models import Clinic
from messaging.gateways import gateway
from messaging.gateways.base import Account
from messaging.models import SenderStop
from messaging.operations.inserting import insert_new


def account_of(clinic: Clinic) -> Account:
    """The clinic's account with the provider: its own, or the installation's."""
    token, *_ = own_tokens(clinic) or ("",)
    return gateway().account({"sid": clinic.provider_account, "token": token, "sender": clinic.sender})


def own_tokens(clinic: Clinic) -> tuple[str, ...]:
    """The tokens of a clinic's own account, newest first; while it changes them both are there, parted by a comma."""
    secret = clinic.provider_secret.reveal() if clinic.provider_secret else ""
    return tuple(token.strip() for token in secret.split(",") if token.strip())


def accounts(clinic_ids: Iterable[UUID]) -> dict[UUID, Account]:
    """The accounts of these clinics."""
    return {clinic.pk: account_of(clinic) for clinic in Clinic.objects.filter(pk__in=set(clinic_ids))}


def stop_sender(*, clinic_id: UUID, code: str, until: datetime, now: datetime) -> bool:
    """Let nothing leave from the clinic before `until`; True when sending was not stopped already."""
    SenderStop.objects.filter(clinic_id=clinic_id, ended_at=None, until__lte=now).update(ended_at=now)
    made = SenderStop(clinic_id=clinic_id, code=code, since=now, until=until)
    return bool(insert_new([made]))


def lift_stop(*, clinic_id: UUID, now: datetime) -> bool:
    """Let texts leave again before the stop ends by itself; False when there was none."""
    return bool(SenderStop.objects.filter(clinic_id=clinic_id, ended_at=None).update(ended_at=now))
