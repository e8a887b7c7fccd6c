"""Looking and telling again and again, without Celery: in a thread of each web process, or as a command of its own.

When the database is away nothing can be written down: then the watchdog tells by itself, once for each outage.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone
from psycopg_pool import PoolTimeout

from watch import operations
from watch.operations.without_rows import tell_without_rows
from watch.probes import ask

LONGEST_INTERVAL = 30.0
ROUNDS_BETWEEN_LOOKS = 6
"""A look costs a handful of queries, so there is one for so many sweeps, and one each LONGEST_INTERVAL at least."""

DATABASE_PATIENCE = timedelta(seconds=60)
"""How long the database may be away before somebody is told: a restart takes less."""

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


def interval() -> float:
    """Seconds between looks."""
    return min(LONGEST_INTERVAL, ROUNDS_BETWEEN_LOOKS * float(settings.SWEEP_SECONDS))


class Watchdog:
    """One process's watching. Several may watch: of each round only one looks, and each notice is sent by one."""

    def __init__(self, clock: Clock = timezone.now) -> None:
        self.clock = clock
        self.stopped = threading.Event()
        self._away_since: datetime | None = None
        self._has_told = False

    def start(self) -> None:
        """Watch in a thread from now on, beginning after two intervals: the other parts may only just be starting."""
        threading.Thread(target=self.run, args=(2 * interval(),), name="watchdog", daemon=True).start()

    def run(self, delay: float = 0.0) -> None:
        """Watch until `stopped` is set."""
        wait = delay
        while not self.stopped.wait(wait):
            self.round()
            wait = interval()

    def round(self) -> None:
        """Look and tell once; whatever happens, the next round comes."""
        now = self.clock()
        try:
            operations.look(ask=ask, now=now, unless_within=timedelta(seconds=interval() / 2))
            operations.tell(now=now)
            self._database_is_back()
        except (DatabaseError, PoolTimeout) as error:
            log.warning("watch_without_database", error=type(error).__name__)
            self._database_is_away(now)
        except Exception as error:  # the watchdog must outlive whatever it finds
            log.exception("watch_failed", error=type(error).__name__)
        finally:
            connections.close_all()

    def _database_is_away(self, now: datetime) -> None:
        self._away_since = self._away_since or now
        if not self._has_told and now - self._away_since >= DATABASE_PATIENCE:
            self._has_told = True
            tell_without_rows("The database does not answer, and nothing runs", since=self._away_since)

    def _database_is_back(self) -> None:
        if self._has_told and self._away_since is not None:
            tell_without_rows("Over: the database did not answer", since=self._away_since)
        self._away_since, self._has_told = None, False
