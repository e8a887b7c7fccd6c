"""Asking the parts that have no rows of their own whether they are there: the broker and the workers."""

from __future__ import annotations

import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from watch.core.silence import Answers

PROBE_SECONDS = 1.0
WORKER_SECONDS = 2.0
"""How long workers have to answer; one that is busy answers all the same, because its children do the work."""


def ask() -> Answers:
    """Ask the broker, and through it the workers."""
    if not broker_answers():
        return Answers(broker=False, workers=False)
    try:
        return Answers(broker=True, workers=bool(current_app.control.ping(timeout=WORKER_SECONDS)))
    except (OperationalError, OSError, redis.RedisError):
        return Answers(broker=broker_answers(), workers=False)


def broker_answers() -> bool:
    """Whether Redis answers within PROBE_SECONDS."""
    limits = {"socket_connect_timeout": PROBE_SECONDS, "socket_timeout": PROBE_SECONDS}
    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, **limits) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
