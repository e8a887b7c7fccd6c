"""The live gateway: Twilio, through its official SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from messaging.gateways.base import Account, Arrived, Outgoing, ProviderSilent, Refused, Report, Sent, Taken, Unclear
from messaging.gateways.base import Unsent as UnsentText
from messaging.gateways.http import NotSent, PooledHttpClient, Throttled, Unanswered
from privacy.sensitive import Sensitive

SERVICE_PREFIX = "MG"
PAGE = 100
MOST_LISTED = 2000
"""Texts to one number that are read before its list counts as one that cannot be read to its end."""

NEWEST = 50
MOST_ARRIVED = 2000
LARGEST_PAGE = 1000
OPTED_OUT = "21610"
LONGEST_ID = 64

Answer = TypeVar("Answer")


class TwilioGateway:
    """One pool of connections for the process and one client for each account."""

    def __init__(self) -> None:
        self.http = PooledHttpClient(settings.TWILIO_API_BASE_URL)
        self._client = lru_cache(maxsize=256)(self._new_client)

    def account(self, own: Mapping[str, str]) -> Account:
        """The clinic's own account where it has one, else the installation's."""
        if own["sid"]:
            return Account(own["sid"], own["token"], own["sender"])
        default = settings.TWILIO_MESSAGING_SERVICE_SID or settings.TWILIO_FROM_NUMBER
        return Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, own["sender"] or default)

    def webhook_tokens(self, account_sid: str) -> tuple[str, ...]:
        """The primary token and, while it is being changed, the secondary."""
        if account_sid != settings.TWILIO_ACCOUNT_SID:
            return ()
        return tuple(token for token in (settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_SECONDARY) if token)

    def send(self, text: Outgoing) -> Sent:
        """Create one message; every way in which that can end is told apart by whether the text may have left."""
        account = text.account
        sender = "messaging_service_sid" if account.sender.startswith(SERVICE_PREFIX) else "from_"
        try:
            created = self._client(account.sid, account.token).messages.create(
                to=text.number.reveal(),
                body=text.body.reveal(),
                status_callback=text.callback_url,
                validity_period=text.validity,
                **{sender: account.sender},
            )
        except NotSent:
            return UnsentText()
        except Throttled as error:
            return Refused("20429", error.retry_after)
        except Unanswered as error:
            return Unclear(str(error))
        except (TwilioRestException, TwilioServiceException) as error:
            return _refused(error)
        except (TwilioException, ValueError, TypeError, AttributeError, KeyError):
            return Unclear("unreadable")
        known = isinstance(created.sid, str) and 0 < len(created.sid) <= LONGEST_ID
        return Taken(str(created.sid)) if known else Unclear("unreadable")

    def sent_to(self, account: Account, number: Sensitive, within: timedelta) -> list[Report]:
        """List by number alone: a text that still waits at the provider has no sending date to filter by."""
        client = self._client(account.sid, account.token)
        return _ask(lambda: list(self._back_to(within, client.messages.stream(to=number.reveal(), page_size=PAGE))))

    def newest(self, account: Account) -> list[str]:
        """The account's list, newest first, without what patients sent."""
        client = self._client(account.sid, account.token)
        listed = _ask(lambda: list(client.messages.list(limit=NEWEST, page_size=NEWEST)))
        return [str(message.sid) for message in listed if message.direction != "inbound"]

    def report(self, account: Account, provider_id: str) -> Report:
        """Fetch one message."""
        client = self._client(account.sid, account.token)
        return _ask(lambda: self._report(client.messages(provider_id).fetch()))

    def arrived(self, account: Account, since: datetime) -> list[Arrived]:
        """List inbound messages; with a messaging service the account is listed, because its numbers are not known."""
        client = self._client(account.sid, account.token)
        chosen = {} if account.sender.startswith(SERVICE_PREFIX) else {"to": account.sender}
        found = _ask(
            lambda: client.messages.list(
                date_sent_after=since.astimezone(UTC), limit=MOST_ARRIVED, page_size=LARGEST_PAGE, **chosen
            )
        )
        return _inbound(found, since)

    def opted_out(self, account: Account, since: datetime) -> list[tuple[str, str]]:
        """List what was sent and look for the error that says so: the API has no list of opt-outs."""
        client = self._client(account.sid, account.token)
        sent = _ask(lambda: list(client.messages.stream(date_sent_after=since.astimezone(UTC), page_size=LARGEST_PAGE)))
        refused = [message for message in sent if str(message.error_code) == OPTED_OUT]
        return sorted({(str(m.to), str(m.messaging_service_sid or m.from_)) for m in refused})

    def redact(self, account: Account, provider_id: str) -> None:
        """Update the message with an empty body (clinical content, H-09)."""
        client = self._client(account.sid, account.token)
        _ask(lambda: client.messages(provider_id).update(body=""))

    def _new_client(self, sid: str, token: str) -> Client:
        return Client(sid, token, http_client=self.http)

    def _back_to(self, within: timedelta, messages: Iterable[Any]) -> Iterator[Report]:
        """What is no older than that. A list is read on until a whole page is older: what waits has no date sent."""
        older = 0
        for place, message in enumerate(messages):
            if place >= MOST_LISTED:
                raise ProviderSilent("too_many")
            report = self._report(message)
            older = older + 1 if report.age and report.age > within else 0
            if older >= PAGE:
                return
            if not older:
                yield report

    def _report(self, message: Any) -> Report:
        created_at = message.date_created or message.date_sent
        return Report(
            provider_id=str(message.sid),
            status=str(message.status or ""),
            error_code=str(message.error_code or ""),
            body=Sensitive(message.body or ""),
            age=self.http.date - created_at if created_at and self.http.date else None,
            price=_price(message.price),
        )


def _ask(question: Callable[[], Answer]) -> Answer:
    """The SDK raises its plain exception when a list fails, and whatever parsing raises when the answer is not JSON."""
    try:
        return question()
    except (TwilioException, NotSent, Unanswered, Throttled, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ProviderSilent(type(error).__name__) from None


def _refused(error: TwilioRestException | TwilioServiceException) -> Sent:
    """Only an answer of the 400s says that the text did not leave."""
    if 400 <= error.status < 500:
        return Refused(str(error.code or error.status)[:12])
    return Unclear(f"http_{error.status}")


def _inbound(messages: Iterable[Any], since: datetime) -> list[Arrived]:
    arrived = []
    for message in messages:
        received_at = message.date_sent or message.date_created
        if message.direction != "inbound" or received_at is None or received_at < since:
            continue
        arrived.append(
            Arrived(
                provider_id=str(message.sid),
                number=str(message.from_),
                sender=str(message.to),
                body=message.body or "",
                media=int(message.num_media or 0),
                received_at=received_at,
            )
        )
    return arrived


def _price(text: str | None) -> Decimal | None:
    """What the text cost, as a positive figure; the provider books it as a negative one."""
    try:
        return abs(Decimal(text)) if text else None
    except InvalidOperation:
        return None
