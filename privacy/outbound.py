"""Posts to addresses that somebody typed in: only where such an address may lead, once, and never for long.

A name is looked up once, every address it stands for is judged, and the connection goes to an address that was judged,
so that a name cannot lead elsewhere the moment after (DNS rebinding). Redirects are not followed.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
LONGEST_CALL = 15.0
"""Seconds after which a call is cut off, however slowly its answer drips in."""

Address = IPv4Address | IPv6Address

# Networks that carry an IPv4 address inside: judged by that one.
NAT64, SIX_TO_FOUR = IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16")


class NotCalled(Exception):
    """No request was made. The argument is a fixed word: unknown_host, forbidden_address or unreachable."""


class NoAnswer(Exception):
    """The request left, and no whole answer came. The argument is a fixed word."""


def address_problem(url: str, *, private: bool) -> str | None:
    """Why `url` cannot be called, as far as its letters tell, or None; `private` allows http and inner networks."""
    try:
        parts = urlsplit(url)
        port_is_wrong = parts.port == 0
    except ValueError:
        return "This is no address: write it as https://system.example.org/hook."
    if parts.scheme not in (("https", "http") if private else ("https",)):
        return "Give an address that begins with https://."
    if not parts.hostname or port_is_wrong or not url.isascii() or not url.isprintable() or " " in url:
        return "This is no address: write it as https://system.example.org/hook."
    if parts.username is not None or parts.password is not None:
        return "Leave name and password out of the address: the signature shows who calls."
    if parts.fragment:
        return "Leave out what follows the #."
    if not private and not all(may_be_called(address) for address in _written(parts.hostname)):
        return "This address leads into an inner network, where calls are not allowed."
    return None


def may_be_called(address: Address) -> bool:
    """Whether an address is one of the open internet: not this machine, not a neighbour, not an inner network."""
    inner = _carried(address)
    if inner is not None:
        return may_be_called(inner)
    return address.is_global and not address.is_multicast


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _written(host: str) -> list[Address]:
    """The address that `host` is written as, if it is one; also in the shapes that only a C library reads."""
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    try:
        return [IPv4Address(socket.inet_aton(host))]
    except OSError:
        return [IPv4Address("127.0.0.1")] if host.rstrip(".").lower() in ("localhost", "localhost.localdomain") else []


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool, longest: float = LONGEST_CALL) -> int:
    """Post `body` and return the status of the answer, whose body is not read; `longest` is in seconds.

    Raises NotCalled and NoAnswer; what the address is stands in neither.
    """
    parts = urlsplit(url)
    if address_problem(url, private=private) is not None:
        raise NotCalled("forbidden_address")
    addresses = _looked_up(parts)
    if not private and not all(may_be_called(address) for address in addresses):
        raise NotCalled("forbidden_address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Call(parts, addresses[0], longest).make(path, body, dict(headers) | {"Host": parts.netloc})


def _looked_up(parts: SplitResult) -> list[Address]:
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotCalled("unknown_host") from None
    return _first_version_4(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found)


def _first_version_4(addresses: Iterable[Address]) -> list[Address]:
    """Many networks have names with an IPv6 address and no way to reach it."""
    return sorted(addresses, key=lambda address: address.version)


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


class _Call:
    """One request to one address, cut off after `longest` seconds."""

    def __init__(self, parts: SplitResult, address: Address, longest: float) -> None:
        self._longest = longest
        self._socket: socket.socket | None = None
        self._cut = False
        limits = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        if parts.scheme == "https":
            bundle = os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()
            names: dict[str, Any] = {"server_hostname": parts.hostname, "assert_hostname": parts.hostname}
            self._pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(
                str(address), _port(parts), timeout=limits, ca_certs=bundle, cert_reqs="CERT_REQUIRED", **names
            )
        else:
            self._pool = urllib3.HTTPConnectionPool(str(address), _port(parts), timeout=limits)
        self._pool.ConnectionCls = self._remembering(self._pool.ConnectionCls)

    def make(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """Make the request. Raises NotCalled and NoAnswer."""
        timer = threading.Timer(self._longest, self._cut_off)
        timer.daemon = True
        timer.start()
        try:
            answer = self._pool.urlopen(
                "POST", path, body=body, headers=headers, retries=False, redirect=False, preload_content=False
            )
            answer.close()
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            raise NotCalled("unreachable") from None
        except urllib3.exceptions.SSLError as error:
            reason = error.args[0] if error.args else None
            word = "untrusted_certificate" if isinstance(reason, ssl.SSLCertVerificationError) else "tls_failed"
            raise NotCalled(word) from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            raise NoAnswer("too_slow" if self._cut else "no_answer") from None
        finally:
            timer.cancel()
            self._pool.close()
        return int(answer.status)

    def _remembering(self, kind: Any) -> Any:
        """A connection that tells us its socket, so that it can be cut off."""

        def connect(connection: HTTPConnection | HTTPSConnection) -> None:
            kind.connect(connection)
            self._socket = connection.sock

        return type("Remembered", (kind,), {"connect": connect})

    def _cut_off(self) -> None:
        self._cut = True
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself
