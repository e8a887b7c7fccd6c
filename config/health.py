"""Is the process alive, and is the service ready: by part, with the age of each sweep."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import psycopg
import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinics.queries import heartbeats
from watch.core.conditions import Finding, findings
from watch.queries import LOOKED, figures
from watch.watchdog import interval

PROBE_SECONDS = 1
"""How long the database and the broker may take to answer; a slower one is ill."""

SWEEPS_MISSED = 6
"""A sweep that missed this many of its rounds is ill."""

LEAST_SWEEP_AGE = 30
"""Seconds that any sweep may be old, because a worker can be busy with a batch for that long."""

LONGEST_WATCHED = 300
"""Seconds between rounds up to which silence is an illness; housekeeping that comes round by the hour may be late."""

OWN = (
    ("queues", {"queue-late", "texts-held-up"}),
    ("uncertain", {"texts-uncertain"}),
    ("callbacks", {"callbacks-silent"}),
    ("senders", {"sender-stopped", "texts-filtered"}),
    ("set_aside", {"texts-set-aside"}),
)
"""Parts that may be the trouble of one clinic, and the conditions that make them ill."""

log = structlog.get_logger(__name__)


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive; it looks at nothing else, so that a sick database restarts nobody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 503 when a part is ill that all clinics need, else 200, with what is wrong by part.

    What may be one clinic's own trouble, like its stopped sender, makes the service `degraded` and no more: whoever
    took the web part out of service for it would lose other clinics' texts.
    """
    parts = {"database": _part(_database), "redis": _part(_redis)}
    own: dict[str, Any] = {}
    if parts["database"]["ok"]:
        parts |= {"migrations": _part(_migrations)} | _sweeps()
        own = _part(_standing) if parts["migrations"]["ok"] else {}
    ill = not all(part["ok"] for part in parts.values())
    status = "ill" if ill else "ok" if all(part["ok"] for part in own.values()) else "degraded"
    return JsonResponse({"status": status, "parts": parts | own}, status=503 if ill else 200)


def _part(probe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what the probe says, or that the part did not answer; the reason goes to the log, not to strangers."""
    try:
        return probe()
    except (DatabaseError, psycopg.Error, redis.RedisError) as error:
        log.warning("part_ill", part=probe.__name__.strip("_"), error=type(error).__name__)
        return {"ok": False, "detail": "does not answer"}


def _database() -> dict[str, Any]:
    """Open a session outside the pool, so that a full pool is not mistaken for a dead database."""
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "pool"}
    parameters["connect_timeout"] = max(PROBE_SECONDS, 2)  # libpq takes nothing below two seconds
    with psycopg.connect(**parameters) as session:
        session.execute("SELECT 1")
    return {"ok": True}


def _redis() -> dict[str, Any]:
    limits = {"socket_connect_timeout": PROBE_SECONDS, "socket_timeout": PROBE_SECONDS}
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, **limits) as client:
        client.ping()
    return {"ok": True}


def _migrations() -> dict[str, Any]:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": not missing, "missing": missing}


def _standing() -> dict[str, Any]:
    """Return a part for each kind of trouble that the operations page explains: where, how much and for how long."""
    now = timezone.now()
    found = findings(figures(now=now), now=now)
    age, limit = sweep_ages().get(LOOKED), SWEEPS_MISSED * interval()
    watch = {"ok": age is not None and age <= limit, "age_seconds": age, "limit_seconds": limit}
    own = {part: _trouble([one for one in found if one.condition in conditions], now) for part, conditions in OWN}
    return {"watch": watch} | own


def _trouble(found: Sequence[Finding], now: datetime) -> dict[str, Any]:
    """Counts and times only: this page is open to strangers."""
    since = min((one.since for one in found if one.since), default=None)
    part: dict[str, Any] = {"ok": not found}
    if found:
        part |= {
            "count": sum(one.count for one in found),
            "kinds": sorted({one.subject for one in found if one.subject}),
        }
    if since is not None:
        part["age_seconds"] = round((now - since).total_seconds(), 1)
    return part


def _sweeps() -> dict[str, dict[str, Any]]:
    """Return one part for each sweep of the timetable: how many seconds ago its last round ended."""
    ages = sweep_ages()
    parts = {}
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        if entry["schedule"] > LONGEST_WATCHED:
            continue
        limit = max(LEAST_SWEEP_AGE, SWEEPS_MISSED * entry["schedule"])
        age = ages.get(name)
        parts[name] = {"ok": age is not None and age <= limit, "age_seconds": age, "limit_seconds": limit}
    return parts


def sweep_ages() -> dict[str, float]:
    """Return the seconds since each sweep last finished a round, by the name it has in the timetable."""
    now = timezone.now()
    return {name: round((now - at).total_seconds(), 1) for name, at in heartbeats().items()}
