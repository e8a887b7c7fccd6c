"""STOP, START and HELP, honoured inside this room before anybody else sees the text."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import structlog
from django.conf import settings
from django.db import transaction

from clinics.core.actor import Actor
from messaging.core import keywords
from messaging.core.keywords import Control, Keyword
from messaging.core.lifecycle import Purpose
from messaging.core.senders import is_toll_free
from messaging.models import InboundMessage, OutgoingText, Sender
from messaging.operations.opt_outs import answer, opt_in, opt_out
from messaging.operations.routing import clinic_of, clinics_sharing
from messaging.queries import is_opted_out

HELP_EVERY = timedelta(minutes=10)
"""HELP from one number is answered once in this time, so that two machines cannot talk to each other for ever."""

STRANGERS_EVERY = timedelta(days=1)
"""A number that we never texted is answered once in this time."""

log = structlog.get_logger(__name__)


def honour(row: InboundMessage, *, now: datetime) -> None:
    """Route a text and do what the whole of it says to the service; one to a known clinic that is no control word
    costs nothing. What the provider has acted on itself needs no confirmation of ours (C-08). Raises NoClinic.
    """
    word = _word(row)
    if row.clinic_id is None or word.control or row.control:
        _keep_and_do(row, word, now)


def _word(row: InboundMessage) -> Keyword:
    """What the text says; what the provider has acted on itself counts, whatever we read (C-12)."""
    word = keywords.read(row.body.reveal())
    if not row.provider_control or row.provider_control == word.control:
        return word
    log.warning("control_disagrees", message=str(row.pk), provider=row.provider_control, ours=word.control)
    return Keyword(cast("Control", row.provider_control), word.language)


@transaction.atomic
def _keep_and_do(row: InboundMessage, word: Keyword, now: datetime) -> None:
    row.clinic = row.clinic or clinic_of(row)
    row.control = word.control
    row.save(update_fields=["clinic", "control"])
    ours = not _provider_answers(row)
    if word.control == "stop":
        _stop(row, word, now, ours=ours)
    elif word.control == "start":
        _start(row, word, now, ours=ours)
    elif word.control == "help" and ours:
        _help(row, word, now)


def _provider_answers(row: InboundMessage) -> bool:
    """Whether the provider or the network has sent the one answer already, so that ours would be a second (C-08)."""
    if row.provider_control:
        return True
    control = cast("Control", row.control)
    if not control or not keywords.is_answered_by_provider(row.body.reveal(), control):
        return False
    if control != "help" and is_toll_free(row.sender):
        return True
    service = row.clinic.sender if row.clinic else ""  # texts to a service name the number of it that they came to
    known = Sender.objects.filter(address__in=[row.sender, service], stop_confirmed_by_provider__isnull=False)
    told = dict(known.values_list("address", "stop_confirmed_by_provider"))
    return bool(told.get(row.sender, told.get(service, settings.STOP_CONFIRMED_BY == "provider")))


def _stop(row: InboundMessage, word: Keyword, now: datetime, *, ours: bool) -> None:
    """Opt the number out of the clinic, and of every clinic that texted it from the same sender."""
    for clinic_id in {row.routed_to, *clinics_sharing(row)}:
        opt_out(
            clinic_id=clinic_id,
            number=row.number,
            source="keyword",
            by=Actor("patient", str(row.pk)),
            now=now,
            inbound_id=row.pk,
            confirm=clinic_id == row.routed_to and ours,
            language=word.language,
        )


def _start(row: InboundMessage, word: Keyword, now: datetime, *, ours: bool) -> None:
    """End the number's opt-outs; where there are none, START is a word like any other."""
    for clinic_id in {row.routed_to, *clinics_sharing(row)}:
        opt_in(
            clinic_id=clinic_id,
            number=row.number,
            source="keyword",
            by=Actor("patient", str(row.pk)),
            now=now,
            confirm=clinic_id == row.routed_to and ours,
            language=word.language,
        )


def _help(row: InboundMessage, word: Keyword, now: datetime) -> None:
    if is_opted_out(row.routed_to, row.number_hash):
        return
    known = OutgoingText.objects.filter(clinic=row.routed_to, number_hash=row.number_hash)
    every = HELP_EVERY if known.exclude(purpose=Purpose.CONTROL).exists() else STRANGERS_EVERY
    spell = int(row.received_at.timestamp() // every.total_seconds())
    key = f"help:{row.routed_to}:{row.number_hash}:{spell}"
    answer("SVC-HELP", key=key, clinic_id=row.routed_to, number=row.number, language=word.language, now=now)
