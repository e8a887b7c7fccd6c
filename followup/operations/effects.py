"""Effects of a turn become rows, only here. A new effect that is not handled breaks the type check."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import assert_never

from followup.core.lifecycle import FollowUpStatus, Level, Reason
from followup.core.wishes import Wish, wish_named
from followup.models import Patient
from followup.models.review import ReviewKind
from followup.operations import items
from followup.operations.answers import keep_answer, replace_answer
from followup.operations.asking import Asking, Source
from followup.operations.finish import close, close_unfinished, keep_response
from followup.operations.form_links import say_link
from followup.operations.signals import raise_for_answers, raise_for_ending
from followup.operations.wishes import fulfil
from followup.queries.history import current_answers
from messaging.core.lifecycle import Purpose
from messaging.operations import enqueue
from surveys.core import effects as effect_types
from surveys.core.conversation import Turn
from surveys.core.effects import Effect, Say

OUTCOMES = {"completed": FollowUpStatus.COMPLETED, "partial": FollowUpStatus.PARTIAL, "stopped": FollowUpStatus.PARTIAL}
WITH_ANSWERS = (FollowUpStatus.COMPLETED, FollowUpStatus.PARTIAL)


def apply(
    turn: Turn,
    asking: Asking,
    source: Source,
    *,
    quiet: bool = False,
    silent: bool = False,
    now: datetime,
) -> None:
    """Write everything that follows from one turn, in the caller's transaction.

    `silent` queues none of its texts and `quiet` no safety text for its answers: another text has gone out instead.
    """
    number = asking.keep_state(turn.state)
    was_open = asking.follow_up.status == FollowUpStatus.OPEN
    says: list[Say] = []
    kept = False
    for effect in turn.effects:
        kept |= _one(effect, asking, source, says, now=now)
    ended = was_open and asking.follow_up.status in WITH_ANSWERS
    corrected = any(isinstance(effect, effect_types.ReplaceAnswer) for effect in turn.effects)
    if kept:
        answers = current_answers(asking.follow_up.id)
        raise_for_answers(
            asking.follow_up,
            answers,
            source.message_id,
            answered_at=source.at,
            late=source.late,
            corrected=corrected,
            quiet=quiet,
            now=now,
        )
        counts = not source.late or (corrected and asking.follow_up.status in WITH_ANSWERS)
        if counts and not ended:  # the end has kept it
            keep_response(asking.follow_up, answers, now=now)
    elif ended:
        raise_for_ending(asking.follow_up, now=now)
    if not silent:
        wanted = _still_wanted(says, asking) if was_open else says
        enqueue(asking.drafts(wanted, turn=number, purpose=Purpose.CONVERSATION, now=now), now=now)


def speak(turn: Turn, asking: Asking, *, purpose: Purpose, now: datetime) -> None:
    """Keep the state and queue the texts of a turn that no text of the patient has caused; it may end the asking."""
    number = asking.keep_state(turn.state)
    says = [effect for effect in turn.effects if isinstance(effect, Say)]
    links = [effect for effect in turn.effects if isinstance(effect, effect_types.SendLink)]
    says += filter(None, [say_link(effect.reason, asking, now=now) for effect in links])
    enqueue(asking.drafts(says, turn=number, purpose=purpose, now=now), now=now)
    for effect in turn.effects:
        if isinstance(effect, effect_types.Finished):
            _finish(effect.outcome, asking, now)
            raise_for_ending(asking.follow_up, now=now)


def _still_wanted(says: list[Say], asking: Asking) -> list[Say]:
    """Nothing more is asked once this turn has ended the asking."""
    if asking.follow_up.status == FollowUpStatus.OPEN:
        return says
    return [say for say in says if say.kind in {"done", "notice"}]


def _one(  # noqa: C901  # one case for each effect
    effect: Effect, asking: Asking, source: Source, says: list[Say], *, now: datetime
) -> bool:
    """Write one effect; returns whether an answer was kept or changed."""
    match effect:
        case effect_types.Say():
            says.append(effect)
        case effect_types.SendLink():
            _send_link(effect.reason, asking, source, says, now)
        case effect_types.KeepAnswer():
            keep_answer(effect, asking, source)
            return True
        case effect_types.ReplaceAnswer():
            replace_answer(effect, asking, source)
            return True
        case effect_types.Finished():
            _finish(effect.outcome, asking, now)
        case effect_types.HandOver():
            _hand_over(asking, now)
        case effect_types.ForStaff():
            _read_by_staff(effect.reason, asking, source, now)
        case effect_types.SwitchLanguage():
            switch_language(asking, effect.language, now)
        case effect_types.OptOut():
            fulfil(Wish.OPT_OUT, asking.patient, source.message_id, now=now)
            asking.refresh()
        case effect_types.Wish():
            until = date.fromisoformat(effect.detail) if effect.detail else None
            fulfil(wish_named(effect.kind), asking.patient, source.message_id, until=until, now=now)
            asking.refresh()
        case _:
            assert_never(effect)
    return False


def _send_link(reason: effect_types.LinkReason, asking: Asking, source: Source, says: list[Say], now: datetime) -> None:
    """Text a link; one who has had a great many gets none, and a person looks why."""
    say = say_link(reason, asking, now=now)
    if say is not None:
        says.append(say)
    else:
        _read_by_staff("many-links", asking, source, now)


def _finish(outcome: str, asking: Asking, now: datetime) -> None:
    """End an open follow-up; one that is closed already stays as it was closed."""
    if asking.follow_up.status != FollowUpStatus.OPEN:
        return
    if outcome == "completed":
        close(asking.follow_up, FollowUpStatus.COMPLETED, now=now)
    else:
        close_unfinished(asking.follow_up, Reason.NONE, now=now)


def _hand_over(asking: Asking, now: datetime) -> None:
    """The conversation gets nowhere: a person takes it within the next business day."""
    if asking.follow_up.status == FollowUpStatus.OPEN:
        close_unfinished(asking.follow_up, Reason.HANDED_OVER, now=now)
    items.for_follow_up(
        asking.follow_up, asking.clinic, Level.WATCH, kind=ReviewKind.HANDOVER, tags=["handed-over"], now=now
    )


def _read_by_staff(reason: str, asking: Asking, source: Source, now: datetime) -> None:
    if not source.seen:
        for_staff(asking, source, tags=[reason], now=now)


def for_staff(asking: Asking, source: Source, *, tags: Iterable[str] = (), now: datetime) -> None:
    """Put the text itself before a person by the next business day."""
    items.for_text(
        asking.clinic, patient=asking.patient, message_id=source.message_id, level=Level.WATCH, tags=tags, now=now
    )


def switch_language(asking: Asking, language: str, now: datetime) -> None:
    """From the next text on in another language; what has been asked stays as it was."""
    asking.conversation.language = language
    asking.conversation.save(update_fields=["language"])
    Patient.objects.filter(pk=asking.patient.pk).update(language=language, updated_at=now)
