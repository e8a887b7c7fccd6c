"""Providers of texts: one shape, a live one and a simulated one."""

from __future__ import annotations

import os
from functools import lru_cache

from django.conf import settings

from messaging.gateways.base import Gateway
from messaging.gateways.simulated import SimulatedGateway
from messaging.gateways.twilio import TwilioGateway


def gateway() -> Gateway:
    """The provider that the settings name: one for each process, because connections must not be shared by a fork."""
    return _gateway(settings.GATEWAY, settings.TWILIO_API_BASE_URL, os.getpid())


def forget() -> None:
    """Let the next call make its gateway anew, from the environment as it is then."""
    _gateway.cache_clear()


@lru_cache(maxsize=4)
def _gateway(name: str, base_url: str, process: int) -> Gateway:
    return TwilioGateway() if name == "twilio" else SimulatedGateway()
