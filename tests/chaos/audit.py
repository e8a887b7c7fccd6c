"""The audit: the plan, the provider's journal and our rows laid beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from clinics.models import AuditEvent
from clinics.operations import seal_audit
from clinics.queries import verify_chain
from followup.core.lifecycle import FollowUpStatus
from followup.models import Answer, CareSession, FollowUp, Patient, Signal
from messaging.core.lifecycle import Outbound, Purpose
from messaging.models import InboundMessage, OptOut, OutboundMessage
from tests.chaos.stories import DANGER, Story, Town
from tests.standin import StandIn

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Check:
    """A promise, how much was looked at, and where it was broken."""

    promise: str
    looked_at: int
    problems: list[str]


def audit(stories: Sequence[Story], provider: StandIn, town: Town) -> list[Check]:
    """Check every promise; what is read is never changed, but for sealing the audit log as its sweep does."""
    return [
        _planned(stories, provider),
        _explained(),
        _carried_once(provider),
        _replies_handled(stories),
        _replies_answers(stories),
        _visits(stories),
        _follow_ups(stories),
        _chain(town),
    ]


def table(checks: Iterable[Check]) -> str:
    """The audit for people, with the first problems of each check."""
    lines = []
    for check in checks:
        verdict = f"{len(check.problems)} BROKEN" if check.problems else "ok"
        lines.append(f"{check.promise:72} {check.looked_at:6}  {verdict}")
        lines += [f"    {problem}" for problem in check.problems[:MOST_SHOWN]]
    return "\n".join(lines)


def _planned(stories: Sequence[Story], provider: StandIn) -> Check:
    """The script's texts against the provider's journal, phone by phone; a confirmation may have come too late."""
    problems = []
    late = late_confirmations()
    for story in stories:
        wanted, got = Counter(story.texts), Counter(text.body for text in provider.books.taken(story.phone))
        lost, extra = (wanted - got).total() - late[story.phone], (got - wanted).total()
        if lost or extra:
            problems.append(f"{story.reference}: {lost} texts lost, {extra} doubled or not planned")
    planned = sum(len(story.texts) for story in stories)
    return Check("each planned text reached its phone exactly once", planned, problems)


def late_confirmations() -> Counter[str]:
    """Confirmations of an opt-out that could not leave in time, by phone: after five minutes there is none (C-08)."""
    expired = OutboundMessage.objects.filter(purpose=Purpose.CONTROL, status=Outbound.EXPIRED, reason="too_late")
    return Counter(row.number.reveal() for row in expired)


def _explained() -> Check:
    rows = list(OutboundMessage.objects.only("id", "status", "reason", "finished_at"))
    explained = [row.status == Outbound.DELIVERED or bool(row.finished_at and row.reason) for row in rows]
    problems = [f"{row.pk}: {row.status}" for row, fine in zip(rows, explained, strict=True) if not fine]
    return Check("each row of the outbox ended in one explained state", len(rows), problems)


def _carried_once(provider: StandIn) -> Check:
    """Rows and journal are the same texts: to the same number, in the same words, under the same id."""
    journal = {text.sid: (text.to, text.body) for text in provider.books.taken()}
    carried = OutboundMessage.objects.filter(provider_id__isnull=False)
    ours = {row.provider_id: (row.number.reveal(), row.body.reveal()) for row in carried}
    strangers = [f"{sid}: the provider took it, no row knows it" for sid in journal.keys() - ours.keys()]
    inventions = [f"{sid}: a row says it left, the provider never had it" for sid in ours.keys() - journal.keys()]
    mixed = [f"{sid}: other words or number" for sid in ours.keys() & journal.keys() if ours[sid] != journal[sid]]
    return Check(
        "each text the provider took is one row, and the other way round", len(journal), strangers + inventions + mixed
    )


def _replies_handled(stories: Sequence[Story]) -> Check:
    sids = [sid for story in stories for sid in story.sids]
    rows = Counter(InboundMessage.objects.values_list("provider_id", flat=True))
    handled = set(InboundMessage.objects.filter(handled_at__isnull=False).values_list("provider_id", flat=True))
    problems = [f"{sid}: kept {rows[sid]} times" for sid in sids if rows[sid] != 1]
    problems += [f"{sid}: not handled" for sid in sids if rows[sid] and sid not in handled]
    problems += [f"{sid}: nobody wrote it" for sid in rows.keys() - set(sids)]
    problems += [
        f"{story.reference}: never asked, so never answered"
        for story in stories
        if len(story.sids) != len(story.replies)
    ]
    return Check("each reply is kept once, screened and handled", len(sids), problems)


def _replies_answers(stories: Sequence[Story]) -> Check:
    """A reply that is no answer was asked again, which the plan knows, or raised the alarm, or was STOP."""
    sid_of = dict(InboundMessage.objects.values_list("pk", "provider_id"))
    current = Answer.objects.filter(superseded_at__isnull=True)
    given = Counter(sid_of.get(pk) for pk in current.values_list("message_id", flat=True))
    superseded = Answer.objects.filter(superseded_at__isnull=False).count()
    raised = Signal.objects.filter(review__open_due_by__isnull=False)
    alarms = {sid_of.get(pk) for pk in raised.values_list("message_id", flat=True)}
    active = OptOut.objects.filter(ended_at__isnull=True)
    stopped = {sid_of.get(pk) for pk in active.values_list("inbound_id", flat=True)}
    problems = [f"{superseded} answers were superseded, though nobody corrected any"] if superseded else []
    for story in stories:
        for reply, sid, wanted in zip(story.replies, story.sids, story.answers, strict=False):
            if given[sid] != wanted:
                problems.append(f"{story.reference}: {given[sid]} answers from {sid}, planned {wanted}")
            if (reply == DANGER and sid not in alarms) or (reply == "STOP" and sid not in stopped):
                problems.append(f"{story.reference}: nobody was told of {sid}")
    return Check("each reply is one current answer, or explained", sum(len(story.sids) for story in stories), problems)


def _visits(stories: Sequence[Story]) -> Check:
    wanted = Counter(story.reference for story in stories)
    patients = Counter(Patient.objects.values_list("reference", flat=True))
    visits = Counter(CareSession.objects.values_list("patient__reference", flat=True))
    asked = Counter(FollowUp.objects.values_list("patient__reference", flat=True))
    problems = [
        f"{reference}: {patients[reference]} patients, {visits[reference]} visits, {asked[reference]} follow-ups"
        for reference in wanted.keys() | patients.keys()
        if not wanted[reference] == patients[reference] == visits[reference] == asked[reference]
    ]
    return Check("each request of the desk counted once", 2 * len(stories), problems)


def _follow_ups(stories: Sequence[Story]) -> Check:
    """Completed; or held, because somebody is in danger; or closed, because the patient said STOP."""
    status = dict(FollowUp.objects.values_list("patient__reference", "status"))
    held = set(
        FollowUp.objects.filter(conversation__held_since__isnull=False).values_list("patient__reference", flat=True)
    )
    problems = []
    for story in stories:
        stands = status.get(story.reference, "missing")
        if story.completes:
            fine = stands == FollowUpStatus.COMPLETED
        else:
            fine = story.reference in held if DANGER in story.replies else stands != FollowUpStatus.OPEN
        if not fine:
            problems.append(f"{story.reference}: {stands}")
    return Check("each follow-up ended as its script says", len(stories), problems)


def _chain(town: Town) -> Check:
    """Sealing was interrupted as often as everything else."""
    seal_audit(now=datetime.now(UTC), limit=100_000)
    broken = verify_chain(UUID(town.clinic_id))
    return Check(
        "the audit log's chain is whole", AuditEvent.objects.count(), [f"broken at {broken}"] if broken else []
    )
