"""Alerts and reasons as people say them."""

from __future__ import annotations

from watch.models import Alert


def words_of(alert: Alert) -> str:
    """How much an alert is about: 3 of 12, or 3 in all; nothing where one thing is meant."""
    if alert.of:
        return f"{alert.count} of {alert.of}"
    return f"{alert.count} in all" if alert.count > 1 else ""
