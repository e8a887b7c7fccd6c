"""Which part is silent: from the pulse of the sweeps to the one thing that is to be started again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clinics.core.figures import Figure
from watch.core.conditions import SILENT

ROUNDS_MISSED = 6
"""A sweep that missed so many of its rounds is silent."""

PATIENCE = 120.0
"""Seconds that one sweep may be silent while others are not: a worker can be busy with a batch for a while."""

LONGEST_WATCHED = 300.0
"""Seconds between rounds up to which silence is told; housekeeping that comes by the hour may be late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The sweeps as they stand: `every` is each one's seconds between rounds, `last` when it ended its last round.

    A sweep without a last round counts from `begun`, when somebody first looked.
    """

    every: Mapping[str, float]
    last: Mapping[str, datetime]
    begun: datetime

    def since(self, sweep: str) -> datetime:
        """When the sweep was last heard of."""
        return self.last.get(sweep, self.begun)

    @property
    def newest(self) -> datetime:
        """When any sweep was last heard of."""
        return max(map(self.since, self.every), default=self.begun)


@dataclass(frozen=True, slots=True)
class Answers:
    """Whether broker and workers answered when they were asked."""

    broker: bool
    workers: bool


def is_still(pulse: Pulse, now: datetime) -> bool:
    """Whether nothing runs at all, so that it is worth asking which part is away."""
    return (now - pulse.newest).total_seconds() >= SILENT


def cause(pulse: Pulse, answers: Answers) -> Figure:
    """The one part to start again when nothing runs."""
    if not answers.broker:
        name = "broker_away"
    elif not answers.workers:
        name = "workers_silent"
    else:
        name = "scheduler_silent"
    return Figure(name=name, oldest=pulse.newest)


def silent_sweeps(pulse: Pulse, now: datetime) -> list[Figure]:
    """The sweeps that are silent while others run."""
    watched = {sweep: every for sweep, every in pulse.every.items() if every <= LONGEST_WATCHED}
    return [
        Figure(name="sweep_silent", subject=sweep, oldest=pulse.since(sweep))
        for sweep, every in watched.items()
        if (now - pulse.since(sweep)).total_seconds() >= max(PATIENCE, ROUNDS_MISSED * every)
    ]
