"""Findings become signals: joined to a review item, and the safety text queued, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from followup.core.danger import SAFETY_TEXT_EVERY, TEXT_RULES, THROTTLED
from followup.core.facts import Facts, History
from followup.core.findings import Finding
from followup.core.lifecycle import RANK, FollowUpStatus, Level, Reason
from followup.core.parties import ClinicFacts
from followup.core.rules.silence import silence
from followup.core.triage import LATE_SAFETY_HOURS, NOT_OF_ANSWERS, RULES_VERSION, SAFETY_QUESTIONS, triage
from followup.core.webhooks import Event
from followup.models import FollowUp, Patient, ReviewItem, Signal
from followup.operations import items, texts
from followup.operations.announce import announce
from followup.operations.follow_on import ask_for, drop_for
from followup.queries.history import CurrentAnswer, current_answers, facts, raised_for
from followup.queries.silence import silence_of
from messaging.core.lifecycle import Purpose
from messaging.events import InboundText
from messaging.queries import lately_from

GONE: Final = "The answer was corrected; the rule no longer holds."
"""What stands beside a signal that a correction has taken back."""


def raise_for_answers(
    follow_up: FollowUp,
    answers: Sequence[CurrentAnswer],
    message_id: UUID | None,
    *,
    answered_at: datetime,
    late: bool,
    corrected: bool,
    quiet: bool,
    now: datetime,
) -> None:
    """Apply the rules to the current `answers` of a follow-up; what they say for the first time, or worse, is raised.

    Late answers count only for safety, and only within LATE_SAFETY_HOURS of closing (section 3.2). After
    a correction signals that no longer hold are annotated. `quiet` leaves the safety text out, because the text that
    carried the answer has had one.
    """
    raised = raised_for(follow_up, now=answered_at)
    known = facts(follow_up, answers, raised, now=answered_at, late=late)
    if late:
        known = _safety_only(known, follow_up, answered_at)
    findings = triage(known)
    if not findings and not corrected:
        return
    before = _of_answers(raised, follow_up)
    if corrected:
        annotate_gone(before, findings, now=now)
    _raise(findings, before, follow_up, message_id, quiet=quiet, now=now)


def raise_for_ending(follow_up: FollowUp, *, now: datetime) -> None:
    """Apply the rules once no answer will come any more: missing answers, totals of what there is, and silence."""
    raised = raised_for(follow_up, now=now)
    findings = triage(facts(follow_up, current_answers(follow_up.id), raised, now=now))
    if follow_up.status == FollowUpStatus.EXPIRED and follow_up.reason == Reason.NO_REPLY:
        findings += tuple(silence(silence_of(follow_up, now=now)))
    _raise(findings, _of_answers(raised, follow_up), follow_up, None, quiet=False, now=now)


def _of_answers(raised: Iterable[Signal], follow_up: FollowUp) -> list[Signal]:
    """Those that answers of this follow-up have raised."""
    return [signal for signal in raised if signal.follow_up_id == follow_up.id and signal.rule not in TEXT_RULES]


def _raise(
    findings: Sequence[Finding],
    before: Sequence[Signal],
    follow_up: FollowUp,
    message_id: UUID | None,
    *,
    quiet: bool,
    now: datetime,
) -> None:
    """Raise what was not said before, or is worse now: signals on an item, a safety text, and further surveys."""
    fresh = sorted((each for each in findings if not _said(each, before)), key=lambda finding: finding.rank)
    if not fresh:
        return
    clinic, patient = follow_up.clinic, follow_up.patient
    tags = {tag for finding in fresh for tag in finding.tags}
    item = items.for_follow_up(follow_up, clinic, fresh[0].level, tags=tags, now=now)
    for within in (finding.act_within for finding in fresh if finding.act_within):
        items.hurry(item, within, now=now)
    text = "" if quiet else next((finding.safety_text for finding in fresh if finding.safety_text), "")
    signals = _write(
        fresh, RULES_VERSION, item, sent={text}, message_id=message_id, patient=patient, follow_up=follow_up, now=now
    )
    for finding, signal in zip(fresh, signals, strict=True):
        if finding.ask:
            ask_for(finding.ask, signal=signal, follow_up=follow_up, now=now)
    if text:
        draft = texts.draft(
            patient,
            clinic,
            key=f"safety:{follow_up.id}:{text}",
            body=texts.voice_for(clinic, patient.language).say(text),
            purpose=Purpose.SAFETY,
            expires_at=now + texts.USEFUL[Purpose.SAFETY],
            follow_up_id=follow_up.id,
        )
        texts.queue_or_call([draft], item, now=now)


def _safety_only(known: Facts, follow_up: FollowUp, answered_at: datetime) -> Facts:
    closed_at = follow_up.closed_at or answered_at
    in_time = (answered_at - closed_at).total_seconds() <= LATE_SAFETY_HOURS * 3600
    kept = {key: value for key, value in known.answers.items() if in_time and key in SAFETY_QUESTIONS}
    history = History(crisis_text=known.history.crisis_text)
    return Facts(answers=kept, hours=known.hours, hypertension=known.hypertension, history=history)


def _said(finding: Finding, before: Iterable[Signal]) -> bool:
    """Whether a signal that still holds says it: what a correction took back and another brings again is news."""
    return any(
        signal.rule == finding.rule and RANK[Level(signal.level)] <= finding.rank and not _is_gone(signal)
        for signal in before
    )


def _is_gone(signal: Signal) -> bool:
    return any(each["note"] == GONE for each in signal.annotations)


def annotate_gone(before: Iterable[Signal], findings: Sequence[Finding], *, now: datetime) -> None:
    """Say beside a signal that its answer was corrected and the rule no longer holds; the signal itself stays.

    What it asked for is not asked any more, unless it is open already.
    """
    holding = {finding.rule for finding in findings} | NOT_OF_ANSWERS
    gone = [signal for signal in before if signal.rule not in holding]
    drop_for([signal.id for signal in gone], now=now)
    for signal in gone:
        if not _is_gone(signal):
            signal.annotations = [*signal.annotations, {"at": now.isoformat(), "note": GONE}]
            signal.save(update_fields=["annotations"])


def raise_for_text(
    findings: Sequence[Finding],
    version: str,
    event: InboundText,
    *,
    clinic: ClinicFacts,
    patient: Patient | None,
    follow_up: FollowUp | None,
    now: datetime,
) -> None:
    """Raise what the screen saw in a text and send the safety texts at once, each once in SAFETY_TEXT_EVERY.

    The alert itself is never throttled: every text joins the item and moves its revision.
    """
    level = findings[0].level
    if follow_up is not None:
        item = items.for_follow_up(follow_up, clinic, level, now=now)
    else:
        item = items.for_text(clinic, patient=patient, message_id=event.message_id, level=level, now=now)
    wanted = {finding.safety_text for finding in findings if finding.safety_text}
    sending = wanted - _sent_lately(event, now)
    _write(
        findings,
        version,
        item,
        sent=sending,
        message_id=event.message_id,
        patient=patient,
        follow_up=follow_up,
        now=now,
    )
    language = patient.language if patient else clinic.language
    drafts = [
        texts.to_number(
            clinic,
            number=event.number,
            number_hash=event.number_hash,
            language=language,
            text=text,
            key=f"safety:{event.message_id}:{text}",
            purpose=Purpose.SAFETY,
            follow_up_id=follow_up.id if follow_up else None,
            now=now,
        )
        for text in sorted(sending)
    ]
    texts.queue_or_call(drafts, item, now=now)


def _sent_lately(event: InboundText, now: datetime) -> set[str]:
    """The throttled safety texts that this number has had within SAFETY_TEXT_EVERY."""
    lately = Signal.objects.filter(
        clinic_id=event.clinic_id,
        message_id__in=lately_from(event.clinic_id, event.number_hash).values("pk"),
        safety_text__in=THROTTLED,
        raised_at__gt=now - SAFETY_TEXT_EVERY,
    )
    return set(lately.values_list("safety_text", flat=True))


def _write(
    findings: Sequence[Finding],
    version: str,
    item: ReviewItem,
    *,
    sent: set[str],
    message_id: UUID | None,
    patient: Patient | None,
    follow_up: FollowUp | None,
    now: datetime,
) -> list[Signal]:
    raised = Signal.objects.bulk_create(
        Signal(
            clinic_id=item.clinic_id,
            patient=patient,
            follow_up=follow_up,
            message_id=message_id,
            review=item,
            rule=finding.rule,
            rule_version=version,
            level=finding.level,
            inputs=dict(finding.inputs),
            thresholds=dict(finding.thresholds),
            safety_text=finding.safety_text if finding.safety_text in sent else "",
            raised_at=now,
        )
        for finding in findings
    )
    announce(Event.SIGNAL_RAISED, [signal.id for signal in raised], clinic_id=item.clinic_id, now=now)
    return raised
