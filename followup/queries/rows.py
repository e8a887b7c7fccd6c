"""One clinic's rows, each with what a list of them shows: whoever lists or fetches begins here, never at a table."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from followup.core.parties import ClinicFacts
from followup.models import (
    Answer,
    CareSession,
    Consent,
    FollowUp,
    Patient,
    Plan,
    Response,
    ReviewItem,
    Signal,
    Webhook,
    WebhookDelivery,
)


def patients(clinic: ClinicFacts) -> QuerySet[Patient]:
    """Patients, each with `current_consent`: a list of the one consent that holds, or empty."""
    current = Consent.objects.filter(ended_at__isnull=True)
    return Patient.objects.filter(clinic_id=clinic.id).prefetch_related(
        Prefetch("consents", queryset=current, to_attr="current_consent")
    )


def care_sessions(clinic: ClinicFacts) -> QuerySet[CareSession]:
    """Care sessions."""
    return CareSession.objects.filter(clinic_id=clinic.id)


def plans(clinic: ClinicFacts) -> QuerySet[Plan]:
    """Every version of every plan, with its steps."""
    return Plan.objects.filter(clinic_id=clinic.id).prefetch_related("steps")


def follow_ups(clinic: ClinicFacts) -> QuerySet[FollowUp]:
    """Follow-ups, with their step or signal, the survey version they pinned and their conversation."""
    return FollowUp.objects.filter(clinic_id=clinic.id).select_related(
        "plan_step", "raised_by", "survey_version", "conversation"
    )


def responses(clinic: ClinicFacts) -> QuerySet[Response]:
    """Responses, each with its answers in the order they were given; superseded ones are among them."""
    answers = Answer.objects.order_by("answered_at", "id")
    return (
        Response.objects.filter(clinic_id=clinic.id)
        .select_related("follow_up__plan_step", "follow_up__raised_by", "follow_up__survey_version")
        .prefetch_related(Prefetch("follow_up__answers", queryset=answers))
    )


def answers(clinic: ClinicFacts) -> QuerySet[Answer]:
    """Answers with their follow-up, its step, survey version and care session, and their patient."""
    return Answer.objects.filter(clinic_id=clinic.id).select_related(
        "follow_up__plan_step",
        "follow_up__raised_by",
        "follow_up__survey_version",
        "follow_up__care_session",
        "patient",
    )


def webhooks(clinic: ClinicFacts) -> QuerySet[Webhook]:
    """Webhooks."""
    return Webhook.objects.filter(clinic_id=clinic.id)


def webhook_deliveries(clinic: ClinicFacts) -> QuerySet[WebhookDelivery]:
    """What was or is owed to the clinic's webhooks."""
    return WebhookDelivery.objects.filter(clinic_id=clinic.id)


def signals(clinic: ClinicFacts) -> QuerySet[Signal]:
    """Signals."""
    return Signal.objects.filter(clinic_id=clinic.id)


def reviews(clinic: ClinicFacts) -> QuerySet[ReviewItem]:
    """Review items, with their signals and call-outs."""
    return ReviewItem.objects.filter(clinic_id=clinic.id).prefetch_related("signals", "call_outs")
