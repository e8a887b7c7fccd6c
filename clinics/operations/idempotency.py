"""Idempotency keys: a POST repeated with the same key gets the answer of the first, and does nothing again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from clinics.models import IdempotentRequest, User
from privacy.sensitive import Sensitive

KEPT_FOR = timedelta(hours=24)


class KeyInFlight(Exception):
    """The first request with this key is still at work: ask again in a moment."""


class KeyReused(Exception):
    """The key came with another request before; a key belongs to one request."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer of the first request: HTTP status and body."""

    status: int
    body: Sensitive


def claim_key(*, user: User, key: str, fingerprint: str, now: datetime) -> KeptAnswer | None:
    """Claim `key` for the running transaction, or give the answer that is kept for it; `fingerprint` is the request's.

    Call it at the start of the transaction that does the work and keeps the answer: whatever kills that transaction
    frees the key. Raises KeyInFlight and KeyReused.
    """
    if not _lock(user, key):
        raise KeyInFlight
    kept = IdempotentRequest.objects.filter(user=user, key=key, created_at__gt=now - KEPT_FOR).first()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise KeyReused
    return KeptAnswer(kept.status, kept.body)


def keep_answer(*, user: User, key: str, fingerprint: str, status: int, body: Sensitive, now: datetime) -> None:
    """Keep the answer, sealed, for KEPT_FOR; it replaces one that is older than that."""
    IdempotentRequest.objects.filter(user=user, key=key).delete()
    IdempotentRequest.objects.create(
        user=user, key=key, fingerprint=fingerprint, status=status, body=body, created_at=now
    )


def forget_answers(*, now: datetime) -> int:
    """Delete the answers older than KEPT_FOR and say how many there were."""
    deleted, _ = IdempotentRequest.objects.filter(created_at__lte=now - KEPT_FOR).delete()
    return deleted


def _lock(user: User, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency:{user.pk}:{key}"])
        row = cursor.fetchone()
    return bool(row and row[0])
