"""What a provider is to us: it takes texts, and it can be asked what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from privacy.sensitive import Sensitive


@dataclass(frozen=True, slots=True)
class Account:
    """Where a clinic's texts go out: the provider's account and the number or messaging service in it."""

    sid: str
    token: str = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One attempt to send one text. `validity` is how many seconds the provider may keep it in its own queue."""

    message_id: UUID
    account: Account
    number: Sensitive
    body: Sensitive
    callback_url: str
    validity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has the text."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider answered that it will not have the text, so it did not leave. `retry_after` is in seconds."""

    code: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """No connection came about: the text certainly did not leave."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """The request left and no usable answer came: the text may be on its way. `why` is a fixed word."""

    why: str


Sent = Taken | Refused | Unsent | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A text to a patient as the provider's own books have it; `body` is empty where it was redacted there.

    `age` is how long ago it was created, both by the provider's own clock; None where it does not say.
    """

    provider_id: str
    status: str
    error_code: str
    body: Sensitive
    age: timedelta | None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A text from a patient as the provider's own books have it."""

    provider_id: str
    number: str
    sender: str
    body: str
    media: int
    received_at: datetime


class ProviderSilent(Exception):
    """The provider could not be asked, or its answer could not be read."""


class Gateway(Protocol):
    """A provider of texts. `send` never raises; the questions raise ProviderSilent."""

    def account(self, own: Mapping[str, str]) -> Account:
        """The account for a clinic with these `sid`, `token` and `sender` of its own, each of them maybe empty."""

    def webhook_tokens(self, account_sid: str) -> tuple[str, ...]:
        """What the installation's own account may sign webhooks with; nothing for any other account."""

    def send(self, text: Outgoing) -> Sent:
        """Hand one text over."""

    def sent_to(self, account: Account, number: Sensitive, within: timedelta) -> list[Report]:
        """All that the provider has for this number and is no older than that, in any order."""

    def newest(self, account: Account) -> list[str]:
        """The ids of the texts to patients that the account's list shows first: how far the list has come."""

    def report(self, account: Account, provider_id: str) -> Report:
        """What became of one text."""

    def arrived(self, account: Account, since: datetime) -> list[Arrived]:
        """Texts from patients that reached the provider since then."""

    def opted_out(self, account: Account, since: datetime) -> list[tuple[str, str]]:
        """Numbers that the provider refused to text since then because they opted out with it, each with the sender."""

    def redact(self, account: Account, provider_id: str) -> None:
        """Empty the body that the provider keeps."""
