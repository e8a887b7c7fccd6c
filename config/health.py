"""Is the process alive, and is the service ready: by part, with the age of each sweep."""

from collections.abc import Callable
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

from clinics.models import SweepHeartbeat

PROBE_SECONDS = 1
"""How long the database and the broker may take to answer; a slower one is ill."""

SWEEPS_MISSED = 6
"""A sweep that missed this many of its rounds is ill."""

LEAST_SWEEP_AGE = 30
"""Seconds that any sweep may be old, because a worker can be busy with a batch for that long."""

LONGEST_WATCHED = 300
"""Seconds between rounds up to which silence is an illness; housekeeping that comes round by the hour may be late."""

log = structlog.get_logger(__name__)


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive; it looks at nothing else, so that a sick database restarts nobody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every part is well and 503 otherwise, with what is wrong by part."""
    parts = {"database": _part(_database), "redis": _part(_redis)}
    if parts["database"]["ok"]:
        parts |= {"migrations": _part(_migrations)} | _sweeps()
    ok = all(part["ok"] for part in parts.values())
    return JsonResponse({"status": "ok" if ok else "ill", "parts": parts}, status=200 if ok else 503)


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
    return {name: round((now - at).total_seconds(), 1) for name, at in SweepHeartbeat.objects.values_list("name", "at")}
