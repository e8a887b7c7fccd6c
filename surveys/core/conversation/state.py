"""Where a conversation stands: positions and values, never what the patient wrote in free words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.core.replies.reading import Value

STATE_FORMAT = 1


class UnknownStateFormat(ValueError):
    """The stored state is of a format that this version cannot read; the message names the format."""


@dataclass(frozen=True, slots=True)
class State:
    """One moment of a conversation.

    `open`: key of the question that awaits a reply; it may have an answer already, which is then being corrected.
    `asked`: how often each question has been put, since a reminder at most. `answers`: value by key, None for open text
    and skipped questions. `order`: their keys in the order in which they came, whose last one a correction is about.
    `closed`: keys whose answer a correction has taken off the way. `jumped`: keys whose value was far from the last
    reading; `confirming`: those that are still to be confirmed. `detours`: texts since the last new answer that brought
    none. `known`: last readings by key, and facts such as `rostered`. `by_link`: texts hold a link to the web form
    instead of questions, with `link_only` for as long as the conversation lasts. `unseen`: the open question has been
    put neither by text nor on the form.
    """

    language: str
    open: str | None = None
    asked: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, Value] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    confirming: tuple[str, ...] = ()
    jumped: tuple[str, ...] = ()
    detours: int = 0
    known: Mapping[str, Any] = field(default_factory=dict)
    by_link: bool = False
    link_only: bool = False
    unseen: bool = False
    ended: bool = False

    def knowing(self, **facts: bool) -> State:
        """The state with facts, such as `rostered`, as they stand now."""
        return replace(self, known={**self.known, **facts})

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON values."""
        return {
            "format": STATE_FORMAT,
            "language": self.language,
            "open": self.open,
            "asked": dict(self.asked),
            "answers": {key: _listed(value) for key, value in self.answers.items()},
            "order": list(self.order),
            "closed": list(self.closed),
            "confirming": list(self.confirming),
            "jumped": list(self.jumped),
            "detours": self.detours,
            "known": dict(self.known),
            "by_link": self.by_link,
            "link_only": self.link_only,
            "unseen": self.unseen,
            "ended": self.ended,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """A stored state; fields that its version did not know yet have their first value.

        Raises:
            UnknownStateFormat: a later version wrote it, or it is no state.
        """
        if data.get("format") not in range(1, STATE_FORMAT + 1):
            message = f"Conversation state of format {data.get('format')!r}; formats 1 to {STATE_FORMAT} are known."
            raise UnknownStateFormat(message)
        return cls(
            language=data["language"],
            open=data.get("open"),
            asked=data.get("asked", {}),
            answers={key: _tupled(value) for key, value in data.get("answers", {}).items()},
            order=tuple(data.get("order", ())),
            closed=tuple(data.get("closed", ())),
            confirming=tuple(data.get("confirming", ())),
            jumped=tuple(data.get("jumped", ())),
            detours=data.get("detours", 0),
            known=data.get("known", {}),
            by_link=data.get("by_link", False),
            link_only=data.get("link_only", False),
            unseen=data.get("unseen", False),
            ended=data.get("ended", False),
        )


def _listed(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _tupled(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value
