"""What happens to every request: whose forwarded headers count, and the id its log lines carry."""

import ipaddress
import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import resolve

Handler = Callable[[HttpRequest], HttpResponse]

FORWARDED_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)
WEBHOOKS = "/webhooks/"
WAS_FORWARDED = "followup.was_forwarded"
SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def trusted_proxies(get_response: Handler) -> Handler:
    """Drop forwarded headers unless TRUSTED_PROXIES sent them; from those, take the client's address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META[WAS_FORWARDED] = any(header in request.META for header in FORWARDED_HEADERS)
        if is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = _client_address(request)
        else:
            for header in FORWARDED_HEADERS:
                request.META.pop(header, None)
        return get_response(request)

    return middleware


def request_id(get_response: Handler) -> Handler:
    """Give each request an id, in its log lines and in its answer; an id that came along is kept when harmless."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        identifier = given if SAFE_REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        # Not taken off afterwards: Django logs an error answer after the last middleware; the next request replaces it.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=identifier)
        response = get_response(request)
        response["X-Request-Id"] = identifier
        return response

    return middleware


def webhooks_alone(get_response: Handler) -> Handler:
    """Answer webhooks without what only pages need: a third of their time went into sessions and policies they lack."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(WEBHOOKS):
            return get_response(request)
        match = resolve(request.path_info)
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return answer

    return middleware


def is_trusted(address: str) -> bool:
    """Say whether `address` belongs to a proxy whose forwarded headers we believe."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)


def is_direct_from_us(request: HttpRequest) -> bool:
    """Say whether the request came from this machine or a trusted address itself, not through a proxy."""
    address = request.META.get("REMOTE_ADDR", "")
    return not request.META.get(WAS_FORWARDED) and (address in ("127.0.0.1", "::1") or is_trusted(address))


def _client_address(request: HttpRequest) -> str:
    """Return the last address in X-Forwarded-For that no proxy of ours added."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    outside = [hop for hop in hops if not is_trusted(hop)]
    return outside[-1] if outside else str(request.META["REMOTE_ADDR"])
