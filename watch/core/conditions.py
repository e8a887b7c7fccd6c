"""What needs a person although nobody complained: conditions as data, figures in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from clinics.core.figures import Figure

QUEUE_LATE = 180.0
"""Seconds that due work may lie: the sweeps come every few seconds, and an alert must be out within five minutes."""

SILENT = 90.0
"""Seconds without any sweep after which nothing runs."""

UNKNOWN_LONG = 720.0
"""Seconds after which a text of unknown outcome is shown to a person: before the quarter of an hour is over (G2)."""


WEBHOOK_FAILS = 3600.0
"""Seconds that another system may be away: it is somebody else's, and what it misses is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds for a figure called `figure` that reaches every limit. Two entries may share a key: either will do.

    `age` is in seconds, `share` from 0 to 1 of the figure's `of`, and `of` the least that a share means anything for.
    """

    key: str
    figure: str
    title: str
    remedy: str
    count: int = 1
    age: float = 0.0
    share: float = 0.0
    of: int = 0

    def holds(self, figure: Figure, now: datetime) -> bool:
        """Whether `figure` reaches every limit at `now`."""
        return (
            figure.name == self.figure
            and figure.count >= self.count
            and figure.of >= self.of
            and figure.count >= self.share * figure.of
            and figure.age(now) >= self.age
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A condition that holds: at one clinic, or without one for the whole installation."""

    condition: str
    subject: str
    clinic_id: UUID | None
    count: int
    of: int
    since: datetime | None

    @property
    def key(self) -> tuple[str, str, UUID | None]:
        """What tells alerts apart: one is open for each."""
        return self.condition, self.subject, self.clinic_id


_CALLBACKS = Condition(
    key="callbacks-silent",
    figure="callbacks",
    of=3,
    share=0.5,
    count=2,
    title="The provider does not report on texts",
    remedy="Check that PUBLIC_BASE_URL can be reached from outside, and the provider's own status page.",
)

CONDITIONS = (
    Condition(
        key="broker-away",
        figure="broker_away",
        title="Redis does not answer, and nothing runs",
        remedy="Start Redis, or mend REDIS_URL. Nothing is lost: what is due goes out when it is back.",
    ),
    Condition(
        key="workers-silent",
        figure="workers_silent",
        title="No worker is running",
        remedy="Start the worker: celery -A config worker. Nothing is lost: what is due goes out when it is back.",
    ),
    Condition(
        key="scheduler-silent",
        figure="scheduler_silent",
        title="The scheduler is silent",
        remedy="Start the scheduler: celery -A config beat. Nothing is lost: what is due goes out when it is back.",
    ),
    Condition(
        key="sweep-silent",
        figure="sweep_silent",
        title="One kind of work is no longer done",
        remedy="Look for errors of this sweep in the worker's log.",
    ),
    Condition(
        key="queue-late",
        figure="queue",
        age=QUEUE_LATE,
        title="Work is due and nobody does it",
        remedy="Look at the operations page for what is stuck, and at the worker's log for errors.",
    ),
    Condition(
        key="no-roster",
        figure="no_roster",
        title="Something urgent has come and nobody is on call",
        remedy="Claim it on the worklist now, then put somebody on the on-call roster.",
    ),
    Condition(
        key="texts-held-up",
        figure="held_up",
        title="Texts were refused for the moment and wait long for their next try",
        remedy="The operations page shows the reason of each; they can be tried at once or given up there.",
    ),
    Condition(
        key="texts-uncertain",
        figure="uncertain",
        age=UNKNOWN_LONG,
        title="Nobody knows whether texts left",
        remedy="Look them up at the provider and say on the operations page whether they left.",
    ),
    Condition(
        key="sender-stopped",
        figure="sender_stop",
        title="The provider refuses the clinic's sender",
        remedy="Look the code up at the provider, mend the account or number, then resume on the operations page.",
    ),
    Condition(
        key="texts-set-aside",
        figure="set_aside",
        title="Patients' texts could not be handled",
        remedy="They wait in the inbox for a person. Mend the fault in the log, then handle them again.",
    ),
    Condition(
        key="texts-filtered",
        figure="filtered",
        count=2,
        share=0.02,
        title="Carriers filter texts as unwanted",
        remedy="Stop and check the sender's registration and the wording of the texts with the provider.",
    ),
    Condition(
        key="webhook-failing",
        figure="webhook_failing",
        age=WEBHOOK_FAILS,
        title="Another system does not take events",
        remedy="The API's webhook-deliveries say why. It is tried for three days, then the webhook is switched off.",
    ),
    Condition(
        key="webhook-disabled",
        figure="webhook_disabled",
        title="A webhook was switched off, because it failed for three days",
        remedy="Mend the other system, then PATCH the webhook with is_active true and replay what it missed.",
    ),
    _CALLBACKS,
    replace(_CALLBACKS, of=1, share=1.0, count=1, age=QUEUE_LATE + 60),
)

BY_KEY = {condition.key: condition for condition in CONDITIONS}

CAUSES = frozenset({"broker-away", "workers-silent", "scheduler-silent"})
FOLLOWS = frozenset({"queue-late", "sweep-silent", "callbacks-silent"})
"""While nothing runs these follow from it, and only the cause is told."""


def findings(figures: Iterable[Figure], *, now: datetime) -> list[Finding]:
    """Each condition that holds, once for each subject and clinic, in the order of the table."""
    known = list(figures)
    found = {finding.key: finding for finding in reversed(list(_held(known, now)))}
    kept = list(reversed(found.values()))
    if any(finding.condition in CAUSES for finding in kept):
        return [finding for finding in kept if finding.condition not in FOLLOWS]
    return kept


def _held(figures: list[Figure], now: datetime) -> Iterator[Finding]:
    for condition in CONDITIONS:
        for figure in figures:
            if condition.holds(figure, now):
                yield Finding(
                    condition=condition.key,
                    subject=figure.subject,
                    clinic_id=figure.clinic_id,
                    count=figure.count,
                    of=figure.of,
                    since=figure.oldest,
                )
