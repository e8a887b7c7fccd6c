"""What a turn of a conversation asks the caller to do: values from a closed list, in the order in which they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from surveys.core.replies.reading import Value

SayKind = Literal["question", "reask", "confirm", "done", "reminder", "notice"]
AnswerKind = Literal["value", "text", "skipped"]
Outcome = Literal["completed", "partial", "stopped", "expired"]
WishKind = Literal["pause", "help", "wrong_person"]
LinkReason = Literal["question", "reminder", "offer", "asked"]


@dataclass(frozen=True, slots=True)
class Say:
    """Text the patient. `about` is the key of the question that the text asks, asks again or confirms."""

    text: str
    about: str | None
    kind: SayKind


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """Store an answer beside `prompt`, the question as it was sent, in `language`.

    `value` is None for open text, which stands in what the patient wrote, and for a skipped question. `raw`: the text
    just received is what the patient wrote for this answer; what was chosen on the web form was not written.
    """

    question: str
    prompt: str
    language: str
    value: Value
    kind: AnswerKind
    reader_version: str
    raw: bool


@dataclass(frozen=True, slots=True)
class ReplaceAnswer:
    """Store a correction: the answer that counted for `question` stays as history, this one counts from now on."""

    question: str
    prompt: str
    language: str
    value: Value
    kind: AnswerKind
    reader_version: str
    raw: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """The conversation is over. `stopped`: ended early by a rule or the patient; `expired`: time ran out, no answer."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class HandOver:
    """The engine gives up on the conversation and a person takes it from here; `reason` is a fixed word."""

    reason: str


@dataclass(frozen=True, slots=True)
class ForStaff:
    """A person must read the text just received; `reason` is a fixed word."""

    reason: str


@dataclass(frozen=True, slots=True)
class SwitchLanguage:
    """The patient wants texts in `language` from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """The patient wants no more texts."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The patient wants something else of the texts. `detail`: the day (YYYY-MM-DD) on which a pause ends, or empty."""

    kind: WishKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SendLink:
    """Text the patient a link to the web form of this follow-up, where the open question waits.

    `question` stands in for the text that would ask it, `reminder` for the one that reminds of it; `offer` comes beside
    a question that was not understood twice, `asked` when the patient wants one.
    """

    reason: LinkReason


Effect = Say | SendLink | KeepAnswer | ReplaceAnswer | Finished | HandOver | ForStaff | SwitchLanguage | OptOut | Wish
