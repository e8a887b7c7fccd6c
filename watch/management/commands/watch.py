"""`manage.py watch [--once]`: watches without web, worker or scheduler, as a service of its own or from cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from watch.queries import open_alerts
from watch.watchdog import Watchdog


class Command(BaseCommand):
    """Looks whether everything moves, and tells who must know."""

    help = "Watch the service and tell of alerts: for ever, or once (for cron)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look and tell once, print what is open, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        watchdog = Watchdog()
        if not options["once"]:
            watchdog.run()
            return
        watchdog.round()
        for alert in open_alerts():
            self.stdout.write(f"{alert.since:%Y-%m-%d %H:%M} UTC  {alert.title}  {alert.clinic or ''}".rstrip())
