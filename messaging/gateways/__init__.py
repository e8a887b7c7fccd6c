"""Providers of texts: one shape, a live one and a simulated one."""

from __future__ import annotations

import os
from functools import lru_cache

from django.conf import settings

from messaging.gateways.base import Gateway
from messaging.gateways.simulated import SimulatedGateway
from messaging.gateways.twilio import TwilioGateway


def gateway() -> Gateway:
    """The provider that the settings name: one for each process, because its connections must not be shared by fork."""
    return _gateway(settings.GATEWAY, settings.TWILIO_API_BASE_URL, os.getpid())


@lru_cache(maxsize=4)
def _gateway(name: str, base_url: str, process: int) -> Gateway:
    return TwilioGateway() if name == "twilio" else SimulatedGateway()
