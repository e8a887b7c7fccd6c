"""Gunicorn's hooks: each web process watches whether the parts that it cannot do without are alive."""

from __future__ import annotations

from typing import Any


def post_worker_init(worker: Any) -> None:
    """Start the watchdog once the application is loaded, after the fork that threads would not survive."""
    from watch.watchdog import Watchdog  # only now is Django set up

    Watchdog().start()
