"""How the provider's SDK reaches the network: one pool of connections, limits on time, and no silent repetition."""

from __future__ import annotations

import logging
import os
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError, ReadTimeoutError
from urllib3.util import make_headers

PROVIDER = "https://api.twilio.com"
CONNECT_SECONDS = 5
READ_SECONDS = 10
CONNECTIONS = 96
LONGEST_WAIT = 3600.0
"""Seconds that a Retry-After may ask for; a longer one is cut."""

TOO_MANY = 429


class NotSent(Exception):
    """No connection came about."""


class Unanswered(Exception):
    """The request left; the answer did not come. The argument is a fixed word."""


class Throttled(Exception):
    """The provider asks for patience; `retry_after` in seconds, when it says how much."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


class PooledHttpClient(HttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client over urllib3: half the processor time of the SDK's own, the same proxies and certificates."""

    def __init__(self, base_url: str) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=READ_SECONDS)
        self.base_url = base_url
        self.pool = _pool(base_url)
        self.date: datetime | None = None
        """The provider's own clock when it last answered a question."""

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request and never repeat it. Raises NotSent, Unanswered or Throttled."""
        url = self.base_url + uri.removeprefix(PROVIDER)
        sent = dict(headers or {}) | (make_headers(basic_auth=":".join(auth)) if auth else {})
        body = urlencode(data, doseq=True) if data else None
        answer = self._ask(method, f"{url}?{urlencode(params, doseq=True)}" if params else url, body, sent)
        if answer.status == TOO_MANY:
            raise Throttled(_retry_after(answer.headers))
        if method == "GET":
            self.date = _date(str(answer.headers.get("Date", "")))
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)

    def _ask(self, method: str, url: str, body: str | None, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        try:
            return self.pool.request(method, url, body=body, headers=headers, retries=False, redirect=False)
        except (NewConnectionError, ConnectTimeoutError, ProxyError) as error:
            raise NotSent from error
        except ReadTimeoutError as error:
            raise Unanswered("timeout") from error
        except urllib3.exceptions.SSLError as error:
            if isinstance(error.args[0] if error.args else None, ssl.SSLCertVerificationError):
                raise NotSent from error
            raise Unanswered("reset") from error
        except HTTPError as error:
            raise Unanswered("reset") from error


def _pool(base_url: str) -> urllib3.PoolManager:
    options: dict[str, Any] = {
        "maxsize": CONNECTIONS,
        "timeout": urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        "ca_certs": os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where(),
    }
    proxy = _proxy(base_url)
    if proxy is None:
        return urllib3.PoolManager(**options)
    credentials = urllib3.util.parse_url(proxy).auth
    return urllib3.ProxyManager(
        proxy, proxy_headers=make_headers(proxy_basic_auth=credentials) if credentials else None, **options
    )


def _proxy(base_url: str) -> str | None:
    """The proxy that the environment names for this address, honouring NO_PROXY."""
    parsed = urllib3.util.parse_url(base_url)
    if proxy_bypass(parsed.netloc or ""):
        return None
    proxies = getproxies()
    return proxies.get(parsed.scheme or "") or proxies.get("all")


def _date(text: str) -> datetime | None:
    """When an answer was written, by the clock of whoever wrote it."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError):
        return None


def _retry_after(headers: Any) -> float | None:
    """Seconds to wait, written as seconds or as a date; a date counts from the answer's own Date."""
    wanted = str(headers.get("Retry-After", "")).strip()
    if not wanted:
        return None
    try:
        return min(max(float(wanted), 0.0), LONGEST_WAIT)
    except ValueError:
        return _until(wanted, str(headers.get("Date", "")))


def _until(wanted: str, sent: str) -> float | None:
    try:
        seconds = (parsedate_to_datetime(wanted) - parsedate_to_datetime(sent)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
