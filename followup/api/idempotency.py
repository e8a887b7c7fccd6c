"""Idempotency-Key: a POST repeated with the same key gets the answer of the first, and does nothing again."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from clinics.operations import KeptAnswer, claim_key, keep_answer
from followup.api.problems import CONTENT_TYPE
from privacy.sensitive import Sensitive

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 255
REPLAYED_HEADER = "Idempotent-Replayed"


class KeptReply(Exception):
    """Ends a request whose idempotency key has an answer already."""

    def __init__(self, kept: KeptAnswer) -> None:
        super().__init__()
        self.kept = kept


class IdempotentPosts(APIView):
    """Keys for views: they call `claim_key` once they know the caller; the answer is kept when the view has ended."""

    fingerprint = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A POST with a key runs in one transaction with the keeping of its answer: whatever kills it frees the key."""
        if request.method != "POST" or KEY_HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def claim_key(self, request: Request) -> None:
        """Claim the request's key, if it has one. Raises KeptReply when there is an answer, KeyReused, KeyInFlight."""
        key = request.headers.get(KEY_HEADER)
        if request.method != "POST" or key is None:
            return
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise ValidationError({KEY_HEADER: f"Use 1 to {LONGEST_KEY} printable ASCII characters."})
        content = b"\0".join([request.method.encode(), request.get_full_path().encode(), request.body])
        fingerprint = hashlib.sha256(content).hexdigest()
        caller: Any = request.user
        kept = claim_key(user=caller, key=key, fingerprint=fingerprint, now=timezone.now())
        if kept is not None:
            raise KeptReply(kept)
        self.fingerprint = fingerprint

    def handle_exception(self, exc: Exception) -> Any:
        if not isinstance(exc, KeptReply):
            return super().handle_exception(exc)
        kept = exc.kept
        return HttpResponse(
            kept.body.reveal(),
            status=kept.status,
            content_type=CONTENT_TYPE if kept.status >= 400 else "application/json",
            headers={REPLAYED_HEADER: "true"},
        )

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.fingerprint and response.status_code < 500:
            body = "" if response.data is None else JSONRenderer().render(self.kept_data(response.data)).decode()
            keep_answer(
                user=request.user,
                key=request.headers[KEY_HEADER],
                fingerprint=self.fingerprint,
                status=response.status_code,
                body=Sensitive(body),
                now=timezone.now(),
            )
        return response

    def kept_data(self, data: Any) -> Any:
        """What a repeated request is answered with."""
        return data
