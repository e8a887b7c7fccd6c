"""Tables of the room, one file a subject."""

from followup.models.answer import Answer, Response
from followup.models.call_out import CallOut
from followup.models.care_session import CareSession
from followup.models.conversation import Conversation
from followup.models.follow_up import FollowUp
from followup.models.form_link import FormGuess, FormLink
from followup.models.patient import Consent, Patient
from followup.models.plan import Plan, PlanStep
from followup.models.review import ReviewItem
from followup.models.signal import Signal
from followup.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "Answer",
    "CallOut",
    "CareSession",
    "Consent",
    "Conversation",
    "FollowUp",
    "FormGuess",
    "FormLink",
    "Patient",
    "Plan",
    "PlanStep",
    "Response",
    "ReviewItem",
    "Signal",
    "Webhook",
    "WebhookDelivery",
]
