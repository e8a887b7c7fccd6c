"""What a room reads of itself, for those who watch whether everything moves: counts and times, nobody's data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many rows of one kind there are, at one clinic or (without one) in the whole installation.

    `subject` tells figures of one name apart, like the queues. `of` is how many rows were looked at, where a share of
    them matters. `oldest` is since when the first of them waits.
    """

    name: str
    subject: str = ""
    clinic_id: UUID | None = None
    count: int = 1
    of: int = 0
    oldest: datetime | None = None

    def age(self, now: datetime) -> float:
        """Seconds since `oldest`; 0 where nothing waits."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


def by_name(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The figures of all clinics and subjects together: what the whole installation shows to strangers."""
    sums: dict[str, Figure] = {}
    for figure in figures:
        known = sums.get(figure.name, Figure(name=figure.name, count=0))
        sums[figure.name] = Figure(
            name=figure.name,
            count=known.count + figure.count,
            of=known.of + figure.of,
            oldest=min((at for at in (known.oldest, figure.oldest) if at), default=None),
        )
    return sums
