"""Figures for Prometheus: the process, every queue of rows, and the sweeps."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.health import sweep_ages
from config.middleware import is_direct_from_us
from followup.models import FollowUp, ReviewItem
from messaging.models import InboundMessage, OutboundMessage


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows that wait: `due` names the timestamp that is set exactly while a row waits, with a partial index on it."""

    name: str
    model: Any
    due: str


QUEUES = (
    Queue("outbox", OutboundMessage, "next_attempt_at"),
    Queue("unresolved_sends", OutboundMessage, "check_at"),
    Queue("inbound", InboundMessage, "next_try_at"),
    Queue("openings", FollowUp, "opens_at"),
    Queue("timers", FollowUp, "timer_at"),
    Queue("reviews", ReviewItem, "open_due_by"),
)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus' text format to this machine, to trusted proxies' own requests, or to METRICS_TOKEN."""
    if not (_has_token(request) or is_direct_from_us(request)):
        return HttpResponseForbidden(
            "Metrics need the token of METRICS_TOKEN as a bearer.\n", content_type="text/plain"
        )
    rows = CollectorRegistry()
    rows.register(RowCollector(timezone.now()))
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(rows), content_type=CONTENT_TYPE_LATEST)


class RowCollector(Collector):
    """Reads the queues as they stand at `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield depth and lateness of each queue, live texts by status, and the age of each sweep."""
        waiting = GaugeMetricFamily("followup_queue_waiting", "Rows that wait, due or not", labels=["queue"])
        due = GaugeMetricFamily("followup_queue_due", "Rows whose time has come", labels=["queue"])
        oldest = GaugeMetricFamily("followup_queue_oldest_due_seconds", "Age of the longest due row", labels=["queue"])
        for queue in QUEUES:
            figures = self._figures(queue)
            waiting.add_metric([queue.name], figures["waiting"])
            due.add_metric([queue.name], figures["due"])
            oldest.add_metric([queue.name], self._seconds_since(figures["oldest"]))
        yield from (waiting, due, oldest, _live_texts(), _sweep_ages())

    def _figures(self, queue: Queue) -> dict[str, Any]:
        rows = queue.model.objects.filter(**{f"{queue.due}__isnull": False})
        is_due = Q(**{f"{queue.due}__lte": self.now})
        return dict(rows.aggregate(waiting=Count("pk"), due=Count("pk", filter=is_due), oldest=Min(queue.due)))

    def _seconds_since(self, oldest: datetime | None) -> float:
        return max(0.0, (self.now - oldest).total_seconds()) if oldest else 0.0


def _live_texts() -> GaugeMetricFamily:
    family = GaugeMetricFamily("followup_texts_live", "Texts without a final status", labels=["status"])
    live = OutboundMessage.objects.filter(finished_at__isnull=True).values_list("status").annotate(Count("pk"))
    for status, count in live.order_by("status"):
        family.add_metric([status], count)
    return family


def _sweep_ages() -> GaugeMetricFamily:
    family = GaugeMetricFamily("followup_sweep_age_seconds", "Since the sweep last finished a round", labels=["sweep"])
    for name, age in sweep_ages().items():
        family.add_metric([name], age)
    return family


def _has_token(request: HttpRequest) -> bool:
    """Say whether the request carries METRICS_TOKEN; without that setting no token opens anything."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and scheme == "Bearer" and secrets.compare_digest(token.encode(), expected.encode())
