"""The texts that this room sends by itself, because it honours STOP, START and HELP by itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from clinics.models import Clinic

ControlText = Literal["SVC-STOP", "SVC-START", "SVC-HELP"]

LIBRARY = Path(__file__).resolve().parent.parent / "library"
FALLBACK = "en"


@cache
def _library(language: str) -> dict[str, str]:
    path = LIBRARY / f"{language}.yaml"
    if not path.is_file():
        return _library(FALLBACK)
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def control_text(key: ControlText, *, clinic: Clinic, language: str) -> str:
    """The text with the clinic's name and desk number in it; a language that is not shipped falls back to English."""
    return _library(language)[key].format(clinic=clinic.short_name, phone=clinic.phone)
