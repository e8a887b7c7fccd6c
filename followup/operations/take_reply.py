"""A text has come: screened for danger before anything else, then matched to whoever and whatever it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from clinics.queries import clinics
from followup.core.danger import dangers, holds_survey, readers
from followup.core.findings import Finding
from followup.core.lifecycle import FollowUpStatus, Level
from followup.core.parties import ClinicFacts
from followup.core.rules.texts import with_rules
from followup.core.wishes import Wish, wish_of
from followup.models import Conversation, Patient
from followup.operations import effects, items, texts
from followup.operations.asking import Asking, Source, lock_asking
from followup.operations.signals import raise_for_text
from followup.operations.wishes import fulfil
from followup.queries.history import text_facts
from messaging.core.keywords import bare
from messaging.core.lifecycle import Purpose
from messaging.events import InboundText
from messaging.operations import enqueue
from surveys.core import conversation
from surveys.core.effects import ForStaff, KeepAnswer, ReplaceAnswer
from surveys.core.replies.learnt.normalise import cut
from surveys.core.replies.pauses import pause_end
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Reading
from surveys.core.replies.safety.activation import is_sped_up
from surveys.core.replies.safety.numbers import crisis_pressure
from surveys.core.replies.safety.screening import Screening, screen

LATE_WINDOW: Final = timedelta(hours=24)
"""For how long after closing a text is still tried as a late answer (clinical content, section 3.2)."""
CORRECTION_WINDOW: Final = timedelta(hours=1)
"""For how long after completing a survey its last answer can still be corrected (house choice)."""
DESPAIR_OR_OPT_OUT: Final = frozenset({"end", "terminar"})
"""Opt-out words that may mean something else (clinical content, finding 4)."""
FOR_STAFF: Final = frozenset({"fewer", "time_of_day", "may_stop"})
"""Wishes that only staff can fulfil; the worklist names them."""
UNFINISHED: Final = (FollowUpStatus.PARTIAL, FollowUpStatus.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """A text with what is known about where it comes from; `patients` only where no conversation tells whose it is."""

    event: InboundText
    screening: Screening
    clinic: ClinicFacts
    patients: tuple[Patient, ...]
    asking: Asking | None
    findings: tuple[Finding, ...]

    @property
    def patient(self) -> Patient | None:
        """Whose text it is: the one who is being asked, or the only one with this phone."""
        if self.asking is not None:
            return self.asking.patient
        return self.patients[0] if len(self.patients) == 1 else None

    @property
    def source(self) -> Source:
        """Where answers in it come from."""
        return Source(
            message_id=self.event.message_id,
            body=self.event.body,
            at=self.event.received_at,
            seen=bool(self.findings or self.event.media),
        )

    @property
    def safe(self) -> bool:
        """Whether no safety text answers it."""
        return not any(finding.safety_text for finding in self.findings)


def take_text(event: InboundText, *, now: datetime) -> dict[str, Any]:
    """Handle a text, in the transaction that marks it handled; returns its screening.

    Every text is screened, whatever the state. What is dangerous becomes signals, a safety text and an item at the top
    of the worklist; what is no answer is read by a person.
    """
    screening = screen(event.body.reveal())
    arrival = _arrival(event, screening, now)
    if not event.control:
        _route(arrival, now)
    elif event.control == "stop" and not arrival.findings:
        _look_at_the_end(arrival, now)
    if arrival.findings:
        raise_for_text(
            arrival.findings,
            screening.version,
            event,
            clinic=arrival.clinic,
            patient=arrival.patient,
            follow_up=arrival.asking.follow_up if arrival.asking else None,
            now=now,
        )
    return as_json(screening)


def seen_in(body: str, screening: Screening, patient: Patient | None, at: datetime) -> tuple[Finding, ...]:
    """What the screen and the rules about texts find in something that was written at `at`, most serious first."""
    findings = dangers(screening)
    pressure, sped_up = crisis_pressure(cut(body).words), is_sped_up(body)
    if not (findings or pressure or sped_up):
        return ()
    return with_rules(findings, text_facts(patient, pressure=pressure, is_sped_up=sped_up, now=at))


def _arrival(event: InboundText, screening: Screening, now: datetime) -> _Arrival:
    body, at = event.body.reveal(), event.received_at
    asking = lock_asking(now=now, clinic_id=event.clinic_id, number_hash=event.number_hash, waiting_since__isnull=False)
    if asking is not None:
        findings = seen_in(body, screening, asking.patient, at)
        return _Arrival(
            event=event, screening=screening, clinic=asking.clinic, patients=(), asking=asking, findings=findings
        )
    patients = Patient.objects.filter(clinic_id=event.clinic_id, phone_hash=event.number_hash).select_related("clinic")
    known = tuple(patients.order_by("created_at", "id"))
    return _Arrival(
        event=event,
        screening=screening,
        clinic=clinics().get(pk=event.clinic_id),
        patients=known,
        asking=None,
        findings=seen_in(body, screening, known[0] if len(known) == 1 else None, at),
    )


def _look_at_the_end(arrival: _Arrival, now: datetime) -> None:
    """ "End" alone may be despair: it is honoured like every opt-out word, and a person looks at it too."""
    if bare(arrival.event.body.reveal()) in DESPAIR_OR_OPT_OUT:
        _to_inbox(arrival, arrival.patient, ["end", "opted-out"], now)


def _look_at_a_wording(arrival: _Arrival, patient: Patient | None, reading: Reading, now: datetime) -> None:
    """An opt-out that no plain words make is honoured, and a person looks whether it was meant."""
    if reading.kind == "opt_out" and reading.intent and not arrival.findings:
        _to_inbox(arrival, patient, [reading.intent], now)


def as_json(screening: Screening) -> dict[str, Any]:
    """A screening as the inbox keeps it; what was seen stays with the sealed text."""
    return {
        "flags": list(screening.flags),
        "tier": screening.tier,
        "readers": readers(screening),
        "version": screening.version,
    }


def _route(arrival: _Arrival, now: datetime) -> None:
    if arrival.asking is not None:
        _in_conversation(arrival, arrival.asking, now)
    elif arrival.patient is not None:
        _outside(arrival, arrival.patient, now)
    else:
        _unclear_whose(arrival, now)


def _in_conversation(arrival: _Arrival, asking: Asking, now: datetime) -> None:
    """Answer the open question; while a safety concern is open nothing more is asked and a person reads along."""
    if arrival.event.media:
        effects.for_staff(asking, arrival.source, tags=["picture"], now=now)
    if asking.conversation.held_since is not None:
        _while_held(arrival, asking, now)
        return
    hold = holds_survey(arrival.findings)
    turn = conversation.reply(
        asking.survey,
        asking.state,
        arrival.event.body.reveal(),
        voice=asking.voice,
        now=asking.local(arrival.event.received_at),
        screening=arrival.screening,
        hold=hold,
    )
    effects.apply(turn, asking, arrival.source, quiet=not arrival.safe, silent=hold, now=now)
    if hold:
        hold_survey(asking, now)


def _while_held(arrival: _Arrival, asking: Asking, now: datetime) -> None:
    """A safety concern is open: a person reads along, and a request to stop is honoured all the same."""
    reading = read(None, arrival.event.body.reveal(), asking.conversation.language, screening=arrival.screening)
    if not arrival.findings:
        effects.for_staff(asking, arrival.source, tags=["while-held"], now=now)
    if reading.kind == "opt_out":
        fulfil(Wish.OPT_OUT, asking.patient, arrival.event.message_id, now=now)
    elif not arrival.findings:
        _acknowledge(arrival, asking.conversation.language, now)


def hold_survey(asking: Asking, now: datetime) -> None:
    """Pause the survey until a person has closed the concern (section 4.2, rule 7); it still closes in time."""
    follow_up = asking.follow_up
    if follow_up.status != FollowUpStatus.OPEN:
        return
    Conversation.objects.filter(pk=asking.conversation.pk).update(held_since=now)
    follow_up.timer_at, follow_up.updated_at = follow_up.closes_at, now
    follow_up.save(update_fields=["timer_at", "updated_at"])


def _outside(arrival: _Arrival, patient: Patient, now: datetime) -> None:
    """No survey is open: a late answer, a correction, a wish, or a text for a person."""
    text = arrival.event.body.reveal()
    reading = read(None, text, patient.language, screening=arrival.screening)
    wish = wish_of(reading)
    if wish is Wish.A_PERSON and _late(arrival, patient, now):
        return
    if wish is Wish.NOTHING and not arrival.event.media:
        return
    _look_at_a_wording(arrival, patient, reading, now)
    if wish is not Wish.A_PERSON:
        until = pause_end(text, patient.language, _local(patient, arrival)) if wish is Wish.PAUSE else None
        fulfil(wish, patient, arrival.event.message_id, until=until, now=now)
        return
    if not arrival.findings:
        tags = [
            *(["picture"] if arrival.event.media else []),
            *([reading.intent] if reading.intent in FOR_STAFF else []),
        ]
        _to_inbox(arrival, patient, tags, now)
    if arrival.safe:
        _acknowledge(arrival, patient.language, now)


def _local(patient: Patient, arrival: _Arrival) -> datetime:
    """When the text came, on the patient's wall clock."""
    return arrival.event.received_at.astimezone(ZoneInfo(patient.time_zone)).replace(tzinfo=None)


def _late(arrival: _Arrival, patient: Patient, now: datetime) -> bool:
    """Try the text on the survey that closed last: late answers keep their own time, corrections count at once."""
    asking = lock_asking(now=now, patient=patient, follow_up__closed_at__isnull=False)
    if asking is None or asking.follow_up.closed_at is None:
        return False
    closed_for = arrival.event.received_at - asking.follow_up.closed_at
    unfinished = asking.follow_up.status in UNFINISHED
    if closed_for > (LATE_WINDOW if unfinished else CORRECTION_WINDOW):
        return False
    turn = conversation.reply(
        asking.survey,
        asking.state,
        arrival.event.body.reveal(),
        voice=asking.voice,
        now=asking.local(arrival.event.received_at),
        screening=arrival.screening,
    )
    answers = tuple(effect for effect in turn.effects if isinstance(effect, KeepAnswer | ReplaceAnswer))
    corrects = bool(answers) and all(isinstance(effect, ReplaceAnswer) for effect in answers)
    if not unfinished:
        return _keep_correction(turn, asking, arrival, now, corrects=corrects)
    in_time = corrects and closed_for <= CORRECTION_WINDOW
    return _keep_late(conversation.Turn(turn.state, answers), asking, arrival, now, corrects=corrects, late=not in_time)


def _keep_late(
    turn: conversation.Turn, asking: Asking, arrival: _Arrival, now: datetime, *, corrects: bool, late: bool
) -> bool:
    """Keep what a text answers or corrects after an end without completion, and only that: the survey does not go on.

    Not `late` is a correction within the window: it counts in the place of the answer that it corrects.
    """
    if not turn.effects:
        return False
    effects.apply(turn, asking, replace(arrival.source, late=late), quiet=not arrival.safe, now=now)
    items.for_follow_up(asking.follow_up, asking.clinic, Level.INFO, tags=["late" if late else "corrected"], now=now)
    if arrival.safe:
        _answer(arrival, asking.conversation.language, "SVC-CHANGED" if corrects else "SVC-DONE", now)
    return True


def _keep_correction(
    turn: conversation.Turn, asking: Asking, arrival: _Arrival, now: datetime, *, corrects: bool
) -> bool:
    """Change an answer of a complete survey, or say its question again; anything else is no correction.

    One that opens questions which are not asked any more counts like any other, and a person reads it besides.
    """
    if not corrects and any(isinstance(effect, ForStaff) for effect in turn.effects):
        return False
    effects.apply(turn, asking, arrival.source, quiet=not arrival.safe, now=now)
    return True


def _unclear_whose(arrival: _Arrival, now: datetime) -> None:
    """A number of nobody, or of several: never bound by guessing, parked for a person (Q4), answered once a day."""
    reading = read(None, arrival.event.body.reveal(), arrival.clinic.language, screening=arrival.screening)
    wish = wish_of(reading)
    if wish is Wish.OPT_OUT and arrival.patients:
        _look_at_a_wording(arrival, None, reading, now)
        fulfil(wish, arrival.patients[0], arrival.event.message_id, now=now)
        return
    if not arrival.findings:
        _to_inbox(arrival, None, ["shared-phone"] if arrival.patients else ["unknown-number"], now)
    if arrival.safe and wish not in {Wish.NOTHING, Wish.OPT_OUT}:
        language = arrival.patients[0].language if arrival.patients else arrival.clinic.language
        _answer(arrival, language, "SVC-FREETEXT", now, every=f"{now:%Y%m%d}")


def _to_inbox(arrival: _Arrival, patient: Patient | None, tags: list[str], now: datetime) -> None:
    items.for_text(
        arrival.clinic,
        patient=patient,
        message_id=arrival.event.message_id,
        level=Level.WATCH,
        tags=tags,
        now=now,
    )


def _acknowledge(arrival: _Arrival, language: str, now: datetime) -> None:
    """Say that a person will read it, once an hour at most: two machines must not answer each other for ever."""
    _answer(arrival, language, "SVC-FREETEXT", now, every=f"{now:%Y%m%d%H}")


def _answer(arrival: _Arrival, language: str, text: str, now: datetime, *, every: str = "") -> None:
    about = every or arrival.event.message_id
    draft = texts.to_number(
        arrival.clinic,
        number=arrival.event.number,
        number_hash=arrival.event.number_hash,
        language=language,
        text=text,
        key=f"{text}:{arrival.clinic.id}:{arrival.event.number_hash}:{about}",
        purpose=Purpose.CONVERSATION,
        now=now,
    )
    enqueue([draft], now=now)
