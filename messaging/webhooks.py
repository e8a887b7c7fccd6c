"""Doors for the provider: verify, keep with one write, answer; thinking happens in a worker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden, QueryDict
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from messaging import operations, tasks
from messaging.operations import NotGenuine, Origin, WrongAccount

EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
SIGNATURE = "X-Twilio-Signature"
MOST_MEDIA = 10
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
CONTROLS = {"STOP": "stop", "START": "start", "HELP": "help"}
LONGEST_SENDER = 40
LONGEST_STATUS = 24
LONGEST_CODE = 12

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def inbound(request: HttpRequest) -> HttpResponse:
    """Keep a text from a patient. The answer is empty TwiML: any other type would be texted to the patient."""
    try:
        origin = _origin(request)
    except NotGenuine:
        return _refused("inbound")
    form = request.POST
    if not IDENTIFIER.fullmatch(form.get("MessageSid", "")) or not form.get("From"):
        return HttpResponseBadRequest("MessageSid and From are needed.", content_type="text/plain")
    stored = _store(form, origin, timezone.now())
    if stored is not None:
        tasks.nudge_inbound(stored)
    return HttpResponse(EMPTY_TWIML, content_type="text/xml")


@csrf_exempt
@require_POST
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a status callback; one that fits no text of ours is kept too, and answered like any other."""
    try:
        origin = _origin(request)
        form = request.POST
        if not IDENTIFIER.fullmatch(form.get("MessageSid", "")):
            return HttpResponseBadRequest("MessageSid is needed.", content_type="text/plain")
        operations.take_receipt(
            token=token,
            provider_id=form.get("MessageSid", ""),
            account_sid=origin.account_sid,
            status=_clean(form.get("MessageStatus", ""), LONGEST_STATUS),
            error_code=_clean(form.get("ErrorCode", ""), LONGEST_CODE),
            now=timezone.now(),
        )
    except (NotGenuine, WrongAccount):
        return _refused("status")
    return HttpResponse(status=204)


def _origin(request: HttpRequest) -> Origin:
    return operations.verify(
        path=request.get_full_path(), form=request.POST, signature=request.headers.get(SIGNATURE, "")
    )


def _store(form: QueryDict, origin: Origin, now: datetime) -> UUID | None:
    return operations.store_inbound(
        clinic_id=origin.clinic_id,
        provider_id=form.get("MessageSid", ""),
        number=form.get("From", ""),
        sender=_clean(form.get("To", ""), LONGEST_SENDER),
        body=form.get("Body", ""),
        media=list(_media(form)),
        provider_control=CONTROLS.get(form.get("OptOutType", "").upper(), ""),
        received_at=now,
    )


def _media(form: QueryDict) -> Iterator[str]:
    """The content types of what came along; its addresses are never kept and never opened here."""
    count = form.get("NumMedia", "0")
    for number in range(min(int(count), MOST_MEDIA) if count.isdecimal() else 0):
        yield _clean(form.get(f"MediaContentType{number}", "unknown"), 80)


def _clean(text: str, longest: int) -> str:
    """What a text column can hold: without NUL, and not longer than it."""
    return text.replace("\x00", "")[:longest]


def _refused(door: str) -> HttpResponse:
    log.warning("webhook_refused", door=door)
    return HttpResponseForbidden("The signature does not fit.", content_type="text/plain")
