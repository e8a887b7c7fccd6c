"""Limits against runaway clients: by token or person, and by address for who is not known."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

log = structlog.get_logger(__name__)


class ClientThrottle(SimpleRateThrottle):
    """1200 requests a minute for each token or person, and for each address of strangers.

    While Redis is away nobody is held back: the limit protects from mistakes, the service must not depend on it.
    """

    scope = "client"
    rate = "1200/min"
    cache = caches["limits"]

    def get_cache_key(self, request: Request, view: Any) -> str:
        if request.auth is not None:
            who = f"token:{request.auth.pk}"
        elif request.user.is_authenticated:
            who = f"staff:{request.user.pk}"
        else:
            who = f"address:{request.META.get('REMOTE_ADDR')}"
        return f"api-limit:{who}"

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            log.warning("limits_unavailable")
            return True
