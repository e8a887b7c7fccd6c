"""The last net under the logs: phone numbers, e-mail addresses and one-time tokens never reach a line."""

from __future__ import annotations

import re

_PHONE = re.compile(r"(?<![\w-])\+?\(?\d[\d\s().-]{7,18}\d(?![\w-])")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_TOKEN_IN_PATH = re.compile(r"(/f/|/status/)[^/\s'\"]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def redact(text: str) -> str:
    """`text` with phone-like digits, e-mail addresses and tokens in paths masked; dates and times stay readable."""
    return _EMAIL.sub("[email]", _PHONE.sub(_mask_phone, without_tokens(text)))


def without_tokens(text: str) -> str:
    """`text` with one-time tokens masked: a link is its patient's, not for whoever reads the text later."""
    return _TOKEN_IN_PATH.sub(r"\1[token]", text)


def _mask_phone(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match[0])
    if digits < 9 or _DATE.match(match[0].strip()):
        return match[0]
    return "[phone]"
