"""Answers are added; a correction supersedes, nothing is overwritten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from followup.models import Answer
from followup.operations.asking import Asking, Source
from messaging.operations import insert_new
from privacy.ids import new_id
from surveys.core.effects import KeepAnswer, ReplaceAnswer


def keep_answer(effect: KeepAnswer, asking: Asking, source: Source) -> None:
    """Keep an answer beside the exact question; one that was kept before for this question is superseded."""
    _write(effect, asking, source)


def replace_answer(effect: ReplaceAnswer, asking: Asking, source: Source) -> None:
    """Keep a corrected answer; the one it corrects stays as history."""
    _write(effect, asking, source)


def _write(effect: KeepAnswer | ReplaceAnswer, asking: Asking, source: Source) -> None:
    answer = Answer(
        id=new_id(),
        clinic_id=asking.follow_up.clinic_id,
        patient_id=asking.follow_up.patient_id,
        follow_up=asking.follow_up,
        question=effect.question,
        prompt=effect.prompt,
        language=effect.language,
        raw_text=source.body if effect.raw else None,
        value=None if effect.kind == "text" else _plain(effect.value),
        kind=effect.kind,
        reader_version=effect.reader_version,
        source="patient",
        channel=source.channel,
        message_id=source.message_id,
        late=source.late,
        answered_at=source.at,
    )
    if not insert_new([answer]):  # nearly every question is answered once
        _supersede(asking, effect.question, answer.id, source)
        answer.save(force_insert=True)


def _supersede(asking: Asking, question: str, answer_id: UUID, source: Source) -> None:
    Answer.objects.filter(follow_up=asking.follow_up, question=question, superseded_at__isnull=True).update(
        superseded_at=source.at, superseded_by=answer_id
    )


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value
