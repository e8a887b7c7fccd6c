"""Network addresses: how guesses are counted by where they come from without keeping where that is."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from privacy.keys import hash_key

IPV6_PREFIX = 64
"""What one customer of a network has at least: whoever guesses can change the rest at will."""


def address_hash(address: str) -> str:
    """The keyed hash (HMAC-SHA-256, first 128 bits, hex) of an address, of its network for IPv6; any text has one."""
    return hmac.new(hash_key(), b"address:" + _network(address).encode(), hashlib.sha256).hexdigest()[:32]


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, IPV6_PREFIX), strict=False))
