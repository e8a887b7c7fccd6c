"""One-time links: made when a text needs one, replaced by staff; the token itself stands only in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core.form import MOST_LINKS
from followup.core.lifecycle import FollowUpStatus
from followup.models import FollowUp, FormLink
from followup.operations import texts
from followup.operations.asking import Asking, lock_asking
from followup.operations.errors import Conflict
from messaging.core.lifecycle import Purpose
from messaging.operations import enqueue
from messaging.queries import is_opted_out
from privacy.tokens import new_link_token, token_digest
from surveys.core import conversation
from surveys.core.effects import LinkReason, Say

TEXT_OF: Final[Mapping[LinkReason, str]] = {
    "question": "SVC-LINK",
    "reminder": "SVC-LINKREMIND",
    "offer": "SVC-LINKOFFER",
    "asked": "SVC-LINKASKED",
}
Why = LinkReason | Literal["staff"]


def make_links(follow_ups: Sequence[tuple[UUID, UUID]], reason: Why, *, now: datetime) -> list[str]:
    """A link for each (clinic id, follow-up id), in their order; only the digests of the tokens are stored."""
    tokens = [new_link_token() for _ in follow_ups]
    FormLink.objects.bulk_create(
        FormLink(
            clinic_id=clinic_id,
            follow_up_id=follow_up_id,
            digest=token_digest(token),
            reason=reason,
            created_at=now,
        )
        for (clinic_id, follow_up_id), token in zip(follow_ups, tokens, strict=True)
    )
    return [f"{settings.PUBLIC_BASE_URL}/f/{token}/" for token in tokens]


def say_link(reason: LinkReason, asking: Asking, *, now: datetime) -> Say | None:
    """The text with a fresh link to where the conversation stands; None where enough have gone out."""
    follow_up = asking.follow_up
    if FormLink.objects.filter(follow_up=follow_up).count() >= MOST_LINKS:
        return None
    (url,) = make_links([(follow_up.clinic_id, follow_up.id)], reason, now=now)
    return Say(asking.voice.say(TEXT_OF[reason], link=url), None, "reminder" if reason == "reminder" else "question")


@transaction.atomic
def send_link(*, follow_up: FollowUp, by: Actor, now: datetime) -> None:
    """Text the patient a new link to an open follow-up; links that went out before are void from now on.

    Raises Conflict when it is not open, when a safety concern holds it, or when nothing may be texted.
    """
    asking = lock_asking(now=now, follow_up_id=follow_up.id)
    if asking is None or asking.follow_up.status != FollowUpStatus.OPEN:
        raise Conflict({"status": "Only an open follow-up has a form; send it now first."})
    _refuse_where_nothing_is_sent(asking)
    voided = FormLink.objects.filter(follow_up=follow_up, voided_at__isnull=True).update(voided_at=now)
    (url,) = make_links([(follow_up.clinic_id, follow_up.id)], "staff", now=now)
    turn = asking.keep_state(conversation.by_link(asking.state))
    say = Say(asking.voice.say("SVC-LINK", link=url), None, "question")
    enqueue(asking.drafts([say], turn=turn, purpose=Purpose.QUESTION, now=now), now=now)
    audit.record(
        clinic_id=follow_up.clinic_id,
        by=by,
        action="follow_up.send_link",
        object_type="follow_up",
        object_id=follow_up.id,
        patient_id=follow_up.patient_id,
        detail={"replaced": voided},
        now=now,
    )


def _refuse_where_nothing_is_sent(asking: Asking) -> None:
    patient = asking.patient
    if asking.conversation.held_since is not None:
        raise Conflict({"status": "A safety concern holds this survey; close the concern first."})
    if is_opted_out(patient.clinic_id, patient.phone_hash):
        raise Conflict({"status": "The number has opted out of texts; phone the patient."})
    if not texts.has_consent(patient):
        raise Conflict({"status": "There is no consent for this number; record one first."})
