"""The web form as it stands: whose link it is, and what it opens."""

from __future__ import annotations

from datetime import datetime

from followup.core.form import LinkFacts, Standing, standing
from followup.core.lifecycle import FollowUpStatus
from followup.models import Answer, Conversation, FollowUp, FormLink
from privacy.tokens import token_digest


def form_link(token: str) -> FormLink | None:
    """The link that a token opens, with its follow-up, patient and clinic; None when there is none."""
    links = FormLink.objects.select_related("follow_up__patient", "follow_up__clinic", "follow_up__conversation")
    return links.filter(digest=token_digest(token)).first()


def words_kept(follow_up: FollowUp, question: str) -> str:
    """What the patient wrote to a question, or nothing."""
    current = Answer.objects.filter(follow_up=follow_up, question=question, superseded_at__isnull=True, kind="text")
    answer = current.first()
    return answer.raw_text.reveal() if answer and answer.raw_text else ""


def standing_of(link: FormLink, conversation: Conversation, now: datetime) -> Standing:
    """What the link still opens."""
    follow_up = conversation.follow_up
    facts = LinkFacts(
        status=FollowUpStatus(follow_up.status),
        closes_at=follow_up.closes_at,
        held=conversation.held_since is not None,
        used=link.used_at is not None,
        blocked=link.blocked_at is not None,
        voided=link.voided_at is not None,
    )
    return standing(facts, now)
