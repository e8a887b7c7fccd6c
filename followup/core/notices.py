"""The few texts of this room's own: house texts about the service, not about health."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

NoticeId = Literal["PAUSED"]

TEXTS: Final[dict[tuple[NoticeId, str], str]] = {
    (
        "PAUSED",
        "en",
    ): "{clinic}: Your check-in texts are paused until {day}. To start them sooner call us. Reply STOP to end texts.",
    (
        "PAUSED",
        "es",
    ): "{clinic}: Sus mensajes quedan en pausa hasta el {day}. Para empezar antes, llame. STOP para terminar.",
}
"""By id and language. One GSM-7 segment each with a clinic name of up to 20 letters."""


def notice(text: NoticeId, language: str, *, clinic: str, day: date) -> str:
    """A notice in the patient's language, the day written month first in English and day first in Spanish."""
    written = f"{day.month}/{day.day}" if language == "en" else f"{day.day}/{day.month}"
    return TEXTS[text, language].format(clinic=clinic, day=written)
