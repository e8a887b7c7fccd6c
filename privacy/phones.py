"""Phone numbers: what may be texted, how a number is shown and how it is looked up."""

from __future__ import annotations

import hashlib
import hmac

import phonenumbers
from phonenumbers import PhoneNumberType

from privacy.keys import hash_key
from privacy.sensitive import Sensitive

TEXTABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
EXAMPLE = "+16185550123"


class NotTextable(ValueError):
    """The number cannot be texted; the message says why and how to write it, without repeating it."""


def parse_mobile(text: str) -> Sensitive:
    """The number in E.164, or NotTextable. Only numbers written with + and country code are taken, never guessed."""
    written = text.strip()
    if not written.startswith("+"):
        raise NotTextable(f"Write the number in E.164, with + and country code, like {EXAMPLE}.")
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException as error:
        raise NotTextable(f"This is not a phone number. Write it like {EXAMPLE}.") from error
    if phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) != written:
        raise NotTextable(f"Write the number in E.164, only + and digits, like {EXAMPLE}.")
    if not phonenumbers.is_valid_number(number):
        raise NotTextable("This number is not in use anywhere: check the area code and the count of digits.")
    if phonenumbers.number_type(number) not in TEXTABLE:
        raise NotTextable("This is not a mobile number, so it cannot be texted.")
    return Sensitive(written)


def phone_hash(number: str | Sensitive) -> str:
    """The keyed hash (HMAC-SHA-256, first 128 bits, hex) by which a number in E.164 is looked up."""
    text = number.reveal() if isinstance(number, Sensitive) else number
    return hmac.new(hash_key(), b"phone:" + text.encode(), hashlib.sha256).hexdigest()[:32]


def masked(number: str | Sensitive) -> str:
    """The last four digits, for people who must tell numbers apart without reading them."""
    text = number.reveal() if isinstance(number, Sensitive) else number
    return f"•••{text[-4:]}"
