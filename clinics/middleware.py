"""Who is behind a request: every view finds an Actor on it, ready for operations and the audit log."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from clinics.core.actor import Actor
from clinics.models import ApiToken, User


def acting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put `request.actor` on each request; the member of staff is looked up only when somebody asks."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]  # Django's own way
        return get_response(request)

    return middleware


def actor_of(request: HttpRequest, user: User | None = None, token: ApiToken | None = None) -> Actor:
    """The token, the signed-in member of staff, or else the service itself, at the address the request came from.

    REMOTE_ADDR and the request's id are those that the trusted proxies and the request-id middleware left.
    """
    identifier = structlog.contextvars.get_contextvars().get("request_id")
    place = {"ip": request.META.get("REMOTE_ADDR") or None, "request_id": identifier}
    if token is not None:
        return Actor("token", str(token.pk), **place)
    person = user or request.user
    if person.is_authenticated:
        return Actor("staff", str(person.pk), **place)
    return Actor("system", "anonymous", **place)
