"""Which clinic a text was meant for: by the number it was sent to, by the account, or by who texted last."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from clinics.models import Clinic
from messaging.models import InboundMessage, OutboundHistory, OutboundMessage, OutgoingText, Sender


class NoClinic(Exception):
    """There is no clinic at all that a text could be for."""


def clinic_of(row: InboundMessage) -> Clinic:
    """The clinic among those that use the installation's account: the sender's own, else the one that texted this
    number last, else the oldest that sends from the shared number. Raises NoClinic."""
    candidates = list(_installation().order_by("is_demo", "created_at"))
    further = Sender.objects.filter(address=row.sender).values_list("clinic_id", flat=True).first()
    own = [one for one in candidates if one.pk == further or (one.sender and one.sender == row.sender)]
    shared = [clinic for clinic in candidates if not clinic.sender]
    by_id = {clinic.pk: clinic for clinic in own or shared or candidates}
    if not by_id:
        raise NoClinic
    last = _last_texted(row.number_hash, list(by_id))
    return by_id[last] if last else next(iter(by_id.values()))


def clinics_sharing(row: InboundMessage) -> list[UUID]:
    """The clinics that texted this number from the shared sender: one opt-out counts for all of them."""
    clinic = row.clinic
    if clinic is None or clinic.sender or clinic.provider_account:
        return []
    shared = _installation().filter(sender="").values_list("pk", flat=True)
    texted = OutgoingText.objects.filter(clinic__in=list(shared), number_hash=row.number_hash)
    return list(texted.values_list("clinic_id", flat=True).distinct())


def _installation() -> QuerySet[Clinic]:
    return Clinic.objects.filter(provider_account="")


def _last_texted(number_hash: str, clinic_ids: list[UUID]) -> UUID | None:
    """Nearly everybody who texts was texted within weeks: the history is asked only where the outbox knows nothing."""
    for texts in (OutboundMessage.objects, OutboundHistory.objects):
        sent = texts.filter(clinic__in=clinic_ids, number_hash=number_hash).order_by("-queued_at")
        last = sent.values_list("clinic_id", flat=True).first()
        if last is not None:
            return last
    return None
