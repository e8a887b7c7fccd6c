"""The statements of the turn that bench/turns.py measures, written straight through the ORM, without thinking."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from followup.models import Answer, CareSession, Conversation, FollowUp, Response, ReviewItem, Signal, Webhook
from messaging.models import InboundMessage, OutboundMessage
from privacy.ids import new_id


def turn(pk: UUID, *, now: datetime) -> None:
    """One text: its try counted, and then everything else in one transaction."""
    with transaction.atomic():
        text = InboundMessage.objects.select_for_update().get(pk=pk)
        text.tries, text.next_try_at = text.tries + 1, now + timedelta(minutes=1)
        text.save(update_fields=["tries", "next_try_at"])
    with transaction.atomic():
        InboundMessage.objects.select_for_update().get(pk=pk)
        conversation = _locked(text)
        conversation.revision += 1
        conversation.save(update_fields=["state", "format", "revision", "language", "channel"])
        _answered(conversation.follow_up, text, now)
        _looked_back(conversation.follow_up, now)
        _raised(conversation.follow_up, text, now)
        _said(conversation.follow_up, text, now)
        InboundMessage.objects.filter(pk=pk).update(
            handled_at=now, pending_since=None, next_try_at=None, screening={"flags": []}
        )


def _locked(text: InboundMessage) -> Conversation:
    rows = Conversation.objects.select_for_update(of=("self", "follow_up")).select_related(
        "follow_up__patient", "follow_up__clinic", "follow_up__care_session"
    )
    return rows.get(clinic_id=text.clinic_id, number_hash=text.number_hash, waiting_since__isnull=False)


def _answered(follow_up: FollowUp, text: InboundMessage, now: datetime) -> None:
    Answer.objects.create(
        clinic_id=follow_up.clinic_id, patient_id=follow_up.patient_id, follow_up=follow_up, question="pain_avg24",
        prompt="How much pain?", language="en", raw_text=text.body, value=7, kind="value", reader_version="1",
        source="patient", channel="sms", message_id=text.pk, answered_at=now,
    )  # fmt: skip
    list(Answer.objects.filter(follow_up=follow_up, superseded_at=None).values_list("question", "value", "answered_at"))


def _looked_back(follow_up: FollowUp, now: datetime) -> None:
    ended = CareSession.objects.filter(patient_id=follow_up.patient_id, ended_at__isnull=False)
    list(ended.order_by("ended_at").values_list("ended_at", flat=True))
    before = Answer.objects.filter(patient_id=follow_up.patient_id, question="pain_avg24", answered_at__lt=now)
    list(before.order_by("answered_at").values_list("question", "answered_at", "value"))
    list(Signal.objects.filter(patient_id=follow_up.patient_id))
    left = OutboundMessage.objects.filter(context_id=follow_up.pk, sent_at__isnull=False).order_by("-sent_at")
    left.values_list("sent_at", flat=True).first()


def _raised(follow_up: FollowUp, text: InboundMessage, now: datetime) -> None:
    ReviewItem.objects.select_for_update().filter(follow_up=follow_up, open_due_by__isnull=False).first()
    item = ReviewItem.objects.create(
        clinic_id=follow_up.clinic_id, patient_id=follow_up.patient_id, follow_up=follow_up, kind="response", rank=3,
        status="open", tags=[], opened_at=now, due_by=now, open_due_by=now,
    )  # fmt: skip
    Signal.objects.create(
        clinic_id=follow_up.clinic_id, patient_id=follow_up.patient_id, follow_up=follow_up, message_id=text.pk,
        review=item, rule="P0", rule_version="1", level="info", raised_at=now,
    )  # fmt: skip
    list(Webhook.objects.filter(clinic_id=follow_up.clinic_id, is_active=True).values_list("id", flat=True))
    Response.objects.create(
        clinic_id=follow_up.clinic_id, patient_id=follow_up.patient_id, follow_up=follow_up, survey="pulse",
        status="in_progress", answered=1, asked=2, created_at=now, updated_at=now,
    )  # fmt: skip


def _said(follow_up: FollowUp, text: InboundMessage, now: datetime) -> None:
    OutboundMessage.objects.create(
        clinic_id=follow_up.clinic_id, dedupe_key=str(new_id()), number=text.number, number_hash=text.number_hash,
        body="And your mood?", language="en", purpose="conversation", priority=2, context_id=follow_up.pk,
        status="queued", segments=1, expires_at=now + timedelta(hours=4), queued_at=now, next_attempt_at=now,
    )  # fmt: skip
