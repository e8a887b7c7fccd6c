"""Wrong guesses at links and at who somebody is: counted in the database, refused beyond a limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Sum

from followup.core.form import MOST_FROM_ADDRESS
from followup.models import FormGuess

KEPT: Final = timedelta(days=1)
COUNT: Final = """
INSERT INTO followup_formguess (address_hash, hour, guesses) VALUES (%s, %s, 1)
ON CONFLICT (address_hash, hour) DO UPDATE SET guesses = followup_formguess.guesses + 1
RETURNING guesses
"""


def is_refused(address: str, *, now: datetime) -> bool:
    """Whether this address (its hash) has guessed wrong too often within the last hours."""
    lately = FormGuess.objects.filter(address_hash=address, hour__gt=now - timedelta(hours=2))
    return (lately.aggregate(all=Sum("guesses"))["all"] or 0) >= MOST_FROM_ADDRESS


def count_guess(address: str, *, now: datetime) -> None:
    """One more wrong guess from an address; the first of an hour also clears away what is old."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [address, hour])
        (guesses,) = cursor.fetchone()
    if guesses == 1:
        FormGuess.objects.filter(hour__lt=now - KEPT).delete()
