"""The inbound webhook, against a bare view that checks the signature and makes one INSERT."""

from __future__ import annotations

import io
import itertools
import sys
import time
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from twilio.request_validator import RequestValidator

from bench.measure import Row, cost, percentile, rate, ratio

REQUESTS = 400
ROUNDS = 5
PATH = "/webhooks/twilio/inbound/"
BARE_INSERT = """
INSERT INTO messaging_inboundmessage (id, provider_id, number, number_hash, sender, body, media, control,
    provider_control, received_at, pending_since, next_try_at, tries)
VALUES (%s, %s, %s, %s, %s, %s, '[]', '', '', %s, %s, %s, 0) ON CONFLICT DO NOTHING
"""
_places = itertools.count()


def bare(request: HttpRequest) -> HttpResponse:
    """The least that a signed webhook can do."""
    url = settings.PUBLIC_BASE_URL + request.get_full_path()
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    if not validator.validate(url, request.POST, request.headers.get("X-Twilio-Signature", "")):
        return HttpResponse(status=403)
    now, form = timezone.now(), request.POST
    values = [uuid4(), form["MessageSid"], form["From"].encode(), form["From"], form["To"], form["Body"].encode()]
    with connection.cursor() as cursor:
        cursor.execute(BARE_INSERT, [*values, now, now, now])
    return HttpResponse(b"<Response/>", content_type="text/xml")


urlpatterns = [path("webhooks/twilio/inbound/", bare)]


def request() -> dict[str, Any]:
    """A signed text, as a WSGI server hands it over."""
    form = {
        "AccountSid": settings.TWILIO_ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "Body": "about a 7, I think",
        "From": "+16185550123",
        "FromCity": "",
        "FromCountry": "US",
        "MessageSid": f"SM{next(_places):032x}",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "To": "+15550001000",
    }
    body = urlencode(form).encode()
    url = settings.PUBLIC_BASE_URL + PATH
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_TWILIO_SIGNATURE": RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(url, form),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }


def answer(handler: WSGIHandler, environ: dict[str, Any]) -> float:
    """Have one request answered; the seconds it took."""
    begun = time.perf_counter()
    said: list[str] = []
    response = handler(environ, lambda status, headers, error=None: said.append(status))
    b"".join(response)
    response.close()
    assert said == ["200 OK"], said
    return time.perf_counter() - begun


@dataclass
class Door:
    """One way to answer: its handler, its addresses, and how long each answer took."""

    handler: WSGIHandler
    addresses: str
    took: list[float] = field(default_factory=list)

    def rate(self) -> float:
        """Requests a second, one after the other; they are signed before the clock starts."""
        ready = [request() for _ in range(REQUESTS)]
        with override_settings(ROOT_URLCONF=self.addresses), cost() as taken:
            self.took += [answer(self.handler, environ) for environ in ready]
        return REQUESTS / taken.seconds


def doors() -> dict[str, Door]:
    """The service's with all its middleware, and the bare one without any."""
    ours = WSGIHandler()
    with override_settings(MIDDLEWARE=[]):
        barest = WSGIHandler()
    return {"ours": Door(ours, "config.urls"), "bare": Door(barest, __name__)}


def rows() -> list[Row]:
    """The two doors, alternating; the first round warms up."""
    with override_settings(GATEWAY="twilio", TWILIO_ACCOUNT_SID="AC" + "1" * 32, TWILIO_AUTH_TOKEN=token_hex()):
        both = doors()
        figures: dict[str, list[float]] = {name: [] for name in both}
        for number in range(ROUNDS + 1):
            for name in sorted(both, reverse=number % 2 == 1):
                figures[name].append(both[name].rate())
    slowest = percentile(both["ours"].took[REQUESTS:], 0.99) * 1000
    name = "webhook: verify, seal, keep, nudge, against signature and one INSERT"
    return [
        ratio(name, figures["ours"][1:], figures["bare"][1:], 0.85),
        rate("webhook: inbound texts, one process, one after the other", figures["ours"][1:], "texts/s"),
        Row("webhook: p99 one after the other", round(slowest, 2), "ms", "<= 50", slowest <= 50),
    ]
