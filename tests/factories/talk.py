"""A phone in the hand of a test: what it was sent, and what it writes back."""

import re
from datetime import datetime
from itertools import count

from followup.models import Conversation, FollowUp, Patient
from followup.operations.open_due import open_due
from messaging.models import InboundMessage, OutboundMessage
from messaging.operations import handle_inbound, store_inbound
from tests.factories.clinics import NOW

_sids = count(1)
LINK = re.compile(r"/f/[\w-]+/")


def open_one(patient: Patient, *, now: datetime = NOW) -> FollowUp:
    """Open what is due; returns the patient's one open follow-up."""
    open_due(now=now)
    return FollowUp.objects.get(patient=patient, status="open")


def open_by_text(patient: Patient, *, now: datetime = NOW) -> FollowUp:
    """Open what is due; where it goes as a link, the patient would rather be asked by text."""
    follow_up = open_one(patient, now=now)
    if Conversation.objects.get(follow_up=follow_up).channel == "web":
        write(patient, "GO", now=now)
    return follow_up


def texts(patient: Patient, *purposes: str) -> list[str]:
    """The bodies queued to the patient's number, in order; of all purposes but the service's own without `purposes`."""
    rows = OutboundMessage.objects.filter(clinic_id=patient.clinic_id, number_hash=patient.phone_hash)
    rows = rows.filter(purpose__in=purposes) if purposes else rows.exclude(purpose="service")
    return [row.body.reveal() for row in rows.order_by("queued_at", "id")]


def write(patient: Patient, body: str, *, now: datetime = NOW, number: str = "", media: int = 0) -> InboundMessage:
    """The patient, or whoever has `number`, texts the clinic; the text is handled at once."""
    inbound_id = store_inbound(
        clinic_id=patient.clinic_id,
        provider_id=f"SM{next(_sids):032x}",
        number=number or patient.phone.reveal(),
        sender="+16185550100",
        body=body,
        media=["image/jpeg"] * media,
        received_at=now,
    )
    assert inbound_id is not None
    assert handle_inbound(inbound_id, now=now), "the text was not handled: see the log"
    return InboundMessage.objects.get(pk=inbound_id)


def links(patient: Patient) -> list[str]:
    """The paths of the links that were texted to the patient, oldest first."""
    found = [LINK.search(body) for body in texts(patient)]
    return [match[0] for match in found if match]


def waiting(patient: Patient) -> Conversation | None:
    """The conversation that waits for the patient's reply."""
    return Conversation.objects.filter(patient=patient, waiting_since__isnull=False).first()
