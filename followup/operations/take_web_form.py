"""The web form: the patient is let in, and what they choose or write goes through the same conversation as texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

from django.db import transaction

from clinics import audit
from clinics.core.actor import Actor
from followup.core.danger import holds_survey
from followup.core.findings import Finding
from followup.core.form import LATE_REASONS, MOST_GUESSES, PHONE_DIGITS, Standing
from followup.core.lifecycle import FollowUpStatus, Level, Reason
from followup.models import Answer, FormLink, Patient, Signal
from followup.operations import effects, items
from followup.operations.asking import Asking, Source, lock_asking
from followup.operations.guesses import count_guess
from followup.operations.signals import raise_for_text
from followup.operations.take_reply import LATE_WINDOW, as_json, hold_survey, seen_in
from followup.queries.forms import standing_of
from messaging.events import InboundText
from messaging.operations import keep_form_reply
from privacy.sensitive import Sensitive
from surveys.core import conversation
from surveys.core.effects import KeepAnswer, ReplaceAnswer
from surveys.core.replies.reading import Value
from surveys.core.replies.safety.screening import Screening, screen


class Taken(StrEnum):
    """What became of an answer that was sent."""

    KEPT = "kept"
    KNOWN = "known"
    STALE = "stale"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a page sends: the question it showed, the value or None for a skip, and `shown` as the patient saw it.

    `words`: the patient wrote the value freely. `revision` is that of the conversation when the page was made.
    """

    question: str
    value: Value
    shown: Sensitive
    words: bool
    revision: int
    language: str


def secret_of(patient: Patient) -> str:
    """What lets a patient in: their date of birth in ISO form or, where none is known, the phone's last digits."""
    known: Sensitive = patient.date_of_birth or Sensitive(patient.phone.reveal()[-PHONE_DIGITS:])
    return known.reveal()


@transaction.atomic
def enter(*, link: FormLink, answer: str, address: str, by: Actor, now: datetime) -> bool:
    """Let the patient in when `answer` is what secret_of says; wrong ones are counted, too many make the link void."""
    asking, link = _locked(link, now)
    if standing_of(link, asking.conversation, now) not in {Standing.OPEN, Standing.HELD}:
        return False
    if not compare_digest(answer.encode(), secret_of(asking.patient).encode()):
        _count_wrong(link, asking, address, by, now)
        return False
    if link.entered_at is None:
        link.entered_at = now
        link.save(update_fields=["entered_at"])
    asking.keep_state(conversation.looked_at(asking.state))
    _record(asking, "form.enter", by, now)
    return True


def _locked(link: FormLink, now: datetime) -> tuple[Asking, FormLink]:
    """The conversation first and then the link, everywhere: so two requests cannot wait for each other."""
    asking = lock_asking(now=now, follow_up_id=link.follow_up_id)
    if asking is None:
        raise ValueError("A follow-up with a link has a conversation.")
    return asking, FormLink.objects.select_for_update().get(pk=link.pk)


def _count_wrong(link: FormLink, asking: Asking, address: str, by: Actor, now: datetime) -> None:
    count_guess(address, now=now)
    link.wrong_guesses += 1
    if link.wrong_guesses >= MOST_GUESSES:
        link.blocked_at = now
    link.save(update_fields=["wrong_guesses", "blocked_at"])
    _record(asking, "form.refuse", by, now)


def _record(asking: Asking, action: str, by: Actor, now: datetime) -> None:
    audit.record(
        clinic_id=asking.follow_up.clinic_id,
        by=by,
        action=action,
        object_type="follow_up",
        object_id=asking.follow_up.id,
        patient_id=asking.patient.id,
        now=now,
    )


@transaction.atomic
def take_answer(*, link: FormLink, sent: Sent, now: datetime) -> Taken:
    """Take what a page sent. Words are screened before anything else, whatever becomes of them.

    The same page sent twice is as once; a page that another one, or a text, has overtaken changes nothing.
    Raises surveys.core.conversation.NotWithin when the value is no answer to the question.
    """
    asking, link = _locked(link, now)
    words = sent.shown.reveal() if sent.words else ""
    screening = screen(words)
    findings = seen_in(words, screening, asking.patient, now)
    late = _is_late(asking, now)
    if not late and not _is_open(link, asking, now):
        return _not_kept(asking, sent, screening, findings, _why_not(asking), now)
    if _is_known(asking, sent):
        return Taken.KNOWN
    if _is_overtaken(asking, sent):
        return _not_kept(asking, sent, screening, findings, Taken.STALE, now)
    try:
        turn = conversation.fill(
            asking.survey, asking.state, sent.question, sent.value, voice=asking.voice, language=sent.language
        )
    except conversation.NotAsked:
        return _not_kept(asking, sent, screening, findings, Taken.STALE, now)
    event = _keep_reply(asking, sent, screening, now)
    _apply(turn, asking, event, findings, late=late, now=now)
    _raise(asking, event, screening, findings, now)
    _remember(link, asking, event.message_id, findings, now)
    return Taken.KEPT


@transaction.atomic
def catch_up(*, link: FormLink, now: datetime) -> None:
    """Go on past a question that may no longer be put, as when the roster has run out; that may end the survey."""
    asking, link = _locked(link, now)
    turn = conversation.pass_over(asking.survey, asking.state, voice=asking.voice)
    if turn is None or not _is_open(link, asking, now):
        return
    source = Source(message_id=None, body=Sensitive(""), at=now, channel="web")
    effects.apply(turn, asking, source, silent=True, now=now)
    if asking.follow_up.status != FollowUpStatus.OPEN:
        link.used_at = now
        link.save(update_fields=["used_at"])


def _is_open(link: FormLink, asking: Asking, now: datetime) -> bool:
    return standing_of(link, asking.conversation, now) in {Standing.OPEN, Standing.HELD}


def _is_late(asking: Asking, now: datetime) -> bool:
    """The survey has closed while the page was on the screen, and not because the patient wanted it to."""
    follow_up = asking.follow_up
    if follow_up.closed_at is None or Reason(follow_up.reason) not in LATE_REASONS:
        return False
    return now - follow_up.closed_at <= LATE_WINDOW


def _why_not(asking: Asking) -> Taken:
    return Taken.STALE if asking.follow_up.status == FollowUpStatus.COMPLETED else Taken.TOO_LATE


def _is_known(asking: Asking, sent: Sent) -> bool:
    """The same is kept already: a second click, or an earlier page sent unchanged."""
    state = asking.state
    if sent.question not in state.answers or not _is_same(asking, sent):
        return False
    is_open = conversation.open_question(asking.survey, state) == sent.question
    return not is_open or asking.conversation.revision != sent.revision


def _is_same(asking: Asking, sent: Sent) -> bool:
    if not sent.words:
        return bool(asking.state.answers[sent.question] == sent.value)
    current = Answer.objects.filter(follow_up=asking.follow_up, question=sent.question, superseded_at__isnull=True)
    return any(answer.raw_text == sent.shown for answer in current)


def _is_overtaken(asking: Asking, sent: Sent) -> bool:
    """Another page or a text has answered this question since the page was made; only a fresh page changes that."""
    return sent.question in asking.state.answers and asking.conversation.revision != sent.revision


def _not_kept(
    asking: Asking, sent: Sent, screening: Screening, findings: tuple[Finding, ...], why: Taken, now: datetime
) -> Taken:
    """Values that come too late are dropped; words are read by a person all the same, and raise what they raise."""
    if not sent.words:
        return why
    event = _keep_reply(asking, sent, screening, now)
    if findings:
        _raise(asking, event, screening, findings, now)
    else:
        source = Source(message_id=event.message_id, body=event.body, at=now, channel="web")
        effects.for_staff(asking, source, tags=["form"], now=now)
    return why


def _keep_reply(asking: Asking, sent: Sent, screening: Screening, now: datetime) -> InboundText:
    patient = asking.patient
    return keep_form_reply(
        clinic_id=patient.clinic_id,
        number=patient.phone,
        number_hash=patient.phone_hash,
        body=sent.shown,
        screening=as_json(screening),
        now=now,
    )


def _apply(
    turn: conversation.Turn,
    asking: Asking,
    event: InboundText,
    findings: tuple[Finding, ...],
    *,
    late: bool,
    now: datetime,
) -> None:
    """Keep the answer and whatever follows from it; a late one only for itself, at its own time point."""
    if late:
        answers = tuple(effect for effect in turn.effects if isinstance(effect, KeepAnswer | ReplaceAnswer))
        turn = conversation.Turn(state=turn.state, effects=answers)
        items.for_follow_up(asking.follow_up, asking.clinic, Level.INFO, tags=["late"], now=now)
    source = Source(message_id=event.message_id, body=event.body, at=now, late=late, seen=bool(findings), channel="web")
    quiet = any(finding.safety_text for finding in findings)
    effects.apply(turn, asking, source, quiet=quiet, silent=True, now=now)
    if holds_survey(findings):
        hold_survey(asking, now)


def _raise(
    asking: Asking, event: InboundText, screening: Screening, findings: tuple[Finding, ...], now: datetime
) -> None:
    if findings:
        raise_for_text(
            findings,
            screening.version,
            event,
            clinic=asking.clinic,
            patient=asking.patient,
            follow_up=asking.follow_up,
            now=now,
        )


def _remember(link: FormLink, asking: Asking, message_id: UUID, findings: tuple[Finding, ...], now: datetime) -> None:
    """What the page shows from now on: safety texts of this answer, and whether the survey has ended on it."""
    raised = Signal.objects.filter(message_id=message_id).exclude(safety_text="").values_list("safety_text", flat=True)
    wanted = {finding.safety_text for finding in findings if finding.safety_text} | set(raised)
    link.safety_texts = [*link.safety_texts, *sorted(wanted - set(link.safety_texts))]
    if asking.follow_up.status != FollowUpStatus.OPEN and link.used_at is None:
        link.used_at = now
    link.save(update_fields=["safety_texts", "used_at"])
