"""A text as the room above hands it over, before it stands in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from messaging.core.lifecycle import Purpose
from messaging.core.segments import tidy
from privacy.sensitive import Sensitive

LONGEST_BODY = 1600
"""Characters the provider takes in one text (clinical content, section 6.1)."""

Hours = Sequence[Sequence[str] | None]


class UnsendableBody(ValueError):
    """The body is empty or longer than any provider takes; the message gives its length, not the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDraft:
    """A text that is owed. Whoever hands over the same `dedupe_key` again owes nothing more.

    It leaves from `not_before` (default: at once) to `expires_at`, and only within `window`: seven entries, Monday
    first, of opening and closing in `window_zone`, "24:00" being legal; none: at any hour. `context_id` is the
    sender's own, given back in events. The body is kept as `tidy` leaves it.
    """

    clinic_id: UUID
    dedupe_key: str
    number: Sensitive
    number_hash: str
    body: str
    language: str
    purpose: Purpose
    expires_at: datetime
    context_id: UUID | None = None
    not_before: datetime | None = None
    window: Hours | None = None
    window_zone: str = ""

    def __post_init__(self) -> None:
        """Tidy the body; raise UnsendableBody before anything is stored."""
        body = tidy(self.body)
        if not body.strip() or len(body) > LONGEST_BODY:
            raise UnsendableBody(f"A text has 1 to {LONGEST_BODY} characters; this one has {len(body)}.")
        object.__setattr__(self, "body", body)
